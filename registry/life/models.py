"""Life events. None is overwritten: an end is added to a stay, and what was wrong is struck through."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.db.base import (
    Audited,
    Base,
    Identified,
    PatientLinked,
    Versioned,
    Withdrawable,
    one_of,
    withdrawn_has_date,
)
from registry.life.rules import EMERGENCY, KINDS, MOMENTS, REASONS, STATUSES, STAYS


class LifeEvent(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """Something that happened to a person on a day, or a stay from a day on, until it has an end."""

    __tablename__ = "life_event"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("reason", ("", *REASONS)),
        one_of("status", STATUSES),
        withdrawn_has_date(),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint(
            f"ends_on IS NULL OR kind NOT IN ({', '.join(repr(kind) for kind in MOMENTS)})", name="only_stays_end"
        ),
        sa.CheckConstraint("kind <> 'other' OR words <> ''", name="other_has_words"),
        sa.CheckConstraint(f"(kind = '{EMERGENCY}') = (reason <> '')", name="emergency_has_reason"),
        sa.CheckConstraint("(status = 'final') = (error_why = '')", name="error_has_reason"),
        sa.CheckConstraint("(confirmed_on IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        sa.CheckConstraint("(confirmed_on IS NULL) = (confirmed_at IS NULL)", name="confirmed_at_some_time"),
        sa.CheckConstraint("confirmed_on >= starts_on", name="confirmed_after_start"),
        sa.CheckConstraint(
            f"confirmed_on IS NULL OR kind IN ({', '.join(repr(kind) for kind in STAYS)})",
            name="only_stays_are_confirmed",
        ),
        sa.CheckConstraint("(called_on IS NULL) = (called_by_id IS NULL)", name="called_by_somebody"),
        sa.CheckConstraint("called_on >= starts_on", name="called_after_start"),
        sa.CheckConstraint(
            f"called_on IS NULL OR kind IN ({', '.join(repr(kind) for kind in STAYS)})", name="only_stays_are_called"
        ),
        sa.Index("ix_life_event_patient_day", "patient_id", "starts_on"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    """Why the person was in an emergency department, of ``REASONS``; empty of everything else."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day of a stay; empty while the person is there, as far as anybody has said."""
    words: Mapped[str] = mapped_column(default="")
    """What happened, and why."""
    source: Mapped[str] = mapped_column(default="")
    """Who told of it."""
    status: Mapped[str] = mapped_column(default="final")
    error_why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None]
    """When the end of a stay was entered."""
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    confirmed_on: Mapped[date | None]
    """The last day on which somebody said that the person is still there; recording a stay without an end says so."""
    confirmed_at: Mapped[datetime | None]
    """When they said so."""
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    called_on: Mapped[date | None]
    """The day somebody called the ward, the house or the jail and sent medicines and dates."""
    called_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    recorded_by: Mapped[User] = relationship(foreign_keys="LifeEvent.recorded_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="LifeEvent.confirmed_by_id")
