"""Episodes and their dated parts. History is rows with a start and an end, never an overwritten field."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry import clock
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.db.base import Audited, Base, EpisodeLinked, Identified, PatientLinked, Versioned, episode_key, one_of
from registry.episodes.rules import (
    CONDITIONS,
    END_REASONS,
    OPEN_TRANSFERS,
    OTHER_TEAMS,
    PHASES,
    TEAM_ROLES,
    TRANSFER_STATES,
    URGENCIES,
)
from registry.patients.models import Patient


def _while_open(column: str) -> dict[str, Any]:
    condition = sa.text(f"{column} IS NULL")
    return {"unique": True, "sqlite_where": condition, "postgresql_where": condition}


_WAITS = sa.text("backlog_until IS NOT NULL")


class Decided:
    """Who decided that this begins, and that it ends; when it was written down, and why."""

    why: Mapped[str] = mapped_column(default="")
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_why: Mapped[str] = mapped_column(default="")
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None]


class Episode(Identified, Versioned, PatientLinked, Audited, Base):
    """One course of collaborative care of one patient at one clinic; one open at a time per clinic."""

    __tablename__ = "episode"
    __table_args__ = (
        sa.UniqueConstraint("id", "patient_id", name="uq_episode_patient"),
        one_of("phase", PHASES),
        one_of("end_reason", END_REASONS),
        one_of("urgency", URGENCIES),
        sa.CheckConstraint("(phase = 'ended') = (ended_on IS NOT NULL)", name="ended_has_date"),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ended_has_reason"),
        sa.CheckConstraint("phase IN ('referred', 'ended') OR enrolled_on IS NOT NULL", name="in_care_is_enrolled"),
        sa.CheckConstraint("(phase = 'paused') = (paused_until IS NOT NULL)", name="paused_has_end"),
        sa.CheckConstraint(
            "(backlog_from IS NULL) = (backlog_until IS NULL) "
            "AND (backlog_from IS NULL OR backlog_from <= backlog_until)",
            name="backlog_has_days",
        ),
        sa.Index("uq_episode_open", "clinic_id", "patient_id", **_while_open("ended_on")),
        sa.Index("ix_episode_clinic_phase", "clinic_id", "phase"),
        sa.Index("ix_episode_next_check", "next_check_on"),
        sa.Index("ix_episode_backlog", "clinic_id", "backlog_until", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    referred_on: Mapped[date]
    referral_source: Mapped[str] = mapped_column(default="")
    urgency: Mapped[str] = mapped_column(default="routine")
    enrolled_on: Mapped[date | None]
    """The care manager's initial assessment: the start of every metric."""
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    end_note: Mapped[str] = mapped_column(default="")
    phase: Mapped[str]
    phase_since: Mapped[date]
    paused_until: Mapped[date | None]
    metric_primary: Mapped[str | None]
    """Scale key (``phq-9:total``) of the outcome metric, fixed for the episode."""
    next_check_on: Mapped[date | None]
    """The first local date on which time alone could change what needs attention."""
    backlog_from: Mapped[date | None]
    """The local date on which the enrolment was stored, where that was late: see ``registry.episodes.backlog``."""
    backlog_until: Mapped[date | None]
    """From this local date on what had piled up by ``backlog_from`` is told."""

    patient: Mapped[Patient] = relationship(foreign_keys="Episode.patient_id")
    clinic: Mapped[Clinic] = relationship()
    team: Mapped[list[TeamMember]] = relationship(order_by="TeamMember.starts_on")

    @property
    def is_open(self) -> bool:
        return self.ended_on is None


class PhaseSpell(Identified, EpisodeLinked, Audited, Base):
    """A phase the episode was in, from a date on, and why it changed."""

    __tablename__ = "phase_spell"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (one_of("phase", PHASES), sa.Index("ix_phase_spell_episode", "episode_id"))

    phase: Mapped[str]
    starts_on: Mapped[date]
    why: Mapped[str] = mapped_column(default="")
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime]


class TreatmentCourse(Identified, EpisodeLinked, Audited, Base):
    """A course of treatment with a clinical baseline of its own: one at enrolment, one more per return to active."""

    __tablename__ = "treatment_course"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("uq_treatment_course_open", "episode_id", **_while_open("ends_on")),
            sa.Index("ix_treatment_course_episode", "episode_id"),
        )

    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Consent(Identified, EpisodeLinked, Audited, Base):
    """Agreement to collaborative care."""

    __tablename__ = "consent"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("ix_consent_episode", "episode_id"),
            sa.CheckConstraint("has_capacity OR given_by <> 'patient'", name="given_with_capacity"),
            sa.CheckConstraint("revoked_on IS NULL OR revoked_on >= given_on", name="revoked_after_given"),
        )

    given_on: Mapped[date]
    mode: Mapped[str]
    """``written``, ``verbal`` or ``electronic``."""
    taken_by: Mapped[str]
    given_by: Mapped[str]
    """``patient``, or who gave it for the patient and with what authority."""
    has_capacity: Mapped[bool] = mapped_column(default=True)
    cost_sharing_told: Mapped[bool] = mapped_column(default=False)
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[str] = mapped_column(default="")
    """Who took it back, in words: "patient", "guardian Rosa Vega"."""
    revoked_why: Mapped[str] = mapped_column(default="")
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When it was written down."""
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    revoked_at: Mapped[datetime | None]
    """When it was written down that it was taken back."""
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class TeamMember(Identified, EpisodeLinked, Decided, Audited, Base):
    """Somebody responsible for a part of the care, from a date on."""

    __tablename__ = "team_member"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("ix_team_member_episode", "episode_id"),
            one_of("role", TEAM_ROLES),
            sa.CheckConstraint("user_id IS NOT NULL OR name <> ''", name="is_somebody"),
            sa.Index("uq_team_member_open", "episode_id", "role", **_while_open("ends_on")),
            sa.Index("ix_team_member_user", "user_id", "ends_on"),
        )

    role: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(default="")
    """Of somebody without an account."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User | None] = relationship(foreign_keys="TeamMember.user_id")


