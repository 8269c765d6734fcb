"""Trials of treatment and what is noted of them. An entry is replaced by a later one, never overwritten."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from registry.accounts.models import User
from registry.db.base import (
    Audited,
    Base,
    Identified,
    PatientLinked,
    Versioned,
    Withdrawable,
    one_of,
    same_person,
    withdrawn_has_date,
)
from registry.treatment.rules import (
    ADHERENCE_SOURCES,
    CLASSES,
    KINDS,
    LONGEST_INTERVAL,
    OUTCOMES,
    SHORTEST_INTERVAL,
    STEPS,
    STOP_REASONS,
    UNITS,
)

STATUSES = ("final", "amended", "entered-in-error")


def _once(column_condition: str) -> dict[str, Any]:
    condition = sa.text(f"{column_condition} AND status = 'final'")
    return {"unique": True, "sqlite_where": condition, "postgresql_where": condition}


class TreatmentTrial(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """One treatment tried with one person. When and how much stands in its steps."""

    __tablename__ = "treatment_trial"
    __table_args__ = (
        sa.UniqueConstraint("id", "patient_id", name="uq_treatment_trial_patient"),
        one_of("kind", KINDS),
        one_of("medicine_class", CLASSES),
        one_of("status", ("final", "entered-in-error")),
        withdrawn_has_date(),
        sa.CheckConstraint("ingredient IS NULL OR kind = 'medication'", name="only_medication_has_ingredient"),
        sa.CheckConstraint("name <> ''", name="has_name"),
        sa.CheckConstraint("(kind = 'injection') = (product IS NOT NULL)", name="injection_has_product"),
        sa.CheckConstraint(
            "(kind IN ('medication', 'injection')) = (medicine_class IS NOT NULL)", name="medicine_has_class"
        ),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    name: Mapped[str]
    medicine_class: Mapped[str | None]
    product: Mapped[str | None]
    """A key of ``injections.toml``."""
    ingredient: Mapped[str | None]
    """A key of ``medicines.toml``; empty where it is none of them."""
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class TrialEntry(PatientLinked, Withdrawable):
    """Something dated that is noted of a trial. The pair of keys rules out another person's trial."""

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    trial_id: Mapped[uuid.UUID]
    happened_on: Mapped[date]
    """Local date of service."""
    words: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    """Why it was corrected, or entered in error."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    @declared_attr
    def replaces_id(cls) -> Mapped[uuid.UUID | None]:
        table = cls.__tablename__  # type: ignore[attr-defined]  # every table that takes part has a name
        return mapped_column(sa.ForeignKey(f"{table}.id", ondelete="RESTRICT"))

    @declared_attr
    def recorded_by(cls) -> Mapped[User]:
        return relationship(User, foreign_keys=[cls.recorded_by_id])  # type: ignore[list-item]  # a column by then

    @declared_attr
    def trial(cls) -> Mapped[TreatmentTrial]:
        return relationship(TreatmentTrial, viewonly=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            same_person("trial_id", "treatment_trial"),
            one_of("status", STATUSES),
            withdrawn_has_date(),
            *cls.more_table_args(),
        )

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        """Constraints of the table itself, beside the key to the trial."""
        return ()


class TrialStep(Identified, Versioned, TrialEntry, Audited, Base):
    """The start of a trial, a change of its dose or rhythm, or its stop."""

    __tablename__ = "trial_step"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            one_of("kind", STEPS),
            one_of("unit", ("", *UNITS)),
            one_of("reason", STOP_REASONS),
            sa.CheckConstraint("amount IS NULL OR amount > 0", name="amount_positive"),
            sa.CheckConstraint("(amount IS NULL) = (unit = '')", name="amount_has_unit"),
            sa.CheckConstraint(
                f"every_days IS NULL OR every_days BETWEEN {SHORTEST_INTERVAL} AND {LONGEST_INTERVAL}",
                name="interval_possible",
            ),
            sa.CheckConstraint(
                "restart_after_days IS NULL OR restart_after_days > every_days", name="restart_after_interval"
            ),
            sa.CheckConstraint("(kind = 'stop') = (reason IS NOT NULL)", name="stop_has_reason"),
            sa.Index("ix_trial_step_trial", "trial_id"),
            sa.Index("uq_trial_step_start", "trial_id", **_once("kind = 'start'")),
            sa.Index("uq_trial_step_stop", "trial_id", **_once("kind = 'stop'")),
            sa.Index("uq_trial_step_change", "trial_id", "happened_on", **_once("kind = 'change'")),
        )

    kind: Mapped[str]
    is_about: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[Decimal | None]
    """A day for medication, an injection for injections, in ``unit``."""
    unit: Mapped[str] = mapped_column(default="")
    every_days: Mapped[int | None]
    restart_after_days: Mapped[int | None]
    """Days after an injection from which it has to be started anew, as its label says."""
    frequency: Mapped[str] = mapped_column(default="")
    reason: Mapped[str | None]


class AdherenceCheck(Identified, Versioned, TrialEntry, Audited, Base):
    """How much of what was agreed was taken or attended, as known on a day. 0 is an answer."""

    __tablename__ = "adherence_check"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            one_of("source", ADHERENCE_SOURCES),
            sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent_possible"),
            sa.CheckConstraint("last_taken_on <= happened_on", name="last_taken_before"),
            sa.Index("ix_adherence_check_trial", "trial_id"),
        )

    percent: Mapped[int]
    source: Mapped[str]
    last_taken_on: Mapped[date | None]
    """No dose has been taken since that day; empty while doses are taken, and where nobody said which day it was."""


class Injection(Identified, Versioned, TrialEntry, Audited, Base):
    """What became of an injection on a day: given here or elsewhere, refused, or not in stock."""

    __tablename__ = "injection"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            one_of("outcome", OUTCOMES),
            one_of("unit", ("", *UNITS)),
            sa.CheckConstraint("amount IS NULL OR amount > 0", name="amount_positive"),
            sa.CheckConstraint("(amount IS NULL) = (unit = '')", name="amount_has_unit"),
            sa.Index("ix_injection_trial", "trial_id"),
            sa.Index(
                "uq_injection_given", "trial_id", "happened_on", **_once("outcome IN ('given', 'given-elsewhere')")
            ),
        )

    outcome: Mapped[str]
    amount: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    """The site of the injection, or who gave it elsewhere."""
