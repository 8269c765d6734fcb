"""Patients, how to reach them, and the people and the law around them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.access.models import PatientClinic
from registry.db.base import Audited, Base, Identified, PatientItself, PatientLinked, Versioned, one_of, same_person
from registry.patients.around import DIRECTIVES, LEGAL_STATUSES, RELATIONS
from registry.patients.rules import CONTACT_KINDS, PAYERS, SEXES

_merged = sa.text("merged_into_id IS NOT NULL")


class Patient(Identified, Versioned, PatientItself, Audited, Base):
    """A person. ``used_*`` is what everybody says and sees; the legal name is for claims and matching."""

    __tablename__ = "patient"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "mrn", name="uq_patient_mrn"),
        one_of("sex", SEXES),
        sa.CheckConstraint("died_on IS NULL OR died_on >= birth_date", name="died_after_birth"),
        sa.Index("ix_patient_search_name", "search_name"),
        sa.Index("ix_patient_birth_date", "birth_date"),
        sa.CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        sa.Index("ix_patient_merged", "mrn", "merged_into_id", sqlite_where=_merged, postgresql_where=_merged),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"))
    mrn: Mapped[str]
    legal_given: Mapped[str]
    legal_family: Mapped[str]
    used_name: Mapped[str] = mapped_column(default="")
    """The given name in use, when it is not the legal one."""
    search_name: Mapped[str]
    """Folded for search and sorting: "family given used", no accents, lower case."""
    pronouns: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    sex: Mapped[str] = mapped_column(default="unknown")
    gender_identity: Mapped[str] = mapped_column(default="")
    races: Mapped[list[str]] = mapped_column(default=list)
    """Codes of ``patients.rules.RACES``; ``asked-no-answer`` is not ``unknown`` (an empty list: never asked)."""
    ethnicity: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    needs_interpreter: Mapped[bool | None]
    """NULL: nobody asked."""
    primary_care: Mapped[str] = mapped_column(default="")
    died_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime | None]
    """When identity or demographics were last changed by a person; with who, what a second editor is told."""
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("patient.id", ondelete="RESTRICT"))
    """The record of the same person that everything was moved to. This one keeps its MRN and takes nothing more."""

    seen_by: Mapped[list[PatientClinic]] = relationship()
    contact_points: Mapped[list[ContactPoint]] = relationship(order_by="ContactPoint.created_at")

    @property
    def given_name(self) -> str:
        return self.used_name or self.legal_given

    @property
    def name(self) -> str:
        """The name in use: "Given Family"."""
        return f"{self.given_name} {self.legal_family}"


class ContactPoint(Identified, Versioned, PatientLinked, Audited, Base):
    """A way to reach the person: several, or none. No phone is normal: then "where and when found"."""

    __tablename__ = "contact_point"
    __table_args__ = (
        one_of("kind", CONTACT_KINDS),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="ended_has_date"),
        sa.Index("ix_contact_point_folded", "folded"),
    )

    kind: Mapped[str]
    value: Mapped[str]
    folded: Mapped[str] = mapped_column(default="")
    """What two ways to reach somebody are compared by: the last digits of a phone number, an address in lower case."""
    note: Mapped[str] = mapped_column(default="")
    """Where and when the person can be found, or what to mind."""
    may_leave_message: Mapped[bool] = mapped_column(default=False)
    may_text: Mapped[bool] = mapped_column(default=False)
    may_email: Mapped[bool] = mapped_column(default=False)
    added_on: Mapped[date]
    """By the calendar of the clinic that wrote it down; ``ended_on`` by that of the one that ended it."""
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class RelatedPerson(Identified, Versioned, PatientLinked, Audited, Base):
    """Somebody around the patient: what they decide, what they may be told, and until when."""

    __tablename__ = "related_person"
    __table_args__ = (
        one_of("relation", RELATIONS),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="in_order"),
        sa.CheckConstraint(
            "may_have_information OR (release_scope = '' AND release_until IS NULL)", name="release_is_given"
        ),
        sa.CheckConstraint("NOT is_over OR ends_on IS NOT NULL", name="over_from_a_day"),
    )

    name: Mapped[str]
    relation: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    """The relation in the family's or the house's own words: "mother", "night staff of Maple House"."""
    reach: Mapped[str] = mapped_column(default="")
    """How they are reached, and what to mind when calling."""
    is_emergency_contact: Mapped[bool] = mapped_column(default=False)
    consents_to_treatment: Mapped[bool] = mapped_column(default=False)
    authority: Mapped[str] = mapped_column(default="")
    """What their authority rests on: the document, its court and date."""
    may_have_information: Mapped[bool] = mapped_column(default=False)
    release_scope: Mapped[str] = mapped_column(default="")
    release_until: Mapped[date | None]
    """The last day on which the release of information holds."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """The last day of the relation or of its authority; it may lie ahead."""
    is_over: Mapped[bool] = mapped_column(default=False)
    """Somebody said that it ends with ``ends_on``; a last day alone may only wait to be renewed."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


