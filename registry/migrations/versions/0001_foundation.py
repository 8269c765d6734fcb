"""Every table the registry starts with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name="uq_app_user_email"),
    )
    op.create_table(
        "audit_event",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("clinic_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("actor_kind IN ('user', 'system', 'command')", name=op.f("ck_audit_event_actor_kind_known")),
        sa.CheckConstraint(
            "kind IN ('create', 'change', 'read', 'list', 'sign-in', 'refusal', 'export', 'system')",
            name=op.f("ck_audit_event_kind_known"),
        ),
        sa.CheckConstraint("outcome IN ('success', 'refused', 'failed')", name=op.f("ck_audit_event_outcome_known")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_action", "audit_event", ["action", "number"], unique=False)
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "number"], unique=False)
    op.create_index("ix_audit_event_clinic", "audit_event", ["clinic_id", "number"], unique=False)
    op.create_index("ix_audit_event_person", "audit_event", ["person_id", "number"], unique=False)
    op.create_index(
        "ix_audit_event_refused",
        "audit_event",
        ["actor_id", "number"],
        unique=False,
        sqlite_where=sa.text("outcome = 'refused'"),
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index("ix_failed_sign_in_account", "failed_sign_in", ["account", "at"], unique=False)
    op.create_index("ix_failed_sign_in_address", "failed_sign_in", ["address", "at"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "instrument_version",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "version", name=op.f("pk_instrument_version")),
    )
    op.create_table(
        "job_run",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("kind", "occasion", name=op.f("pk_job_run")),
    )
    op.create_table(
        "organisation",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "clinic",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("opening_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("has_on_call", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_clinic_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
        sa.UniqueConstraint("organisation_id", "name", name="uq_clinic_name"),
    )
    op.create_table(
        "form_receipt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_form_receipt_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_receipt")),
    )
    op.create_table(
        "patient",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("mrn", sa.Text(), nullable=False),
        sa.Column("legal_given", sa.Text(), nullable=False),
        sa.Column("legal_family", sa.Text(), nullable=False),
        sa.Column("used_name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("pronouns", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("gender_identity", sa.Text(), nullable=False),
        sa.Column("races", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("needs_interpreter", sa.Boolean(), nullable=True),
        sa.Column("primary_care", sa.Text(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sex IN ('female', 'male', 'intersex', 'unknown')", name=op.f("ck_patient_sex_known")),
        sa.CheckConstraint("died_on IS NULL OR died_on >= birth_date", name=op.f("ck_patient_died_after_birth")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_patient_merged_into_another")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["patient.id"], name=op.f("fk_patient_merged_into_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_patient_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["app_user.id"], name=op.f("fk_patient_created_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_patient_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("organisation_id", "mrn", name="uq_patient_mrn"),
    )
    op.create_index("ix_patient_birth_date", "patient", ["birth_date"], unique=False)
    op.create_index("ix_patient_search_name", "patient", ["search_name"], unique=False)
    op.create_index(
        "ix_patient_merged",
        "patient",
        ["mrn", "merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    rest = op.create_table(
        "merge_rest",
        sa.Column("is_moving", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT is_moving", name=op.f("ck_merge_rest_only_at_rest")),
        sa.PrimaryKeyConstraint("is_moving", name=op.f("pk_merge_rest")),
    )
    op.bulk_insert(rest, [{"is_moving": False}])
    op.create_table(
        "patient_merge",
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=False),
        sa.Column("is_moving", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("merged_id <> patient_id", name=op.f("ck_patient_merge_of_two")),
        sa.CheckConstraint("NOT is_moving OR undone_at IS NULL", name=op.f("ck_patient_merge_moves_while_standing")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_patient_merge_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["is_moving"],
            ["merge_rest.is_moving"],
            name=op.f("fk_patient_merge_is_moving"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["app_user.id"], name=op.f("fk_patient_merge_merged_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["patient.id"], name=op.f("fk_patient_merge_merged_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_merge_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["app_user.id"], name=op.f("fk_patient_merge_undone_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_merge")),
        sa.UniqueConstraint("id", "patient_id", name="uq_patient_merge_patient"),
    )
    op.create_index(op.f("ix_patient_merge_merged_id"), "patient_merge", ["merged_id"], unique=False)
    op.create_index(op.f("ix_patient_merge_patient_id"), "patient_merge", ["patient_id"], unique=False)
    op.create_index(
        "uq_patient_merge_standing",
        "patient_merge",
        ["merged_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "merged_row",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id", "patient_id"],
            ["patient_merge.id", "patient_merge.patient_id"],
            name=op.f("fk_merged_row_merge_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_merged_row_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_row")),
        sa.UniqueConstraint("merge_id", "entity", "row_id", name="uq_merged_row_row"),
    )
    op.create_index(op.f("ix_merged_row_patient_id"), "merged_row", ["patient_id"], unique=False)
    op.create_table(
        "safety_item",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("positive_from", sa.Integer(), nullable=False),
        sa.Column("positive_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instrument", "version"],
            ["instrument_version.instrument", "instrument_version.version"],
            name=op.f("fk_safety_item_instrument_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("instrument", "version", "item", name=op.f("pk_safety_item")),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_invitation_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.create_table(
        "signed_in_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_signed_in_session_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_session_token_hash")),
    )
    op.create_index(op.f("ix_signed_in_session_user_id"), "signed_in_session", ["user_id"], unique=False)
    op.create_table(
        "adopted_figure",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_withdrawn", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_adopted_figure_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_adopted_figure_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["app_user.id"], name=op.f("fk_adopted_figure_signed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_adopted_figure_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adopted_figure")),
    )
    op.create_index(
        "uq_adopted_figure_in_force",
        "adopted_figure",
        ["clinic_id", "scale", "figure", "instrument_version"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "clinic_closure",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)",
            name=op.f("ck_clinic_closure_taken_back_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_closure_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["app_user.id"], name=op.f("fk_clinic_closure_taken_back_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_closure")),
    )
    op.create_index(
        "uq_clinic_closure_day",
        "clinic_closure",
        ["clinic_id", "day"],
        unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_table(
        "clinic_instrument",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("is_non_commercial", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_instrument_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_clinic_instrument_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_instrument")),
        sa.UniqueConstraint("clinic_id", "instrument", name="uq_clinic_instrument"),
    )
    op.create_table(
        "contact",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("took_place_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.Time(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("took_part", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('treatment', 'outreach', 'scheduling', 'no-show', 'message', 'collateral', 'team', 'seen-elsewhere')",
            name=op.f("ck_contact_kind_known"),
        ),
        sa.CheckConstraint(
            "modality IN ('phone', 'in-person', 'video', 'home', 'group', 'text', 'email', 'letter', 'peer', 'partner')",
            name=op.f("ck_contact_modality_known"),
        ),
        sa.CheckConstraint("status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_contact_status_known")),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 600", name=op.f("ck_contact_minutes_possible")),
        sa.CheckConstraint(
            "NOT (kind = 'treatment' AND reached AND modality IN ('text', 'email', 'letter'))",
            name=op.f("ck_contact_reached_in_conversation"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_contact_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_contact_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_contact_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["contact.id"], name=op.f("fk_contact_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["app_user.id"], name=op.f("fk_contact_staff_id"), ondelete="RESTRICT"),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_contact_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_contact_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_patient_date", "contact", ["patient_id", "took_place_on"], unique=False)
    op.create_index(op.f("ix_contact_patient_id"), "contact", ["patient_id"], unique=False)
    op.create_index("ix_contact_staff_date", "contact", ["staff_id", "took_place_on"], unique=False)
    op.create_table(
        "contact_draft",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("typed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_contact_draft_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_draft_contact_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_contact_draft_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_contact_draft_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_draft")),
        sa.UniqueConstraint("user_id", "contact_id", name="uq_contact_draft_correction"),
    )
    op.create_index(op.f("ix_contact_draft_patient_id"), "contact_draft", ["patient_id"], unique=False)
    op.create_index(
        "uq_contact_draft_of_user",
        "contact_draft",
        ["user_id", "patient_id"],
        unique=True,
        sqlite_where=sa.text("contact_id IS NULL"),
        postgresql_where=sa.text("contact_id IS NULL"),
    )
    op.create_table(
        "stopwatch",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name=op.f("ck_stopwatch_in_order")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_stopwatch_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_stopwatch")),
    )
    op.create_table(
        "timed_contact",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("purpose IN ('contact', 'review')", name=op.f("ck_timed_contact_purpose_known")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_timed_contact_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_timed_contact_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["stopwatch.user_id"], name=op.f("fk_timed_contact_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_timed_contact")),
    )
    op.create_index(op.f("ix_timed_contact_patient_id"), "timed_contact", ["patient_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by_id", sa.Uuid(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind = 'task' OR (due_on IS NULL AND state <> 'declined')", name=op.f("ck_task_note_asks_nothing")
        ),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f("ck_task_answered_once")),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_on IS NULL)", name=op.f("ck_task_answered_on_a_day")),
        sa.CheckConstraint("kind IN ('task', 'note')", name=op.f("ck_task_kind_known")),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn') OR kind = 'note' OR answer <> ''", name=op.f("ck_task_answer_has_words")
        ),
        sa.CheckConstraint("(passed_by_id IS NULL) = (passed_at IS NULL)", name=op.f("ck_task_passed_by_somebody")),
        sa.CheckConstraint("state IN ('open', 'done', 'declined', 'withdrawn')", name=op.f("ck_task_state_known")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_task_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["from_id"], ["app_user.id"], name=op.f("fk_task_from_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["passed_by_id"], ["app_user.id"], name=op.f("fk_task_passed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_task_patient_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["to_id"], ["app_user.id"], name=op.f("fk_task_to_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_from_answered", "task", ["from_id", "answered_at"], unique=False)
    op.create_index(op.f("ix_task_patient_id"), "task", ["patient_id"], unique=False)
    op.create_index("ix_task_to_state", "task", ["to_id", "state"], unique=False)
    op.create_table(
        "contact_point",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("may_leave_message", sa.Boolean(), nullable=False),
        sa.Column("may_text", sa.Boolean(), nullable=False),
        sa.Column("may_email", sa.Boolean(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('phone', 'email', 'address', 'place', 'no-phone', 'none')",
            name=op.f("ck_contact_point_kind_known"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name=op.f("ck_contact_point_ended_has_date")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_contact_point_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_contact_point_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index("ix_contact_point_folded", "contact_point", ["folded"], unique=False)
    op.create_index(op.f("ix_contact_point_patient_id"), "contact_point", ["patient_id"], unique=False)
    op.create_table(
        "look_mark",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("undone_at IS NULL OR undone_at >= looked_at", name=op.f("ck_look_mark_undone_after")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_look_mark_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_look_mark_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_mark")),
    )
    op.create_index(op.f("ix_look_mark_patient_id"), "look_mark", ["patient_id"], unique=False)
    op.create_index("ix_look_mark_reader", "look_mark", ["user_id", "patient_id"], unique=False)
    op.create_table(
        "duty_cover",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_on_call", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_duty_cover_in_order")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_duty_cover_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_duty_cover_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_cover")),
    )
    op.create_index("ix_duty_cover_clinic_dates", "duty_cover", ["clinic_id", "ends_on"], unique=False)
    op.create_table(
        "episode",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("referral_source", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("phase_since", sa.Date(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("metric_primary", sa.Text(), nullable=True),
        sa.Column("next_check_on", sa.Date(), nullable=True),
        sa.Column("backlog_from", sa.Date(), nullable=True),
        sa.Column("backlog_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(phase = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_episode_ended_has_date")),
        sa.CheckConstraint(
            "(backlog_from IS NULL) = (backlog_until IS NULL) AND (backlog_from IS NULL OR backlog_from <= backlog_until)",
            name=op.f("ck_episode_backlog_has_days"),
        ),
        sa.CheckConstraint("(phase = 'paused') = (paused_until IS NOT NULL)", name=op.f("ck_episode_paused_has_end")),
        sa.CheckConstraint(
            "end_reason IN ('graduated', 'lost', 'withdrew', 'transferred', 'direct-care', 'administrative', 'died', 'other')",
            name=op.f("ck_episode_end_reason_known"),
        ),
        sa.CheckConstraint(
            "phase IN ('referred', 'ended') OR enrolled_on IS NOT NULL", name=op.f("ck_episode_in_care_is_enrolled")
        ),
        sa.CheckConstraint(
            "phase IN ('referred', 'engaging', 'active', 'maintaining', 'paused', 'ended')",
            name=op.f("ck_episode_phase_known"),
        ),
        sa.CheckConstraint("urgency IN ('urgent', 'routine')", name=op.f("ck_episode_urgency_known")),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_episode_ended_has_reason")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_episode_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_episode_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("id", "patient_id", name="uq_episode_patient"),
    )
    op.create_index(
        "ix_episode_backlog",
        "episode",
        ["clinic_id", "backlog_until"],
        unique=False,
        sqlite_where=sa.text("backlog_until IS NOT NULL"),
        postgresql_where=sa.text("backlog_until IS NOT NULL"),
    )
    op.create_index("ix_episode_clinic_phase", "episode", ["clinic_id", "phase"], unique=False)
    op.create_index("ix_episode_next_check", "episode", ["next_check_on"], unique=False)
    op.create_index(op.f("ix_episode_patient_id"), "episode", ["patient_id"], unique=False)
    op.create_index(
        "uq_episode_open",
        "episode",
        ["clinic_id", "patient_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "import_batch",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("mapping_hash", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("already_there", sa.Integer(), nullable=False),
        sa.Column("last_row", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("imported + quarantined + already_there = rows_read", name=op.f("ck_import_batch_adds_up")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_import_batch_clinic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_file", "import_batch", ["clinic_id", "file_hash", "mapping_hash"], unique=False)
    op.create_table(
        "measurement",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("used_interpreter", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("total_only", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('self-paper', 'self-device', 'read-aloud', 'interview', 'clinician', 'proxy', 'imported')",
            name=op.f("ck_measurement_mode_known"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'final', 'amended', 'entered-in-error')", name=op.f("ck_measurement_status_known")
        ),
        sa.CheckConstraint("answers IS NOT NULL OR total_only IS NOT NULL", name=op.f("ck_measurement_has_content")),
        sa.CheckConstraint("answers IS NULL OR total_only IS NULL", name=op.f("ck_measurement_items_or_total")),
        sa.CheckConstraint(
            "(status IN ('amended', 'entered-in-error')) = (voided_at IS NOT NULL)",
            name=op.f("ck_measurement_void_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_measurement_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument", "instrument_version"],
            ["instrument_version.instrument", "instrument_version.version"],
            name="fk_measurement_instrument",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_measurement_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["app_user.id"], name=op.f("fk_measurement_rater_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_measurement_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["measurement.id"], name=op.f("fk_measurement_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["app_user.id"], name=op.f("fk_measurement_voided_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("id", "patient_id", name="uq_measurement_patient"),
        sa.UniqueConstraint("source_key", name="uq_measurement_source_key"),
    )
    op.create_index(op.f("ix_measurement_patient_id"), "measurement", ["patient_id"], unique=False)
    op.create_index(
        "ix_measurement_patient_instrument", "measurement", ["patient_id", "instrument", "taken_on"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('care_manager', 'psychiatrist', 'clinician', 'peer_specialist', 'clinic_lead', 'administrator', 'auditor')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_membership_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_membership_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_clinic_id"), "membership", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index(
        "uq_membership_open",
        "membership",
        ["user_id", "clinic_id", "role"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "column_choice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_column_choice_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_column_choice")),
    )
    op.create_table(
        "saved_view",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shared_with_id", sa.Uuid(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_view_name_length")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["app_user.id"], name=op.f("fk_saved_view_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shared_with_id"], ["clinic.id"], name=op.f("fk_saved_view_shared_with_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name="uq_saved_view_name"),
    )
    op.create_index("ix_saved_view_shared_with", "saved_view", ["shared_with_id"], unique=False)
    op.create_table(
        "panel_change",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("panel", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_panel_change_clinic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_change")),
    )
    op.create_index("ix_panel_change_panel", "panel_change", ["clinic_id", "panel"], unique=False)
    op.create_table(
        "panel_count",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("panel", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_panel_count_clinic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "panel", "question", name=op.f("pk_panel_count")),
    )
    op.create_table(
        "patient_clinic",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "why IN ('registered', 'episode', 'transfer', 'share', 'break-glass')",
            name=op.f("ck_patient_clinic_why_known"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_patient_clinic_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_clinic_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("patient_id", "clinic_id", name=op.f("pk_patient_clinic")),
    )
    op.create_index(
        "ix_patient_clinic_clinic",
        "patient_clinic",
        ["clinic_id"],
        unique=False,
        postgresql_include=["patient_id", "expires_at"],
    )
    op.create_table(
        "rule_number",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("signed_edition", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("choice IN ('as-shipped', 'own', 'off')", name=op.f("ck_rule_number_choice_known")),
        sa.CheckConstraint("(choice = 'own') = (value IS NOT NULL)", name=op.f("ck_rule_number_own_has_value")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_rule_number_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_rule_number_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_number")),
        sa.UniqueConstraint("clinic_id", "parameter", name="uq_rule_number_parameter"),
    )
    op.create_table(
        "rulebook_state",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("swept_on", sa.Date(), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_rulebook_state_clinic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_rulebook_state")),
    )
    op.create_table(
        "alert",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("told_evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("snooze_reason", sa.Text(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closing_words", sa.Text(), nullable=False),
        sa.Column("joined_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_alert_closed_has_time")),
        sa.CheckConstraint(
            "closed_at IS NULL OR tier <> 'urgent' OR (closed_by_id IS NOT NULL AND outcome IS NOT NULL) "
            "OR joined_id IS NOT NULL",
            name=op.f("ck_alert_urgent_needs_outcome"),
        ),
        sa.CheckConstraint(
            "joined_id IS NULL OR (is_safety AND closed_at IS NOT NULL)", name=op.f("ck_alert_joined_is_closed")
        ),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'closed')", name=op.f("ck_alert_state_known")),
        sa.CheckConstraint("tier IN ('urgent', 'action', 'reminder', 'queue')", name=op.f("ck_alert_tier_known")),
        sa.CheckConstraint("is_safety OR episode_id IS NOT NULL", name=op.f("ck_alert_care_has_episode")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["app_user.id"], name=op.f("fk_alert_acknowledged_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_alert_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["app_user.id"], name=op.f("fk_alert_closed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name="fk_alert_episode",
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(["joined_id"], ["alert.id"], name=op.f("fk_alert_joined_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_alert_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_alert_patient_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "ix_alert_clinic_closed",
        "alert",
        ["clinic_id", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_alert_clinic_open",
        "alert",
        ["clinic_id", "patient_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_alert_look_at",
        "alert",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_alert_owner_open", "alert", ["owner_id", "state"], unique=False)
    op.create_index(op.f("ix_alert_patient_id"), "alert", ["patient_id"], unique=False)
    op.create_index(
        "uq_alert_open_rule",
        "alert",
        ["episode_id", "rule"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_alert_open_safety",
        "alert",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND is_safety = 1"),
        postgresql_where=sa.text("closed_at IS NULL AND is_safety"),
    )
    op.create_table(
        "caseload_row",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.Column("mrn", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("care_manager_id", sa.Uuid(), nullable=True),
        sa.Column("consultant_id", sa.Uuid(), nullable=True),
        sa.Column("conditions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("first_scale", sa.Text(), nullable=True),
        sa.Column("first_standing", sa.Text(), nullable=True),
        sa.Column("first_baseline", sa.Integer(), nullable=True),
        sa.Column("first_latest", sa.Integer(), nullable=True),
        sa.Column("first_latest_on", sa.Date(), nullable=True),
        sa.Column("first_percent", sa.Integer(), nullable=True),
        sa.Column("first_stale_after_days", sa.Integer(), nullable=True),
        sa.Column("first_at_most", sa.Integer(), nullable=True),
        sa.Column("first_at_least", sa.Integer(), nullable=True),
        sa.Column("first_course", sa.Text(), nullable=False),
        sa.Column("first_baseline_on", sa.Date(), nullable=True),
        sa.Column("first_baseline_elevated", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("beside_mania", sa.Boolean(), nullable=False),
        sa.Column("second_scale", sa.Text(), nullable=True),
        sa.Column("second_standing", sa.Text(), nullable=True),
        sa.Column("second_baseline", sa.Integer(), nullable=True),
        sa.Column("second_baseline_on", sa.Date(), nullable=True),
        sa.Column("second_latest", sa.Integer(), nullable=True),
        sa.Column("second_latest_on", sa.Date(), nullable=True),
        sa.Column("second_stale_after_days", sa.Integer(), nullable=True),
        sa.Column("second_at_most", sa.Integer(), nullable=True),
        sa.Column("second_at_least", sa.Integer(), nullable=True),
        sa.Column("second_course", sa.Text(), nullable=False),
        sa.Column("function_scale", sa.Text(), nullable=True),
        sa.Column("function_standing", sa.Text(), nullable=True),
        sa.Column("function_baseline", sa.Integer(), nullable=True),
        sa.Column("function_baseline_on", sa.Date(), nullable=True),
        sa.Column("function_latest", sa.Integer(), nullable=True),
        sa.Column("function_latest_on", sa.Date(), nullable=True),
        sa.Column("function_stale_after_days", sa.Integer(), nullable=True),
        sa.Column("function_at_most", sa.Integer(), nullable=True),
        sa.Column("function_at_least", sa.Integer(), nullable=True),
        sa.Column("function_course", sa.Text(), nullable=False),
        sa.Column("further", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("further_count", sa.Integer(), nullable=False),
        sa.Column("safety_state", sa.Text(), nullable=True),
        sa.Column("safety_item", sa.Text(), nullable=True),
        sa.Column("safety_on", sa.Date(), nullable=True),
        sa.Column("safety_positive_item", sa.Text(), nullable=True),
        sa.Column("safety_positive_on", sa.Date(), nullable=True),
        sa.Column("safety_plan_on", sa.Date(), nullable=True),
        sa.Column("safety_plan_review_on", sa.Date(), nullable=True),
        sa.Column("last_two_way_on", sa.Date(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("minutes_month", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("contact_due_on", sa.Date(), nullable=True),
        sa.Column("measure_due_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("injection_due_on", sa.Date(), nullable=True),
        sa.Column("yearly", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("away_kind", sa.Text(), nullable=True),
        sa.Column("away_since", sa.Date(), nullable=True),
        sa.Column("away_last_known_on", sa.Date(), nullable=True),
        sa.Column("consent_withdrawn_on", sa.Date(), nullable=True),
        sa.Column("last_review_on", sa.Date(), nullable=True),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("course_began_on", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("open_recommendations", sa.Integer(), nullable=False),
        sa.Column("has_question", sa.Boolean(), nullable=False),
        sa.Column("housing", sa.Text(), nullable=True),
        sa.Column("housing_on", sa.Date(), nullable=True),
        sa.Column("work", sa.Text(), nullable=True),
        sa.Column("work_on", sa.Date(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("is_off_target", sa.Boolean(), nullable=False),
        sa.Column("unseen_from", sa.Date(), nullable=True),
        sa.Column("unreviewed_from", sa.Date(), nullable=True),
        sa.Column("at_target_until", sa.Date(), nullable=True),
        sa.Column("queue_place", sa.Integer(), nullable=False),
        sa.Column("waited_place", sa.Integer(), nullable=False),
        sa.Column("waited_from", sa.Date(), nullable=True),
        sa.Column("quiet_place", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Date(), nullable=True),
        sa.Column("queue_rules", sa.Text(), nullable=False),
        sa.Column("queue_answered", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("declined_on", sa.Date(), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "away_kind IN ('hospital-psychiatric', 'hospital', 'crisis', 'jail')",
            name=op.f("ck_caseload_row_away_kind_known"),
        ),
        sa.CheckConstraint(
            "outcome IN ('improved', 'not-improved', 'not-elevated', 'no-cut-off', 'no-baseline')",
            name=op.f("ck_caseload_row_outcome_known"),
        ),
        sa.CheckConstraint(
            "safety_state IN ('positive', 'negative', 'unknown')", name=op.f("ck_caseload_row_safety_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_caseload_row_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_caseload_row_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_caseload_row_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("episode_id", name=op.f("pk_caseload_row")),
    )
    op.create_index("ix_caseload_row_manager", "caseload_row", ["care_manager_id", "is_open", "rank"], unique=False)
    op.create_index("ix_caseload_row_name", "caseload_row", ["clinic_id", "is_open", "sort_name"], unique=False)
    op.create_index(
        "ix_caseload_row_name_anywhere",
        "caseload_row",
        ["is_open", "sort_name", "episode_id"],
        unique=False,
        sqlite_where=sa.text("sort_name >= ''"),
        postgresql_where=sa.text("sort_name >= ''"),
    )
    op.create_index(
        "ix_caseload_row_need_anywhere",
        "caseload_row",
        ["is_open", "rank", "sort_name", "episode_id"],
        unique=False,
        sqlite_where=sa.text("rank >= 0"),
        postgresql_where=sa.text("rank >= 0"),
    )
    op.create_index(op.f("ix_caseload_row_patient_id"), "caseload_row", ["patient_id"], unique=False)
    op.create_index(
        "ix_caseload_row_queue",
        "caseload_row",
        [
            "clinic_id",
            "is_open",
            "queue_place",
            "waited_place",
            "waited_from",
            "quiet_place",
            "quiet_from",
            "sort_name",
            "consultant_id",
            "episode_id",
            "patient_id",
            "phase",
            "paused_until",
            "last_review_on",
        ],
        unique=False,
    )
    op.create_index("ix_caseload_row_rank", "caseload_row", ["clinic_id", "is_open", "rank", "sort_name"], unique=False)
    op.create_index(
        "ix_caseload_row_views",
        "caseload_row",
        [
            "clinic_id",
            "is_open",
            "rank",
            "is_off_target",
            "unseen_from",
            "unreviewed_from",
            "at_target_until",
            "patient_id",
        ],
        unique=False,
    )
    op.create_table(
        "consent",
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("has_capacity", sa.Boolean(), nullable=False),
        sa.Column("cost_sharing_told", sa.Boolean(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("revoked_why", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("has_capacity OR given_by <> 'patient'", name=op.f("ck_consent_given_with_capacity")),
        sa.CheckConstraint("revoked_on IS NULL OR revoked_on >= given_on", name=op.f("ck_consent_revoked_after_given")),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_consent_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_consent_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["app_user.id"], name=op.f("fk_consent_revoked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["app_user.id"], name=op.f("fk_consent_set_by_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_episode", "consent", ["episode_id"], unique=False)
    op.create_index(op.f("ix_consent_patient_id"), "consent", ["patient_id"], unique=False)
    op.create_table(
        "episode_condition",
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "condition IN ('major-depression', 'bipolar-1', 'bipolar-2', 'schizophrenia', 'schizoaffective', 'early-psychosis', 'ptsd', 'anxiety', 'substance-use', 'other')",
            name=op.f("ck_episode_condition_condition_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_episode_condition_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_episode_condition_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_episode_condition_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_episode_condition_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode_condition")),
    )
    op.create_index("ix_episode_condition_episode", "episode_condition", ["episode_id"], unique=False)
    op.create_index(op.f("ix_episode_condition_patient_id"), "episode_condition", ["patient_id"], unique=False)
    op.create_index(
        "uq_episode_condition_open",
        "episode_condition",
        ["episode_id", "condition"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "measurement_score",
        sa.Column("measurement_id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("is_prorated", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value IS NOT NULL OR category IS NOT NULL", name=op.f("ck_measurement_score_has_value")),
        sa.ForeignKeyConstraint(
            ["measurement_id", "patient_id"],
            ["measurement.id", "measurement.patient_id"],
            name=op.f("fk_measurement_score_measurement_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_measurement_score_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_score")),
        sa.UniqueConstraint("measurement_id", "scale", name="uq_measurement_score_scale"),
    )
    op.create_index(
        "ix_measurement_score_course",
        "measurement_score",
        ["patient_id", "scale", "counts", "taken_on", "value"],
        unique=False,
    )
    op.create_index(op.f("ix_measurement_score_patient_id"), "measurement_score", ["patient_id"], unique=False)
    op.create_table(
        "phase_spell",
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('referred', 'engaging', 'active', 'maintaining', 'paused', 'ended')",
            name=op.f("ck_phase_spell_phase_known"),
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_phase_spell_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_phase_spell_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_phase_spell_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_spell")),
    )
    op.create_index("ix_phase_spell_episode", "phase_spell", ["episode_id"], unique=False)
    op.create_index(op.f("ix_phase_spell_patient_id"), "phase_spell", ["patient_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("consultant_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_why", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'final') = (error_why = '')", name=op.f("ck_review_error_has_reason")),
        sa.CheckConstraint("(status = 'final') = (voided_at IS NULL)", name=op.f("ck_review_void_has_time")),
        sa.CheckConstraint(
            "known_until <= opened_at AND opened_at <= recorded_at", name=op.f("ck_review_known_before_recorded")
        ),
        sa.CheckConstraint("status IN ('final', 'entered-in-error')", name=op.f("ck_review_status_known")),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 240", name=op.f("ck_review_minutes_possible")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_review_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["app_user.id"], name=op.f("fk_review_consultant_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_review_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_review_patient_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["app_user.id"], name=op.f("fk_review_voided_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_clinic_date", "review", ["clinic_id", "reviewed_on"], unique=False)
    op.create_index("ix_review_episode_date", "review", ["episode_id", "reviewed_on"], unique=False)
    op.create_index(op.f("ix_review_patient_id"), "review", ["patient_id"], unique=False)
    op.create_table(
        "standing",
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("course_starts_on", sa.Date(), nullable=False),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("baseline_value", sa.Integer(), nullable=True),
        sa.Column("baseline_late_by", sa.Integer(), nullable=True),
        sa.Column("baseline_elevated", sa.Boolean(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("latest_value", sa.Integer(), nullable=True),
        sa.Column("latest_band", sa.Text(), nullable=True),
        sa.Column("latest_prorated", sa.Boolean(), nullable=False),
        sa.Column("previous_on", sa.Date(), nullable=True),
        sa.Column("previous_value", sa.Integer(), nullable=True),
        sa.Column("change", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("best_confirmed", sa.Integer(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("is_relapse", sa.Boolean(), nullable=False),
        sa.Column("responded", sa.Boolean(), nullable=False),
        sa.Column("in_remission", sa.Boolean(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_standing_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_standing_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("episode_id", "scale", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_patient_id"), "standing", ["patient_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('care_manager', 'consultant', 'prescriber', 'key_worker', 'peer')",
            name=op.f("ck_team_member_role_known"),
        ),
        sa.CheckConstraint("user_id IS NOT NULL OR name <> ''", name=op.f("ck_team_member_is_somebody")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_team_member_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_team_member_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_team_member_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_team_member_set_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_team_member_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_episode", "team_member", ["episode_id"], unique=False)
    op.create_index(op.f("ix_team_member_patient_id"), "team_member", ["patient_id"], unique=False)
    op.create_index("ix_team_member_user", "team_member", ["user_id", "ends_on"], unique=False)
    op.create_index(
        "uq_team_member_open",
        "team_member",
        ["episode_id", "role"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "tracked_measure",
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("cadence_days", sa.Integer(), nullable=False),
        sa.Column("on_request", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cadence_days BETWEEN 1 AND 730", name=op.f("ck_tracked_measure_cadence_possible")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_tracked_measure_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_tracked_measure_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_tracked_measure_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_tracked_measure_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracked_measure")),
    )
    op.create_index("ix_tracked_measure_episode", "tracked_measure", ["episode_id"], unique=False)
    op.create_index(op.f("ix_tracked_measure_patient_id"), "tracked_measure", ["patient_id"], unique=False)
    op.create_index(
        "uq_tracked_measure_open",
        "tracked_measure",
        ["episode_id", "scale"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "treatment_course",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_treatment_course_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_treatment_course_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_course")),
    )
    op.create_index("ix_treatment_course_episode", "treatment_course", ["episode_id"], unique=False)
    op.create_index(op.f("ix_treatment_course_patient_id"), "treatment_course", ["patient_id"], unique=False)
    op.create_index(
        "uq_treatment_course_open",
        "treatment_course",
        ["episode_id"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "treatment_target",
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=True),
        sa.Column("at_least", sa.Integer(), nullable=True),
        sa.Column("is_hold", sa.Boolean(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("NOT is_hold OR review_by IS NOT NULL", name=op.f("ck_treatment_target_hold_is_reviewed")),
        sa.CheckConstraint(
            "is_hold OR (at_most IS NOT NULL AND at_least IS NULL) OR (at_most IS NULL AND at_least IS NOT NULL)",
            name=op.f("ck_treatment_target_is_one_level"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_treatment_target_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_treatment_target_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_treatment_target_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_treatment_target_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_target")),
    )
    op.create_index("ix_treatment_target_episode", "treatment_target", ["episode_id"], unique=False)
    op.create_index(op.f("ix_treatment_target_patient_id"), "treatment_target", ["patient_id"], unique=False)
    op.create_index(
        "uq_treatment_target_open",
        "treatment_target",
        ["episode_id", "scale"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "alert_event",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'appended', 'acknowledged', 'assigned', 'snoozed', 'snooze-ended', 'acted', 'escalated', 'closed', 'closed-by-itself', 'joined', 'told', 'untold', 'mailed')",
            name=op.f("ck_alert_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_alert_event_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_alert_event_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
    )
    op.create_index("ix_alert_event_alert", "alert_event", ["alert_id", "at"], unique=False)
    op.create_index(
        "ix_alert_event_told",
        "alert_event",
        ["alert_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'told'"),
        postgresql_where=sa.text("kind = 'told'"),
    )
    op.create_index(op.f("ix_alert_event_patient_id"), "alert_event", ["patient_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "fault IN ('unreachable', 'no-answer', 'cut-off', 'not-encrypted', 'sign-in-refused', 'mail-refused', 'address-refused', 'no-account')",
            name=op.f("ck_message_fault_known"),
        ),
        sa.CheckConstraint("kind IN ('urgent', 'digest')", name=op.f("ck_message_kind_known")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'not-needed', 'failed')", name=op.f("ck_message_state_known")),
        sa.CheckConstraint("(kind = 'urgent') = (alert_id IS NOT NULL)", name=op.f("ck_message_urgent_has_alert")),
        sa.CheckConstraint("(state = 'queued') = (settled_at IS NULL)", name=op.f("ck_message_settled_has_time")),
        sa.CheckConstraint("state <> 'failed' OR fault IS NOT NULL", name=op.f("ck_message_failed_says_why")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_message_alert_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_message_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("occasion", name="uq_message_occasion"),
    )
    op.create_index(op.f("ix_message_alert_id"), "message", ["alert_id"], unique=False)
    op.create_index(op.f("ix_message_user_id"), "message", ["user_id"], unique=False)
    op.create_index("ix_message_settled", "message", ["settled_at"], unique=False)
    op.create_index(
        "ix_message_next_try",
        "message",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "danger_report",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('self-harm', 'threat', 'self-care', 'abuse', 'overdose', 'other')",
            name=op.f("ck_danger_report_kind_known"),
        ),
        sa.CheckConstraint("status IN ('final', 'entered-in-error')", name=op.f("ck_danger_report_status_known")),
        sa.CheckConstraint("(status = 'final') = (why = '')", name=op.f("ck_danger_report_error_has_reason")),
        sa.CheckConstraint("(status = 'final') = (voided_at IS NULL)", name=op.f("ck_danger_report_void_has_time")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_danger_report_alert_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_danger_report_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_danger_report_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_danger_report_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["app_user.id"], name=op.f("fk_danger_report_voided_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_danger_report")),
    )
    op.create_index(op.f("ix_danger_report_patient_id"), "danger_report", ["patient_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("to_user_id", sa.Uuid(), nullable=True),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_why", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_by_name", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before_end", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('change-dose', 'start', 'stop', 'lab', 'measure', 'therapy', 'refer', 'see', 'continue')",
            name=op.f("ck_recommendation_kind_known"),
        ),
        sa.CheckConstraint(
            "(kind = 'continue') = (state = 'noted')", name=op.f("ck_recommendation_to_continue_waits_for_nobody")
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR decision_why <> ''", name=op.f("ck_recommendation_declined_has_reason")
        ),
        sa.CheckConstraint("decided_on >= proposed_on", name=op.f("ck_recommendation_decided_after_proposed")),
        sa.CheckConstraint("done_on >= decided_on", name=op.f("ck_recommendation_done_after_decided")),
        sa.CheckConstraint(
            "state = 'declined' OR before_end IS NULL", name=op.f("ck_recommendation_ended_is_declined")
        ),
        sa.CheckConstraint(
            "state IN ('noted', 'proposed', 'accepted', 'modified', 'declined', 'ordered', 'done')",
            name=op.f("ck_recommendation_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_recommendation_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["app_user.id"], name=op.f("fk_recommendation_done_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_recommendation_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_recommendation_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_recommendation_review_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["app_user.id"], name=op.f("fk_recommendation_to_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    op.create_index("ix_recommendation_episode_state", "recommendation", ["episode_id", "state"], unique=False)
    op.create_index(op.f("ix_recommendation_patient_id"), "recommendation", ["patient_id"], unique=False)
    op.create_index(op.f("ix_recommendation_review_id"), "recommendation", ["review_id"], unique=False)
    op.create_table(
        "meeting_case",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("review_id IS NULL OR off_at IS NOT NULL", name=op.f("ck_meeting_case_reviewed_is_off")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["app_user.id"], name=op.f("fk_meeting_case_added_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_meeting_case_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_meeting_case_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_meeting_case_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_meeting_case_review_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_case")),
    )
    op.create_index("ix_meeting_case_clinic", "meeting_case", ["clinic_id", "off_at"], unique=False)
    op.create_index(op.f("ix_meeting_case_patient_id"), "meeting_case", ["patient_id"], unique=False)
    op.create_index(
        "uq_meeting_case_open",
        "meeting_case",
        ["episode_id"],
        unique=True,
        sqlite_where=sa.text("off_at IS NULL"),
        postgresql_where=sa.text("off_at IS NULL"),
    )
    op.create_table(
        "review_question",
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by_review_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_with_episode", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NOT NULL OR NOT ended_with_episode", name=op.f("ck_review_question_ended_is_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_review_id"],
            ["review.id"],
            name=op.f("fk_review_question_answered_by_review_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["app_user.id"], name=op.f("fk_review_question_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_review_question_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_review_question_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_question")),
    )
    op.create_index("ix_review_question_episode", "review_question", ["episode_id"], unique=False)
    op.create_index(op.f("ix_review_question_patient_id"), "review_question", ["patient_id"], unique=False)
    op.create_table(
        "safety_signal",
        sa.Column("measurement_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_safety_signal_alert_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["measurement_id", "patient_id"],
            ["measurement.id", "measurement.patient_id"],
            name=op.f("fk_safety_signal_measurement_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_safety_signal_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("measurement_id", "item", name=op.f("pk_safety_signal")),
    )
    op.create_index(op.f("ix_safety_signal_patient_id"), "safety_signal", ["patient_id"], unique=False)
    op.create_index(
        "ix_safety_signal_unanswered",
        "safety_signal",
        ["measurement_id"],
        unique=False,
        sqlite_where=sa.text("alert_id IS NULL"),
        postgresql_where=sa.text("alert_id IS NULL"),
    )
    op.create_table(
        "advance_directive",
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(answer = 'made') = (kept_at <> '')", name=op.f("ck_advance_directive_made_is_kept_somewhere")
        ),
        sa.CheckConstraint(
            "answer IN ('made', 'none', 'asked-no-answer')", name=op.f("ck_advance_directive_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_advance_directive_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_advance_directive_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance_directive")),
        sa.UniqueConstraint("patient_id", name="uq_advance_directive_patient"),
    )
    op.create_index(op.f("ix_advance_directive_patient_id"), "advance_directive", ["patient_id"], unique=False)
    op.create_table(
        "legal_status",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("order_words", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("error_why", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('voluntary', 'commitment', 'outpatient-order')", name=op.f("ck_legal_status_kind_known")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name=op.f("ck_legal_status_ends_after_start")),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on >= starts_on", name=op.f("ck_legal_status_expires_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_legal_status_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_legal_status_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_status")),
    )
    op.create_index(op.f("ix_legal_status_patient_id"), "legal_status", ["patient_id"], unique=False)
    op.create_index(
        "uq_legal_status_holds",
        "legal_status",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL AND error_why = ''"),
        postgresql_where=sa.text("ended_on IS NULL AND error_why = ''"),
    )
    op.create_table(
        "payer_period",
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("member_number", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "payer IN ('medicaid', 'medicare', 'dual', 'commercial', 'other-public', 'self-pay', 'none')",
            name=op.f("ck_payer_period_payer_known"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_payer_period_in_order")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_payer_period_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_payer_period_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_period")),
    )
    op.create_index(op.f("ix_payer_period_patient_id"), "payer_period", ["patient_id"], unique=False)
    op.create_index(
        "uq_payer_period_primary",
        "payer_period",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL AND is_primary = 1"),
        postgresql_where=sa.text("ends_on IS NULL AND is_primary"),
    )
    op.create_table(
        "related_person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("is_emergency_contact", sa.Boolean(), nullable=False),
        sa.Column("consents_to_treatment", sa.Boolean(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("may_have_information", sa.Boolean(), nullable=False),
        sa.Column("release_scope", sa.Text(), nullable=False),
        sa.Column("release_until", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("NOT is_over OR ends_on IS NOT NULL", name=op.f("ck_related_person_over_from_a_day")),
        sa.CheckConstraint(
            "may_have_information OR (release_scope = '' AND release_until IS NULL)",
            name=op.f("ck_related_person_release_is_given"),
        ),
        sa.CheckConstraint(
            "relation IN ('kin', 'friend', 'guardian', 'conservator', 'proxy', 'payee', 'probation', 'residence', 'other')",
            name=op.f("ck_related_person_relation_known"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_related_person_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["app_user.id"], name=op.f("fk_related_person_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_related_person_patient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_person")),
    )
    op.create_index(op.f("ix_related_person_patient_id"), "related_person", ["patient_id"], unique=False)
    op.create_table(
        "other_team",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("does", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('act', 'injection', 'residence', 'crisis', 'case-management', 'substance-use', 'therapy', 'medical', 'justice', 'other')",
            name=op.f("ck_other_team_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_other_team_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_other_team_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_other_team_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["app_user.id"], name=op.f("fk_other_team_set_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_team")),
    )
    op.create_index("ix_other_team_episode", "other_team", ["episode_id"], unique=False)
    op.create_index(op.f("ix_other_team_patient_id"), "other_team", ["patient_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("from_clinic_id", sa.Uuid(), nullable=False),
        sa.Column("to_clinic_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_episode_id", sa.Uuid(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_on IS NOT NULL)", name=op.f("ck_transfer_completed_has_date")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'completed', 'returned')) = (received_episode_id IS NOT NULL)",
            name=op.f("ck_transfer_accepted_has_episode"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'completed', 'refused', 'withdrawn', 'returned')",
            name=op.f("ck_transfer_state_known"),
        ),
        sa.CheckConstraint("from_clinic_id <> to_clinic_id", name=op.f("ck_transfer_to_another")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["app_user.id"], name=op.f("fk_transfer_answered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["completed_by_id"], ["app_user.id"], name=op.f("fk_transfer_completed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name=op.f("fk_transfer_episode_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["from_clinic_id"], ["clinic.id"], name=op.f("fk_transfer_from_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_transfer_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["app_user.id"], name=op.f("fk_transfer_proposed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["received_episode_id", "patient_id"],
            ["episode.id", "episode.patient_id"],
            name="fk_transfer_received_episode",
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["to_clinic_id"], ["clinic.id"], name=op.f("fk_transfer_to_clinic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index("ix_transfer_from", "transfer", ["from_clinic_id", "state"], unique=False)
    op.create_index(op.f("ix_transfer_patient_id"), "transfer", ["patient_id"], unique=False)
    op.create_index("ix_transfer_received", "transfer", ["received_episode_id"], unique=False)
    op.create_index("ix_transfer_to", "transfer", ["to_clinic_id", "state"], unique=False)
    op.create_index(
        "uq_transfer_open",
        "transfer",
        ["episode_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'accepted')"),
        postgresql_where=sa.text("state IN ('proposed', 'accepted')"),
    )
    op.create_table(
        "treatment_trial",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("medicine_class", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("ingredient", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'injection') = (product IS NOT NULL)", name=op.f("ck_treatment_trial_injection_has_product")
        ),
        sa.CheckConstraint(
            "(kind IN ('medication', 'injection')) = (medicine_class IS NOT NULL)",
            name=op.f("ck_treatment_trial_medicine_has_class"),
        ),
        sa.CheckConstraint(
            "kind IN ('medication', 'injection', 'therapy', 'other')", name=op.f("ck_treatment_trial_kind_known")
        ),
        sa.CheckConstraint(
            "medicine_class IN ('antidepressant', 'antipsychotic', 'mood-stabiliser', 'anxiolytic', 'stimulant', 'addiction', 'side-effects', 'other')",
            name=op.f("ck_treatment_trial_medicine_class_known"),
        ),
        sa.CheckConstraint(
            "ingredient IS NULL OR kind = 'medication'",
            name=op.f("ck_treatment_trial_only_medication_has_ingredient"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_treatment_trial_has_name")),
        sa.CheckConstraint("status IN ('final', 'entered-in-error')", name=op.f("ck_treatment_trial_status_known")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_treatment_trial_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_treatment_trial_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_treatment_trial_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_treatment_trial_withdrawn_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_treatment_trial_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_trial")),
        sa.UniqueConstraint("id", "patient_id", name="uq_treatment_trial_patient"),
    )
    op.create_index(op.f("ix_treatment_trial_patient_id"), "treatment_trial", ["patient_id"], unique=False)
    op.create_table(
        "trial_step",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_about", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("restart_after_days", sa.Integer(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(amount IS NULL) = (unit = '')", name=op.f("ck_trial_step_amount_has_unit")),
        sa.CheckConstraint(
            "restart_after_days IS NULL OR restart_after_days > every_days",
            name=op.f("ck_trial_step_restart_after_interval"),
        ),
        sa.CheckConstraint("(kind = 'stop') = (reason IS NOT NULL)", name=op.f("ck_trial_step_stop_has_reason")),
        sa.CheckConstraint("kind IN ('start', 'change', 'stop')", name=op.f("ck_trial_step_kind_known")),
        sa.CheckConstraint(
            "reason IN ('worked', 'no-benefit', 'side-effects', 'wish', 'adherence', 'interaction', 'access', 'completed', 'other')",
            name=op.f("ck_trial_step_reason_known"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_trial_step_status_known")
        ),
        sa.CheckConstraint(
            "unit IN ('', 'mg', 'mcg', 'g', 'ml', 'units', 'drops')", name=op.f("ck_trial_step_unit_known")
        ),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_trial_step_amount_positive")),
        sa.CheckConstraint(
            "every_days IS NULL OR every_days BETWEEN 7 AND 366", name=op.f("ck_trial_step_interval_possible")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_trial_step_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_trial_step_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_trial_step_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["trial_step.id"], name=op.f("fk_trial_step_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id", "patient_id"],
            ["treatment_trial.id", "treatment_trial.patient_id"],
            name=op.f("fk_trial_step_trial_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_trial_step_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_trial_step_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_step")),
    )
    op.create_index(op.f("ix_trial_step_patient_id"), "trial_step", ["patient_id"], unique=False)
    op.create_index("ix_trial_step_trial", "trial_step", ["trial_id"], unique=False)
    op.create_index(
        "uq_trial_step_change",
        "trial_step",
        ["trial_id", "happened_on"],
        unique=True,
        sqlite_where=sa.text("kind = 'change' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'change' AND status = 'final'"),
    )
    op.create_index(
        "uq_trial_step_start",
        "trial_step",
        ["trial_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'start' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'start' AND status = 'final'"),
    )
    op.create_index(
        "uq_trial_step_stop",
        "trial_step",
        ["trial_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'stop' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'stop' AND status = 'final'"),
    )
    op.create_table(
        "adherence_check",
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_taken_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source IN ('person', 'count', 'pharmacy', 'observed', 'other')",
            name=op.f("ck_adherence_check_source_known"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_adherence_check_status_known")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_adherence_check_percent_possible")),
        sa.CheckConstraint("last_taken_on <= happened_on", name=op.f("ck_adherence_check_last_taken_before")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_adherence_check_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_adherence_check_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_adherence_check_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["adherence_check.id"], name=op.f("fk_adherence_check_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id", "patient_id"],
            ["treatment_trial.id", "treatment_trial.patient_id"],
            name=op.f("fk_adherence_check_trial_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_adherence_check_withdrawn_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_adherence_check_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adherence_check")),
    )
    op.create_index(op.f("ix_adherence_check_patient_id"), "adherence_check", ["patient_id"], unique=False)
    op.create_index("ix_adherence_check_trial", "adherence_check", ["trial_id"], unique=False)
    op.create_table(
        "injection",
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(amount IS NULL) = (unit = '')", name=op.f("ck_injection_amount_has_unit")),
        sa.CheckConstraint(
            "outcome IN ('given', 'given-elsewhere', 'refused', 'not-in-stock')",
            name=op.f("ck_injection_outcome_known"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_injection_status_known")
        ),
        sa.CheckConstraint(
            "unit IN ('', 'mg', 'mcg', 'g', 'ml', 'units', 'drops')", name=op.f("ck_injection_unit_known")
        ),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_injection_amount_positive")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_injection_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_injection_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_injection_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["injection.id"], name=op.f("fk_injection_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id", "patient_id"],
            ["treatment_trial.id", "treatment_trial.patient_id"],
            name=op.f("fk_injection_trial_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_injection_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_injection_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injection")),
    )
    op.create_index(op.f("ix_injection_patient_id"), "injection", ["patient_id"], unique=False)
    op.create_index("ix_injection_trial", "injection", ["trial_id"], unique=False)
    op.create_index(
        "uq_injection_given",
        "injection",
        ["trial_id", "happened_on"],
        unique=True,
        sqlite_where=sa.text("outcome IN ('given', 'given-elsewhere') AND status = 'final'"),
        postgresql_where=sa.text("outcome IN ('given', 'given-elsewhere') AND status = 'final'"),
    )
    op.create_table(
        "goal",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_words", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'open') = (ended_on IS NULL)", name=op.f("ck_goal_ended_has_date")),
        sa.CheckConstraint("status = 'open' OR ended_words <> ''", name=op.f("ck_goal_ended_has_words")),
        sa.CheckConstraint(
            "status IN ('open', 'reached', 'changed', 'set-aside', 'entered-in-error')",
            name=op.f("ck_goal_status_known"),
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_goal_has_words")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= set_on", name=op.f("ck_goal_ends_after_start")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_goal_clinic_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_goal_patient_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_goal_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["goal.id"], name=op.f("fk_goal_replaces_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("id", "patient_id", name="uq_goal_patient"),
    )
    op.create_index(op.f("ix_goal_patient_id"), "goal", ["patient_id"], unique=False)
    op.create_table(
        "goal_rating",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_goal_rating_status_known")
        ),
        sa.CheckConstraint("rating BETWEEN 0 AND 10", name=op.f("ck_goal_rating_rating_possible")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_goal_rating_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["goal_id", "patient_id"],
            ["goal.id", "goal.patient_id"],
            name=op.f("fk_goal_rating_goal_id_patient_id"),
            ondelete="RESTRICT",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_goal_rating_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_goal_rating_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_goal_rating_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_goal_rating_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_rating")),
    )
    op.create_index("ix_goal_rating_goal", "goal_rating", ["goal_id"], unique=False)
    op.create_index(op.f("ix_goal_rating_patient_id"), "goal_rating", ["patient_id"], unique=False)
    op.create_index(
        "uq_goal_rating_day",
        "goal_rating",
        ["goal_id", "rated_on"],
        unique=True,
        sqlite_where=sa.text("status = 'final'"),
        postgresql_where=sa.text("status = 'final'"),
    )
    op.create_table(
        "plan_version",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("took_part", sa.Text(), nullable=False),
        sa.Column("sections", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('safety', 'relapse')", name=op.f("ck_plan_version_kind_known")),
        sa.CheckConstraint("status IN ('final', 'entered-in-error')", name=op.f("ck_plan_version_status_known")),
        sa.CheckConstraint("took_part <> ''", name=op.f("ck_plan_version_somebody_took_part")),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_version_number_positive")),
        sa.CheckConstraint("review_on IS NULL OR review_on > written_on", name=op.f("ck_plan_version_reviewed_later")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_plan_version_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_plan_version_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_plan_version_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_plan_version_withdrawn_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_plan_version_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("patient_id", "kind", "number", name="uq_plan_version_number"),
    )
    op.create_index(op.f("ix_plan_version_patient_id"), "plan_version", ["patient_id"], unique=False)
    op.create_table(
        "life_event",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("called_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'final') = (error_why = '')", name=op.f("ck_life_event_error_has_reason")),
        sa.CheckConstraint(
            "(called_on IS NULL) = (called_by_id IS NULL)", name=op.f("ck_life_event_called_by_somebody")
        ),
        sa.CheckConstraint("called_on >= starts_on", name=op.f("ck_life_event_called_after_start")),
        sa.CheckConstraint(
            "called_on IS NULL OR kind IN ('hospital-psychiatric', 'hospital', 'crisis', 'jail')",
            name=op.f("ck_life_event_only_stays_are_called"),
        ),
        sa.CheckConstraint(
            "(confirmed_on IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_life_event_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "(confirmed_on IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_life_event_confirmed_at_some_time")
        ),
        sa.CheckConstraint("confirmed_on >= starts_on", name=op.f("ck_life_event_confirmed_after_start")),
        sa.CheckConstraint(
            "confirmed_on IS NULL OR kind IN ('hospital-psychiatric', 'hospital', 'crisis', 'jail')",
            name=op.f("ck_life_event_only_stays_are_confirmed"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_life_event_ends_after_start")),
        sa.CheckConstraint(
            "ends_on IS NULL OR kind NOT IN ('emergency', 'moved', 'home-lost', 'home-found', 'job-gained', "
            "'job-lost', 'bereavement', 'birth', 'partnership', 'other')",
            name=op.f("ck_life_event_only_stays_end"),
        ),
        sa.CheckConstraint("kind <> 'other' OR words <> ''", name=op.f("ck_life_event_other_has_words")),
        sa.CheckConstraint("(kind = 'emergency') = (reason <> '')", name=op.f("ck_life_event_emergency_has_reason")),
        sa.CheckConstraint(
            "reason IN ('', 'psychiatric', 'substance', 'self-harm', 'overdose', 'other', 'unknown')",
            name=op.f("ck_life_event_reason_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('hospital-psychiatric', 'hospital', 'crisis', 'jail', 'emergency', 'moved', "
            "'home-lost', 'home-found', 'job-gained', 'job-lost', 'bereavement', 'birth', 'partnership', 'other')",
            name=op.f("ck_life_event_kind_known"),
        ),
        sa.CheckConstraint("status IN ('final', 'entered-in-error')", name=op.f("ck_life_event_status_known")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_life_event_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["app_user.id"], name=op.f("fk_life_event_ended_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["app_user.id"], name=op.f("fk_life_event_confirmed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["app_user.id"], name=op.f("fk_life_event_called_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_life_event_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_life_event_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_life_event_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_life_event_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_event")),
    )
    op.create_index("ix_life_event_patient_day", "life_event", ["patient_id", "starts_on"], unique=False)
    op.create_index(op.f("ix_life_event_patient_id"), "life_event", ["patient_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("second", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source IN ('here', 'laboratory', 'elsewhere', 'person')", name=op.f("ck_observation_source_known")
        ),
        sa.CheckConstraint(
            "status IN ('final', 'amended', 'entered-in-error')", name=op.f("ck_observation_status_known")
        ),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_observation_has_kind")),
        sa.CheckConstraint("(value IS NULL) = (choice <> '')", name=op.f("ck_observation_value_or_choice")),
        sa.CheckConstraint("(value IS NULL) = (unit = '')", name=op.f("ck_observation_value_has_unit")),
        sa.CheckConstraint(
            "value >= 0 AND (second IS NULL OR second BETWEEN 0 AND value)",
            name=op.f("ck_observation_value_possible"),
        ),
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (withdrawn_at IS NOT NULL)", name=op.f("ck_observation_withdrawn_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_observation_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_observation_patient_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_observation_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["observation.id"], name=op.f("fk_observation_replaces_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["app_user.id"], name=op.f("fk_observation_withdrawn_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    op.create_index("ix_observation_patient_day", "observation", ["patient_id", "taken_on"], unique=False)
    op.create_index(op.f("ix_observation_patient_id"), "observation", ["patient_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_observation_patient_id"), table_name="observation")
    op.drop_index("ix_observation_patient_day", table_name="observation")
    op.drop_table("observation")
    op.drop_index(op.f("ix_life_event_patient_id"), table_name="life_event")
    op.drop_index("ix_life_event_patient_day", table_name="life_event")
    op.drop_table("life_event")
    op.drop_index(op.f("ix_plan_version_patient_id"), table_name="plan_version")
    op.drop_table("plan_version")
    op.drop_index(
        "uq_goal_rating_day",
        table_name="goal_rating",
        sqlite_where=sa.text("status = 'final'"),
        postgresql_where=sa.text("status = 'final'"),
    )
    op.drop_index(op.f("ix_goal_rating_patient_id"), table_name="goal_rating")
    op.drop_index("ix_goal_rating_goal", table_name="goal_rating")
    op.drop_table("goal_rating")
    op.drop_index(op.f("ix_goal_patient_id"), table_name="goal")
    op.drop_table("goal")
    op.drop_index(
        "uq_injection_given",
        table_name="injection",
        sqlite_where=sa.text("outcome IN ('given', 'given-elsewhere') AND status = 'final'"),
        postgresql_where=sa.text("outcome IN ('given', 'given-elsewhere') AND status = 'final'"),
    )
    op.drop_index("ix_injection_trial", table_name="injection")
    op.drop_index(op.f("ix_injection_patient_id"), table_name="injection")
    op.drop_table("injection")
    op.drop_index("ix_adherence_check_trial", table_name="adherence_check")
    op.drop_index(op.f("ix_adherence_check_patient_id"), table_name="adherence_check")
    op.drop_table("adherence_check")
    op.drop_index(
        "uq_trial_step_stop",
        table_name="trial_step",
        sqlite_where=sa.text("kind = 'stop' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'stop' AND status = 'final'"),
    )
    op.drop_index(
        "uq_trial_step_start",
        table_name="trial_step",
        sqlite_where=sa.text("kind = 'start' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'start' AND status = 'final'"),
    )
    op.drop_index(
        "uq_trial_step_change",
        table_name="trial_step",
        sqlite_where=sa.text("kind = 'change' AND status = 'final'"),
        postgresql_where=sa.text("kind = 'change' AND status = 'final'"),
    )
    op.drop_index("ix_trial_step_trial", table_name="trial_step")
    op.drop_index(op.f("ix_trial_step_patient_id"), table_name="trial_step")
    op.drop_table("trial_step")
    op.drop_index(op.f("ix_treatment_trial_patient_id"), table_name="treatment_trial")
    op.drop_table("treatment_trial")
    op.drop_index(
        "uq_transfer_open",
        table_name="transfer",
        sqlite_where=sa.text("state IN ('proposed', 'accepted')"),
        postgresql_where=sa.text("state IN ('proposed', 'accepted')"),
    )
    op.drop_index("ix_transfer_to", table_name="transfer")
    op.drop_index("ix_transfer_received", table_name="transfer")
    op.drop_index(op.f("ix_transfer_patient_id"), table_name="transfer")
    op.drop_index("ix_transfer_from", table_name="transfer")
    op.drop_table("transfer")
    op.drop_index(op.f("ix_other_team_patient_id"), table_name="other_team")
    op.drop_index("ix_other_team_episode", table_name="other_team")
    op.drop_table("other_team")
    op.drop_index(op.f("ix_related_person_patient_id"), table_name="related_person")
    op.drop_table("related_person")
    op.drop_index(
        "uq_payer_period_primary",
        table_name="payer_period",
        sqlite_where=sa.text("ends_on IS NULL AND is_primary = 1"),
        postgresql_where=sa.text("ends_on IS NULL AND is_primary"),
    )
    op.drop_index(op.f("ix_payer_period_patient_id"), table_name="payer_period")
    op.drop_table("payer_period")
    op.drop_index(
        "uq_legal_status_holds",
        table_name="legal_status",
        sqlite_where=sa.text("ended_on IS NULL AND error_why = ''"),
        postgresql_where=sa.text("ended_on IS NULL AND error_why = ''"),
    )
    op.drop_index(op.f("ix_legal_status_patient_id"), table_name="legal_status")
    op.drop_table("legal_status")
    op.drop_index(op.f("ix_advance_directive_patient_id"), table_name="advance_directive")
    op.drop_table("advance_directive")
    op.drop_index(
        "ix_safety_signal_unanswered",
        table_name="safety_signal",
        sqlite_where=sa.text("alert_id IS NULL"),
        postgresql_where=sa.text("alert_id IS NULL"),
    )
    op.drop_index(op.f("ix_safety_signal_patient_id"), table_name="safety_signal")
    op.drop_table("safety_signal")
    op.drop_index(
        "uq_meeting_case_open",
        table_name="meeting_case",
        sqlite_where=sa.text("off_at IS NULL"),
        postgresql_where=sa.text("off_at IS NULL"),
    )
    op.drop_index(op.f("ix_meeting_case_patient_id"), table_name="meeting_case")
    op.drop_index("ix_meeting_case_clinic", table_name="meeting_case")
    op.drop_table("meeting_case")
    op.drop_index(op.f("ix_review_question_patient_id"), table_name="review_question")
    op.drop_index("ix_review_question_episode", table_name="review_question")
    op.drop_table("review_question")
    op.drop_index(op.f("ix_recommendation_review_id"), table_name="recommendation")
    op.drop_index(op.f("ix_recommendation_patient_id"), table_name="recommendation")
    op.drop_index("ix_recommendation_episode_state", table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_index(op.f("ix_danger_report_patient_id"), table_name="danger_report")
    op.drop_table("danger_report")
    op.drop_index(
        "ix_message_next_try",
        table_name="message",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index("ix_message_settled", table_name="message")
    op.drop_index(op.f("ix_message_user_id"), table_name="message")
    op.drop_index(op.f("ix_message_alert_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_alert_event_patient_id"), table_name="alert_event")
    op.drop_index("ix_alert_event_told", table_name="alert_event")
    op.drop_index("ix_alert_event_alert", table_name="alert_event")
    op.drop_table("alert_event")
    op.drop_index(
        "uq_treatment_target_open",
        table_name="treatment_target",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_treatment_target_patient_id"), table_name="treatment_target")
    op.drop_index("ix_treatment_target_episode", table_name="treatment_target")
    op.drop_table("treatment_target")
    op.drop_index(
        "uq_treatment_course_open",
        table_name="treatment_course",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_treatment_course_patient_id"), table_name="treatment_course")
    op.drop_index("ix_treatment_course_episode", table_name="treatment_course")
    op.drop_table("treatment_course")
    op.drop_index(
        "uq_tracked_measure_open",
        table_name="tracked_measure",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_tracked_measure_patient_id"), table_name="tracked_measure")
    op.drop_index("ix_tracked_measure_episode", table_name="tracked_measure")
    op.drop_table("tracked_measure")
    op.drop_index(
        "uq_team_member_open",
        table_name="team_member",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index("ix_team_member_user", table_name="team_member")
    op.drop_index(op.f("ix_team_member_patient_id"), table_name="team_member")
    op.drop_index("ix_team_member_episode", table_name="team_member")
    op.drop_table("team_member")
    op.drop_index(op.f("ix_standing_patient_id"), table_name="standing")
    op.drop_table("standing")
    op.drop_index(op.f("ix_review_patient_id"), table_name="review")
    op.drop_index("ix_review_episode_date", table_name="review")
    op.drop_index("ix_review_clinic_date", table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_phase_spell_patient_id"), table_name="phase_spell")
    op.drop_index("ix_phase_spell_episode", table_name="phase_spell")
    op.drop_table("phase_spell")
    op.drop_index(op.f("ix_measurement_score_patient_id"), table_name="measurement_score")
    op.drop_index("ix_measurement_score_course", table_name="measurement_score")
    op.drop_table("measurement_score")
    op.drop_index(
        "uq_episode_condition_open",
        table_name="episode_condition",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_episode_condition_patient_id"), table_name="episode_condition")
    op.drop_index("ix_episode_condition_episode", table_name="episode_condition")
    op.drop_table("episode_condition")
    op.drop_index(op.f("ix_consent_patient_id"), table_name="consent")
    op.drop_index("ix_consent_episode", table_name="consent")
    op.drop_table("consent")
    op.drop_index("ix_caseload_row_views", table_name="caseload_row")
    op.drop_index("ix_caseload_row_rank", table_name="caseload_row")
    op.drop_index(op.f("ix_caseload_row_patient_id"), table_name="caseload_row")
    op.drop_index("ix_caseload_row_need_anywhere", table_name="caseload_row")
    op.drop_index("ix_caseload_row_name_anywhere", table_name="caseload_row")
    op.drop_index("ix_caseload_row_name", table_name="caseload_row")
    op.drop_index("ix_caseload_row_manager", table_name="caseload_row")
    op.drop_table("caseload_row")
    op.drop_index(
        "uq_alert_open_safety",
        table_name="alert",
        sqlite_where=sa.text("closed_at IS NULL AND is_safety = 1"),
        postgresql_where=sa.text("closed_at IS NULL AND is_safety"),
    )
    op.drop_index(
        "uq_alert_open_rule",
        table_name="alert",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_alert_patient_id"), table_name="alert")
    op.drop_index("ix_alert_owner_open", table_name="alert")
    op.drop_index(
        "ix_alert_look_at",
        table_name="alert",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_alert_clinic_open", table_name="alert")
    op.drop_index("ix_alert_clinic_closed", table_name="alert")
    op.drop_table("alert")
    op.drop_table("rulebook_state")
    op.drop_table("rule_number")
    op.drop_index("ix_patient_clinic_clinic", table_name="patient_clinic")
    op.drop_table("patient_clinic")
    op.drop_table("panel_count")
    op.drop_index("ix_saved_view_shared_with", table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_table("column_choice")
    op.drop_index("ix_panel_change_panel", table_name="panel_change")
    op.drop_table("panel_change")
    op.drop_index(
        "uq_membership_open",
        table_name="membership",
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_clinic_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_measurement_patient_instrument", table_name="measurement")
    op.drop_index(op.f("ix_measurement_patient_id"), table_name="measurement")
    op.drop_table("measurement")
    op.drop_index("ix_import_batch_file", table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index(
        "uq_episode_open",
        table_name="episode",
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_index(op.f("ix_episode_patient_id"), table_name="episode")
    op.drop_index("ix_episode_next_check", table_name="episode")
    op.drop_index("ix_episode_clinic_phase", table_name="episode")
    op.drop_index(
        "ix_episode_backlog",
        table_name="episode",
        sqlite_where=sa.text("backlog_until IS NOT NULL"),
        postgresql_where=sa.text("backlog_until IS NOT NULL"),
    )
    op.drop_table("episode")
    op.drop_index("ix_duty_cover_clinic_dates", table_name="duty_cover")
    op.drop_table("duty_cover")
    op.drop_index("ix_look_mark_reader", table_name="look_mark")
    op.drop_index(op.f("ix_look_mark_patient_id"), table_name="look_mark")
    op.drop_table("look_mark")
    op.drop_index(op.f("ix_contact_point_patient_id"), table_name="contact_point")
    op.drop_index("ix_contact_point_folded", table_name="contact_point")
    op.drop_table("contact_point")
    op.drop_index("ix_task_to_state", table_name="task")
    op.drop_index(op.f("ix_task_patient_id"), table_name="task")
    op.drop_index("ix_task_from_answered", table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_timed_contact_patient_id"), table_name="timed_contact")
    op.drop_table("timed_contact")
    op.drop_table("stopwatch")
    op.drop_index(
        "uq_contact_draft_of_user",
        table_name="contact_draft",
        sqlite_where=sa.text("contact_id IS NULL"),
        postgresql_where=sa.text("contact_id IS NULL"),
    )
    op.drop_index(op.f("ix_contact_draft_patient_id"), table_name="contact_draft")
    op.drop_table("contact_draft")
    op.drop_index("ix_contact_staff_date", table_name="contact")
    op.drop_index(op.f("ix_contact_patient_id"), table_name="contact")
    op.drop_index("ix_contact_patient_date", table_name="contact")
    op.drop_table("contact")
    op.drop_table("clinic_instrument")
    op.drop_index(
        "uq_clinic_closure_day",
        table_name="clinic_closure",
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.drop_table("clinic_closure")
    op.drop_index(
        "uq_adopted_figure_in_force",
        table_name="adopted_figure",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("adopted_figure")
    op.drop_index(op.f("ix_signed_in_session_user_id"), table_name="signed_in_session")
    op.drop_table("signed_in_session")
    op.drop_index(
        "uq_invitation_open",
        table_name="invitation",
        sqlite_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    op.drop_table("invitation")
    op.drop_table("safety_item")
    op.drop_index(op.f("ix_merged_row_patient_id"), table_name="merged_row")
    op.drop_table("merged_row")
    op.drop_index(
        "uq_patient_merge_standing",
        table_name="patient_merge",
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(op.f("ix_patient_merge_patient_id"), table_name="patient_merge")
    op.drop_index(op.f("ix_patient_merge_merged_id"), table_name="patient_merge")
    op.drop_table("patient_merge")
    op.drop_table("merge_rest")
    op.drop_index(
        "ix_patient_merged",
        table_name="patient",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index("ix_patient_search_name", table_name="patient")
    op.drop_index("ix_patient_birth_date", table_name="patient")
    op.drop_table("patient")
    op.drop_table("form_receipt")
    op.drop_table("clinic")
    op.drop_table("organisation")
    op.drop_table("job_run")
    op.drop_table("instrument_version")
    op.drop_table("heartbeat")
    op.drop_index("ix_failed_sign_in_address", table_name="failed_sign_in")
    op.drop_index("ix_failed_sign_in_account", table_name="failed_sign_in")
    op.drop_table("failed_sign_in")
    op.drop_index(
        "ix_audit_event_refused",
        table_name="audit_event",
        sqlite_where=sa.text("outcome = 'refused'"),
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.drop_index("ix_audit_event_person", table_name="audit_event")
    op.drop_index("ix_audit_event_clinic", table_name="audit_event")
    op.drop_index("ix_audit_event_actor", table_name="audit_event")
    op.drop_index("ix_audit_event_action", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("app_user")
