"""Setting, rating and ending goals; writing plans. Nothing is overwritten."""

from __future__ import annotations

import uuid
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.refused import Refused
from registry.db.struck_out import strike_out
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.plans.facts import PlanFacts
from registry.plans.models import Goal, GoalRating, PlanVersion
from registry.plans.queries import last_number, list_versions, rating_of_day
from registry.plans.rules import is_empty


def set_goal(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, words: str, on: date, by: User) -> Goal:
    """Write down what the person wants, in their words."""
    with write():
        goal = _goal(patient_id, clinic_id, words, on, by=by)
        db.session.flush()
        record("goal.set", by=by, subject=goal, kind="create")
        tell_episode_changed(patient_id)
    return goal


def change_goal(*, goal: Goal, words: str, on: date, why: str, opened_version: int | None, by: User) -> Goal:
    """Put another goal in the place of this one, which is kept. Raises ``EditConflict``, ``Refused``."""
    with write():
        _end(goal, "changed", on=on, words=why, opened_version=opened_version)
        replacement = _goal(goal.patient_id, goal.clinic_id, words, on, by=by)
        replacement.replaces_id = goal.id
        db.session.flush()
        record("goal.changed", by=by, subject=replacement, reason=why)
        tell_episode_changed(goal.patient_id)
    return replacement


def end_goal(*, goal: Goal, how: str, on: date, words: str, opened_version: int | None, by: User) -> None:
    """Say that a goal is reached, set aside, or was entered in error. Raises ``EditConflict``, ``Refused``."""
    with write():
        _end(goal, how, on=on, words=words, opened_version=opened_version)
        record("goal.ended", by=by, subject=goal, reason=words)
        tell_episode_changed(goal.patient_id)


def rate_goal(*, goal: Goal, clinic_id: uuid.UUID, on: date, rating: int, words: str = "", by: User) -> GoalRating:
    """How far the person says they are (0 to 10). A second rating of one day takes the place of the first.

    Raises ``Refused`` for a goal that has ended, or a day before it was set.
    """
    with write():
        if goal.status != "open":
            raise Refused("This goal has ended. Set a new one to rate it", field="on")
        if on < goal.set_on:
            raise Refused("Enter a date that is not before the goal was set", field="on")
        earlier = rating_of_day(goal.id, on)
        if earlier is not None:
            earlier.status, earlier.why = "amended", "Rated again on the same day"
            db.session.flush()
        row = GoalRating(
            patient_id=goal.patient_id,
            clinic_id=clinic_id,
            goal_id=goal.id,
            rated_on=on,
            rating=rating,
            words=words,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
        )
        db.session.add(row)
        db.session.flush()
        record("goal.rated", by=by, subject=row, kind="create")
        tell_episode_changed(goal.patient_id)
    return row


def withdraw_rating(*, rating: GoalRating, why: str, opened_version: int | None, by: User) -> None:
    """Keep a rating, struck through and counted nowhere. Raises ``EditConflict``."""
    with write():
        strike_out(rating, why=why, opened_version=opened_version, by_id=by.id)
        record("goal.rating-in-error", by=by, subject=rating, reason=why)
        tell_episode_changed(rating.patient_id)


def write_plan(
    *, patient_id: uuid.UUID, clinic_id: uuid.UUID, kind: str, facts: PlanFacts, opened_number: int, by: User
) -> PlanVersion:
    """Store a new version of a plan; earlier ones stay readable. ``opened_number``: the last version seen, 0 for none.

    Raises ``EditConflict`` when somebody wrote one since, ``Refused`` for a plan with nothing in it.
    """
    with write():
        number = last_number(patient_id, kind)
        if number not in (0, opened_number):
            raise EditConflict(list_versions(patient_id, kind)[0])
        if is_empty(facts.sections):
            raise Refused("Write down what was agreed in at least one section")
        version = PlanVersion(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=kind,
            number=number + 1,
            written_on=facts.written_on,
            review_on=facts.review_on,
            took_part=facts.took_part,
            sections=dict(facts.sections),
            recorded_at=clock.now(),
            recorded_by_id=by.id,
        )
        db.session.add(version)
        db.session.flush()
        record("plan.written", by=by, subject=version, kind="create")
        tell_episode_changed(patient_id)
    return version


def withdraw_plan(*, version: PlanVersion, why: str, opened_version: int | None, by: User) -> None:
    """Keep a version, struck through: the one before it stands again. Raises ``EditConflict``."""
    with write():
        strike_out(version, why=why, opened_version=opened_version, by_id=by.id)
        record("plan.entered-in-error", by=by, subject=version, reason=why)
        tell_episode_changed(version.patient_id)


def _goal(patient_id: uuid.UUID, clinic_id: uuid.UUID, words: str, on: date, *, by: User) -> Goal:
    goal = Goal(
        patient_id=patient_id,
        clinic_id=clinic_id,
        words=words,
        set_on=on,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )
    db.session.add(goal)
    return goal


def _end(goal: Goal, how: str, *, on: date, words: str, opened_version: int | None) -> None:
    refuse_stale(goal, opened_version=opened_version)
    if goal.status != "open":
        raise EditConflict(goal)
    if on < goal.set_on:
        raise Refused("Enter a date that is not before the goal was set", field="on")
    goal.status, goal.ended_on, goal.ended_words = how, on, words