_holds = sa.text("ended_on IS NULL AND error_why = ''")


class LegalStatus(Identified, Versioned, PatientLinked, Audited, Base):
    """Under which law somebody is treated, from a day on. One holds at a time."""

    __tablename__ = "legal_status"
    __table_args__ = (
        one_of("kind", LEGAL_STATUSES),
        sa.CheckConstraint("expires_on IS NULL OR expires_on >= starts_on", name="expires_after_start"),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="ends_after_start"),
        sa.Index("uq_legal_status_holds", "patient_id", unique=True, sqlite_where=_holds, postgresql_where=_holds),
    )

    kind: Mapped[str]
    starts_on: Mapped[date]
    expires_on: Mapped[date | None]
    """The last day the order covers, as it was made; empty where it names none."""
    order_words: Mapped[str] = mapped_column(default="")
    """The court or hospital, and the number of the order."""
    ended_on: Mapped[date | None]
    """The day on which something else began to hold."""
    ended_why: Mapped[str] = mapped_column(default="")
    error_why: Mapped[str] = mapped_column(default="")
    """Entered in error, and why: kept, and counted nowhere."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class AdvanceDirective(Identified, Versioned, PatientLinked, Audited, Base):
    """What the person laid down for a time when they cannot decide: whether there is one, and where it is kept."""

    __tablename__ = "advance_directive"
    __table_args__ = (
        sa.UniqueConstraint("patient_id", name="uq_advance_directive_patient"),
        one_of("answer", DIRECTIVES),
        sa.CheckConstraint("(answer = 'made') = (kept_at <> '')", name="made_is_kept_somewhere"),
    )

    answer: Mapped[str]
    made_on: Mapped[date | None]
    kept_at: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    """What whoever is on duty must know of it at once."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class PayerPeriod(Identified, Versioned, PatientLinked, Audited, Base):
    """Who pays for the care, from a day to a day, both included. There is one primary payer at a time."""

    __tablename__ = "payer_period"
    __table_args__ = (
        one_of("payer", [code for code in PAYERS if code]),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="in_order"),
        sa.Index(
            "uq_payer_period_primary",
            "patient_id",
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL AND is_primary = 1"),
            postgresql_where=sa.text("ends_on IS NULL AND is_primary"),
        ),
    )

    payer: Mapped[str]
    is_primary: Mapped[bool] = mapped_column(default=True)
    member_number: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


_standing = sa.text("undone_at IS NULL")


class MergeRest(Base):
    """The one state in which a transaction may leave a merge: no row goes from one record to the other any more."""

    __tablename__ = "merge_rest"
    __table_args__ = (sa.CheckConstraint("NOT is_moving", name="only_at_rest"),)

    is_moving: Mapped[bool] = mapped_column(primary_key=True)


class PatientMerge(Identified, Versioned, PatientLinked, Audited, Base):
    """Two records of one person made one. ``patient_id`` is the record that stays.

    While ``is_moving``, and then only, the database lets rows go from one of the two to the other (migration 0002), and
    it lets no transaction end so (``MergeRest``).
    """

    __tablename__ = "patient_merge"
    __table_args__ = (
        sa.UniqueConstraint("id", "patient_id", name="uq_patient_merge_patient"),
        sa.Index(
            "uq_patient_merge_standing",
            "merged_id",
            unique=True,
            sqlite_where=_standing,
            postgresql_where=_standing,
        ),
        sa.CheckConstraint("merged_id <> patient_id", name="of_two"),
        sa.CheckConstraint("NOT is_moving OR undone_at IS NULL", name="moves_while_standing"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"),
    )

    merged_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    why: Mapped[str]
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    is_moving: Mapped[bool] = mapped_column(
        sa.ForeignKey("merge_rest.is_moving", ondelete="RESTRICT", deferrable=True, initially="DEFERRED"), default=False
    )
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    undone_why: Mapped[str] = mapped_column(default="")


class MergedRow(Identified, PatientLinked, Base):
    """A row that a merge moved from the one record to the other, or changed: what an undo puts back."""

    __tablename__ = "merged_row"
    __table_args__ = (
        same_person("merge_id", "patient_merge"),
        sa.UniqueConstraint("merge_id", "entity", "row_id", name="uq_merged_row_row"),
    )

    merge_id: Mapped[uuid.UUID]
    entity: Mapped[str]
    """The table."""
    row_id: Mapped[uuid.UUID]
    is_moved: Mapped[bool]
    """Else it was on the record that stays, and was changed."""
    before: Mapped[dict[str, Any]]
    """The columns that were changed besides whose the row is, as they were; often none."""
    after: Mapped[dict[str, Any]]
    """The same columns, as the merge left them."""