class EpisodeCondition(Identified, EpisodeLinked, Decided, Audited, Base):
    """A condition the episode treats."""

    __tablename__ = "episode_condition"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("ix_episode_condition_episode", "episode_id"),
            one_of("condition", CONDITIONS),
            sa.Index("uq_episode_condition_open", "episode_id", "condition", **_while_open("ends_on")),
        )

    condition: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class TrackedMeasure(Identified, EpisodeLinked, Decided, Audited, Base):
    """A scale the team follows, and how often."""

    __tablename__ = "tracked_measure"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("ix_tracked_measure_episode", "episode_id"),
            sa.CheckConstraint("cadence_days BETWEEN 1 AND 730", name="cadence_possible"),
            sa.Index("uq_tracked_measure_open", "episode_id", "scale", **_while_open("ends_on")),
        )

    scale: Mapped[str]
    """Scale key: ``phq-9:total``."""
    cadence_days: Mapped[int]
    on_request: Mapped[bool] = mapped_column(default=False)
    """Somebody asked to be told when it is off target, as of the metric primary."""
    position: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class TreatmentTarget(Identified, EpisodeLinked, Decided, Audited, Base):
    """Where a tracked scale should go: a level, or "best achievable, hold" with a date to look again."""

    __tablename__ = "treatment_target"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.Index("ix_treatment_target_episode", "episode_id"),
            sa.CheckConstraint(
                "is_hold OR (at_most IS NOT NULL AND at_least IS NULL) OR (at_most IS NULL AND at_least IS NOT NULL)",
                name="is_one_level",
            ),
            sa.CheckConstraint("NOT is_hold OR review_by IS NOT NULL", name="hold_is_reviewed"),
            sa.Index("uq_treatment_target_open", "episode_id", "scale", **_while_open("ends_on")),
        )

    scale: Mapped[str]
    at_most: Mapped[Decimal | None]
    at_least: Mapped[Decimal | None]
    is_hold: Mapped[bool] = mapped_column(default=False)
    review_by: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class OtherTeam(Identified, EpisodeLinked, Decided, Audited, Base):
    """Another team that cares for the person, and what it does, from a date on."""

    __tablename__ = "other_team"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (sa.Index("ix_other_team_episode", "episode_id"), one_of("kind", OTHER_TEAMS))

    kind: Mapped[str]
    name: Mapped[str]
    does: Mapped[str]
    """Who does what: "gives the injection", "visits on Tuesdays, watches the evening dose"."""
    reach: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


_open_transfer = sa.text("state IN ('proposed', 'accepted')")


class Transfer(Identified, Versioned, EpisodeLinked, Audited, Base):
    """A handshake: one clinic proposes, the other accepts, and has spoken with the person.

    ``episode_id`` is the sender's. It stays open, and every alert with it, until the receiver's first two-way contact.
    """

    __tablename__ = "transfer"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            one_of("state", TRANSFER_STATES),
            episode_key("received_episode_id", name="fk_transfer_received_episode"),
            sa.CheckConstraint("from_clinic_id <> to_clinic_id", name="to_another"),
            sa.CheckConstraint(
                "(state IN ('accepted', 'completed', 'returned')) = (received_episode_id IS NOT NULL)",
                name="accepted_has_episode",
            ),
            sa.CheckConstraint("(state = 'completed') = (completed_on IS NOT NULL)", name="completed_has_date"),
            sa.Index(
                "uq_transfer_open",
                "episode_id",
                unique=True,
                sqlite_where=_open_transfer,
                postgresql_where=_open_transfer,
            ),
            sa.Index("ix_transfer_from", "from_clinic_id", "state"),
            sa.Index("ix_transfer_to", "to_clinic_id", "state"),
            sa.Index("ix_transfer_received", "received_episode_id"),
        )

    from_clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    to_clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(default="proposed")
    words: Mapped[str]
    """Why, and what the receiver must know."""
    proposed_on: Mapped[date]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    answered_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    answer: Mapped[str] = mapped_column(default="")
    """Why it was refused, taken back or handed back."""
    received_episode_id: Mapped[uuid.UUID | None]
    completed_on: Mapped[date | None]
    """The day on which the receiver had accepted the person and spoken with them: the sender's episode ended."""
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    patient: Mapped[Patient] = relationship(foreign_keys="Transfer.patient_id")
    from_clinic: Mapped[Clinic] = relationship(foreign_keys="Transfer.from_clinic_id")
    to_clinic: Mapped[Clinic] = relationship(foreign_keys="Transfer.to_clinic_id")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TRANSFERS
