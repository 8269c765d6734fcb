"""Measurements, their scores, the stored standings, and the safety signals that triggers write.

``safety_item`` says which answers are signals (``flask instruments sync`` fills it from the instrument files).
A trigger on ``measurement`` writes a ``safety_signal`` for every positive answer, on every way in; ``alerts``
turns each into an alert in the same transaction (see ``measurements.signals``).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db.base import Audited, Base, EpisodeLinked, Identified, PatientLinked, Versioned, one_of, same_person

MODES = ("self-paper", "self-device", "read-aloud", "interview", "clinician", "proxy", "imported")
STATUSES = ("draft", "final", "amended", "entered-in-error")


class InstrumentVersion(Base):
    """An instrument file as it was when first used. A file in use never changes: a change is a new version."""

    __tablename__ = "instrument_version"

    instrument: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    known_since: Mapped[datetime]


class SafetyItem(Base):
    """An answer from ``positive_from`` to ``positive_to`` is a safety signal; where there is no end, any above."""

    __tablename__ = "safety_item"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["instrument", "version"],
            ["instrument_version.instrument", "instrument_version.version"],
            ondelete="RESTRICT",
        ),
    )

    instrument: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    positive_from: Mapped[int]
    positive_to: Mapped[int | None]


class Measurement(Identified, Versioned, PatientLinked, Audited, Base):
    """One administration of an instrument. Answers never change in place: a correction is a new row."""

    __tablename__ = "measurement"
    __table_args__ = (
        sa.UniqueConstraint("id", "patient_id", name="uq_measurement_patient"),
        one_of("mode", MODES),
        one_of("status", STATUSES),
        sa.ForeignKeyConstraint(
            ["instrument", "instrument_version"],
            ["instrument_version.instrument", "instrument_version.version"],
            name="fk_measurement_instrument",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint("answers IS NOT NULL OR total_only IS NOT NULL", name="has_content"),
        sa.CheckConstraint("answers IS NULL OR total_only IS NULL", name="items_or_total"),
        sa.CheckConstraint(
            "(status IN ('amended', 'entered-in-error')) = (voided_at IS NOT NULL)", name="void_has_time"
        ),
        sa.UniqueConstraint("source_key", name="uq_measurement_source_key"),
        sa.Index("ix_measurement_patient_instrument", "patient_id", "instrument", "taken_on"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    """The clinic that recorded it, and so owns its safety alert."""
    instrument: Mapped[str]
    instrument_version: Mapped[str]
    taken_on: Mapped[date]
    """Local date of service: when the form was completed, never when it was typed."""
    mode: Mapped[str]
    rater_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    language: Mapped[str] = mapped_column(default="")
    used_interpreter: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, Any] | None]
    """Item id → whole number, ``null`` (unanswered) or ``"declined"``."""
    total_only: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    """Why it was corrected, or is in error."""
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("measurement.id", ondelete="RESTRICT"))
    source_key: Mapped[str | None]
    """Identity of an imported administration in its source: importing it twice stores it once."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    finished_at: Mapped[datetime | None]
    """When a draft was made to count; empty for what was entered at once."""
    voided_at: Mapped[datetime | None]
    """When it was corrected or said to be in error, and so counts no longer."""
    voided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    scores: Mapped[list[MeasurementScore]] = relationship(
        primaryjoin="Measurement.id == foreign(MeasurementScore.measurement_id)", viewonly=True
    )


class MeasurementScore(Identified, PatientLinked, Base):
    """What scoring concluded on one scale. A withheld score has no row: missing is not zero."""

    __tablename__ = "measurement_score"
    __table_args__ = (
        same_person("measurement_id", "measurement"),
        sa.UniqueConstraint("measurement_id", "scale", name="uq_measurement_score_scale"),
        sa.CheckConstraint("value IS NOT NULL OR category IS NOT NULL", name="has_value"),
        sa.Index("ix_measurement_score_course", "patient_id", "scale", "counts", "taken_on", "value"),
    )

    measurement_id: Mapped[uuid.UUID]
    scale: Mapped[str]
    """Scale key: ``phq-9:total``."""
    taken_on: Mapped[date]
    value: Mapped[Decimal | None]
    category: Mapped[str | None]
    band: Mapped[str | None]
    is_prorated: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=True)
    """False once the measurement is amended or in error."""


class StandingRow(EpisodeLinked, Base):
    """The course of one tracked scale in one episode, as far as writes decide it (no "today" in it).

    Recomputed by ``measurements.standings`` in the transaction of every write that could change it;
    ``flask measurements verify`` recomputes all and prints every difference.
    """

    __tablename__ = "standing"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (sa.PrimaryKeyConstraint("episode_id", "scale"),)

    scale: Mapped[str]
    course_starts_on: Mapped[date]
    baseline_on: Mapped[date | None]
    baseline_value: Mapped[Decimal | None]
    baseline_late_by: Mapped[int | None]
    baseline_elevated: Mapped[bool | None]
    latest_on: Mapped[date | None]
    latest_value: Mapped[Decimal | None]
    latest_band: Mapped[str | None]
    latest_prorated: Mapped[bool] = mapped_column(default=False)
    previous_on: Mapped[date | None]
    previous_value: Mapped[Decimal | None]
    change: Mapped[Decimal | None]
    percent: Mapped[Decimal | None]
    best_confirmed: Mapped[Decimal | None]
    standing: Mapped[str]
    is_relapse: Mapped[bool] = mapped_column(default=False)
    responded: Mapped[bool] = mapped_column(default=False)
    in_remission: Mapped[bool] = mapped_column(default=False)


class SafetySignal(PatientLinked, Base):
    """A positive safety answer, written by a trigger. Without an alert the transaction may not commit."""

    __tablename__ = "safety_signal"
    __table_args__ = (
        same_person("measurement_id", "measurement"),
        sa.PrimaryKeyConstraint("measurement_id", "item"),
        sa.Index(
            "ix_safety_signal_unanswered",
            "measurement_id",
            sqlite_where=sa.text("alert_id IS NULL"),
            postgresql_where=sa.text("alert_id IS NULL"),
        ),
    )

    measurement_id: Mapped[uuid.UUID]
    item: Mapped[str]
    value: Mapped[int]
    alert_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("alert.id", ondelete="RESTRICT"))
