"""Organisations, clinics, closed days, duty cover; what a clinic decided of its instruments and of their numbers."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db.base import Audited, Base, Identified, Versioned


class Organisation(Identified, Versioned, Audited, Base):
    """Who runs the installation. ``is_invented`` marks a demo: no real person may be stored beside it."""

    __tablename__ = "organisation"

    name: Mapped[str]
    time_zone: Mapped[str]
    is_invented: Mapped[bool] = mapped_column(default=False)

    clinics: Mapped[list[Clinic]] = relationship(back_populates="organisation")


class Clinic(Identified, Versioned, Audited, Base):
    """A place of care. Its zone decides what "today" is; its hours decide when an urgent alert escalates."""

    __tablename__ = "clinic"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name", name="uq_clinic_name"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"))
    name: Mapped[str]
    time_zone: Mapped[str]
    opening_hours: Mapped[dict[str, Any]]
    """Weekday (``mon`` … ``sun``) → list of ``["08:30", "17:00"]`` in local time; a missing day is closed."""
    phone: Mapped[str] = mapped_column(default="")
    has_on_call: Mapped[bool] = mapped_column(default=False)
    """Whether somebody answers urgent alerts while the clinic is closed, by the cover that says so."""
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="clinics")
    closures: Mapped[list[Closure]] = relationship(
        primaryjoin="and_(Clinic.id == foreign(Closure.clinic_id), Closure.taken_back_at.is_(None))",
        order_by="Closure.day",
        viewonly=True,
    )
    """The days in force on which the clinic is closed whatever the weekday."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The clinic's local date at this instant: the date of service of what happens there now."""
        return now.astimezone(self.zone).date()

    def begins(self, day: date) -> datetime:
        """The instant this local date begins at the clinic."""
        return datetime.combine(day, time(), tzinfo=self.zone)


class DutyCover(Identified, Audited, Base):
    """Who answers this clinic's urgent alerts on these local dates, both included: while it is open, or on call."""

    __tablename__ = "duty_cover"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="in_order"),
        sa.Index("ix_duty_cover_clinic_dates", "clinic_id", "ends_on"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_on_call: Mapped[bool] = mapped_column(default=False)
    """While the clinic is closed on those dates, from midnight to midnight."""


_in_force = sa.text("taken_back_at IS NULL")


class Closure(Identified, Audited, Base):
    """A local day on which a clinic is closed whatever the weekday: a holiday, a day of training. In force until it is
    taken back.
    """

    __tablename__ = "clinic_closure"
    __table_args__ = (
        sa.CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by_somebody"),
        sa.Index(
            "uq_clinic_closure_day",
            "clinic_id",
            "day",
            unique=True,
            sqlite_where=_in_force,
            postgresql_where=_in_force,
        ),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    day: Mapped[date]
    words: Mapped[str]
    """Why: "Thanksgiving"."""
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))


class InstrumentDecision(Identified, Versioned, Audited, Base):
    """Whether a clinic uses an instrument, in its own words. Where it said nothing, the instrument's file decides."""

    __tablename__ = "clinic_instrument"
    __table_args__ = (sa.UniqueConstraint("clinic_id", "instrument", name="uq_clinic_instrument"),)

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    instrument: Mapped[str]
    """``phq-9``: of every version."""
    in_use: Mapped[bool]
    is_non_commercial: Mapped[bool] = mapped_column(default=False)
    """The clinic confirmed that it uses the instrument without commercial purpose, as its licence asks."""
    decided_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime]


_not_withdrawn = sa.text("withdrawn_at IS NULL")


class AdoptedFigure(Identified, Versioned, Audited, Base):
    """A number of an instrument that stands on consensus, and the psychiatrist who signed for it at this clinic.

    In force until it is withdrawn. Signing again is another row.
    """

    __tablename__ = "adopted_figure"
    __table_args__ = (
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        sa.Index(
            "uq_adopted_figure_in_force",
            "clinic_id",
            "scale",
            "figure",
            "instrument_version",
            unique=True,
            sqlite_where=_not_withdrawn,
            postgresql_where=_not_withdrawn,
        ),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    scale: Mapped[str]
    """``phq-9:total``."""
    figure: Mapped[str]
    """Its name in the instrument's file: ``cutoff``."""
    instrument_version: Mapped[str]
    why: Mapped[str]
    signed_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    signed_at: Mapped[datetime]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None]
    why_withdrawn: Mapped[str] = mapped_column(default="")
