"""Observations. None is overwritten: a correction replaces it, and what was wrong is struck through."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

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
from registry.physical.rules import SOURCES, STATUSES


class Observation(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """What was measured of a person's body, or asked about it, on a day."""

    __tablename__ = "observation"
    __table_args__ = (
        one_of("source", SOURCES),
        one_of("status", STATUSES),
        withdrawn_has_date(),
        sa.CheckConstraint("kind <> ''", name="has_kind"),
        sa.CheckConstraint("(value IS NULL) = (choice <> '')", name="value_or_choice"),
        sa.CheckConstraint("(value IS NULL) = (unit = '')", name="value_has_unit"),
        sa.CheckConstraint("value >= 0 AND (second IS NULL OR second BETWEEN 0 AND value)", name="value_possible"),
        sa.Index("ix_observation_patient_day", "patient_id", "taken_on"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    """A key of ``observations.toml``."""
    taken_on: Mapped[date]
    """Local date on which it was taken."""
    value: Mapped[Decimal | None]
    second: Mapped[Decimal | None]
    """The lower of two values: diastolic."""
    unit: Mapped[str] = mapped_column(default="")
    """As it was entered: nothing is converted before it is stored."""
    choice: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    """Why it was corrected, or entered in error."""
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("observation.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    recorded_by: Mapped[User] = relationship(foreign_keys="Observation.recorded_by_id")
