"""Reading goals and plans."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from registry.access.reading import Read, rows_of
from registry.db.among import among
from registry.db.word import word
from registry.extensions import db
from registry.plans.models import Goal, GoalRating, PlanVersion

# Made once: building a statement costs more than running it.
PLANS = (
    select(PlanVersion.patient_id, PlanVersion.kind, PlanVersion.written_on, PlanVersion.review_on)
    .where(among(PlanVersion.patient_id, "patient_ids"), PlanVersion.status == word("final"))
    .order_by(PlanVersion.written_on, PlanVersion.number)
)
_GOALS = (
    select(Goal)
    .where(among(Goal.patient_id, "patient_ids"))
    .options(joinedload(Goal.ratings))
    .order_by(Goal.set_on, Goal.recorded_at, Goal.id)
)
_OPEN_GOALS = _GOALS.where(Goal.status == "open")


@dataclass(frozen=True, slots=True)
class PlanDates:
    """When a plan was last talked through, and when it is to be looked at again."""

    written_on: date
    review_on: date | None


def list_plan_dates(
    patient_ids: Collection[uuid.UUID], read: Read = rows_of
) -> Mapping[uuid.UUID, Mapping[str, Sequence[PlanDates]]]:
    """By kind every version of the plans of each of these people, the one in force last; one statement."""
    rows = read(PLANS, {"patient_ids": list(patient_ids)})
    found: dict[uuid.UUID, dict[str, list[PlanDates]]] = {}
    for row in rows:
        found.setdefault(row.patient_id, {}).setdefault(row.kind, []).append(PlanDates(row.written_on, row.review_on))
    return found


def safety_plans(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, PlanDates]:
    """The safety plan in force of each of these people who has one; one statement."""
    return {id_: plans["safety"][-1] for id_, plans in list_plan_dates(patient_ids, read).items() if "safety" in plans}


def plan_dates(patient_id: uuid.UUID) -> Mapping[str, PlanDates]:
    """The plans in force of one person, by kind; one statement."""
    return {kind: versions[-1] for kind, versions in list_plan_dates([patient_id]).get(patient_id, {}).items()}


def list_goals(patient_id: uuid.UUID, *, only_open: bool = False) -> Sequence[Goal]:
    """The person's goals with their ratings, oldest first; one statement."""
    statement = _OPEN_GOALS if only_open else _GOALS
    return db.session.scalars(statement, {"patient_ids": [patient_id]}).unique().all()


def get_goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Goal | None:
    """The goal, if it is this person's."""
    return db.session.scalars(select(Goal).where(Goal.id == goal_id, Goal.patient_id == patient_id)).one_or_none()


def get_rating(patient_id: uuid.UUID, rating_id: uuid.UUID) -> GoalRating | None:
    """The rating, if it is this person's."""
    return db.session.scalars(
        select(GoalRating).where(GoalRating.id == rating_id, GoalRating.patient_id == patient_id)
    ).one_or_none()


def rating_of_day(goal_id: uuid.UUID, on: date) -> GoalRating | None:
    """The rating that stands for that day."""
    return db.session.scalars(
        select(GoalRating).where(GoalRating.goal_id == goal_id, GoalRating.rated_on == on, GoalRating.status == "final")
    ).one_or_none()


def list_versions(patient_id: uuid.UUID, kind: str | None = None) -> Sequence[PlanVersion]:
    """Every version of the person's plans, or of one of them, newest first."""
    query = (
        select(PlanVersion)
        .where(PlanVersion.patient_id == patient_id)
        .options(joinedload(PlanVersion.recorded_by))
        .order_by(PlanVersion.kind, PlanVersion.number.desc())
    )
    if kind is not None:
        query = query.where(PlanVersion.kind == kind)
    return db.session.scalars(query).all()


def plan_in_force(versions: Sequence[PlanVersion], kind: str) -> PlanVersion | None:
    """Of ``list_versions`` the one that stands: talked through last, however late an earlier one was typed."""
    standing = [each for each in versions if each.kind == kind and each.status == "final"]
    return max(standing, key=lambda each: (each.written_on, each.number), default=None)


def last_number(patient_id: uuid.UUID, kind: str) -> int:
    """The highest number ever given to a version, 0 before the first."""
    found = select(func.max(PlanVersion.number)).where(PlanVersion.patient_id == patient_id, PlanVersion.kind == kind)
    return db.session.scalar(found) or 0
