"""Goals with their ratings, and plans in versions. Every version of a plan is whole; none is overwritten."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

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
    same_person,
    withdrawn_has_date,
)
from registry.plans.rules import GOAL_STATES, LEAST, MOST, PLANS

STATUSES = ("final", "amended", "entered-in-error")


def _while_final() -> dict[str, Any]:
    condition = sa.text("status = 'final'")
    return {"unique": True, "sqlite_where": condition, "postgresql_where": condition}


class Goal(Identified, Versioned, PatientLinked, Audited, Base):
    """What the person wants, in their words. A changed goal is ended, and replaced by another."""

    __tablename__ = "goal"
    __table_args__ = (
        sa.UniqueConstraint("id", "patient_id", name="uq_goal_patient"),
        one_of("status", GOAL_STATES),
        sa.CheckConstraint("words <> ''", name="has_words"),
        sa.CheckConstraint("(status = 'open') = (ended_on IS NULL)", name="ended_has_date"),
        sa.CheckConstraint("status = 'open' OR ended_words <> ''", name="ended_has_words"),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= set_on", name="ends_after_start"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    words: Mapped[str]
    set_on: Mapped[date]
    status: Mapped[str] = mapped_column(default="open")
    ended_on: Mapped[date | None]
    ended_words: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("goal.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    ratings: Mapped[list[GoalRating]] = relationship(order_by="GoalRating.rated_on", viewonly=True)


class GoalRating(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """How far the person says they are, from 0 (not at all) to 10 (there)."""

    __tablename__ = "goal_rating"
    __table_args__ = (
        same_person("goal_id", "goal"),
        one_of("status", STATUSES),
        withdrawn_has_date(),
        sa.CheckConstraint(f"rating BETWEEN {LEAST} AND {MOST}", name="rating_possible"),
        sa.Index("ix_goal_rating_goal", "goal_id"),
        sa.Index("uq_goal_rating_day", "goal_id", "rated_on", **_while_final()),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    goal_id: Mapped[uuid.UUID]
    rated_on: Mapped[date]
    rating: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    goal: Mapped[Goal] = relationship(viewonly=True)


class PlanVersion(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """One whole version of a person's safety or relapse-prevention plan.

    Of those that stand, the one talked through last is the plan; of one day, the higher number.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        one_of("kind", PLANS),
        one_of("status", ("final", "entered-in-error")),
        withdrawn_has_date(),
        sa.UniqueConstraint("patient_id", "kind", "number", name="uq_plan_version_number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint("review_on IS NULL OR review_on > written_on", name="reviewed_later"),
        sa.CheckConstraint("took_part <> ''", name="somebody_took_part"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    number: Mapped[int]
    written_on: Mapped[date]
    """The day it was talked through."""
    review_on: Mapped[date | None]
    took_part: Mapped[str]
    sections: Mapped[dict[str, Any]]
    """Key of a section → what was agreed."""
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    recorded_by: Mapped[User] = relationship(foreign_keys="PlanVersion.recorded_by_id")
