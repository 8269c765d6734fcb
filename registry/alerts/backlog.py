"""The people whose reasons from before wait for their day: whom, how many, and for what.

Few are told each day (``registry.episodes.backlog``); somebody with time takes up more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select

from registry import clock
from registry.alerts.clinic_numbers import NumbersInForce, numbers_at
from registry.alerts.day.desk import REMEMBERED, Desk
from registry.alerts.loading.cases import EpisodeCase, load_people
from registry.alerts.models import Alert
from registry.alerts.rulebook import RULEBOOK, Backlog, Finding, evaluate, last_seen_on
from registry.alerts.rulebook.backlog import DAYS, LATE_BY
from registry.episodes.backlog import Spread
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.patients.models import Patient
from registry.web.paging import COUNT_LIMIT

_PLACE = {rule.id: place for place, rule in enumerate(RULEBOOK)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody's episode with what waits for its day, most pressing first."""

    episode: Episode
    patient: Patient
    findings: Sequence[Finding]


def spread_at(clinic_id: uuid.UUID) -> Spread | None:
    """The clinic's numbers for enrolments that are stored late; None where it wants them all told at once."""
    numbers = numbers_at(clinic_id)
    late_by, days = numbers.get(LATE_BY), numbers.get(DAYS)
    return None if late_by is None or days is None else Spread(late_by=late_by, days=days)


def backlog_of(each: EpisodeCase) -> Backlog | None:
    """What an episode has to do with it, whether or not its day has come; None where it was stored in time."""
    stored_on, until = each.episode.backlog_from, each.episode.backlog_until
    if stored_on is None or until is None:
        return None
    scored_on = None if each.scored_at is None else each.clinic.today(each.scored_at)
    return Backlog(stored_on=stored_on, until=until, seen_on=last_seen_on(each.snapshot), scored_on=scored_on)


def count_backlog(desk: Desk) -> tuple[int, int]:
    """How many people of the desk wait for a later day, no further than anybody reads; and whose day is today."""
    later, today = db.session.execute(_counted(desk)).one()
    return min(later, COUNT_LIMIT + 1), today


@lru_cache(REMEMBERED)
def _counted(desk: Desk) -> Select[int, int]:
    waits, comes = _waits(desk), _on_their_day(desk, lambda day: Episode.backlog_until == day)
    query = select(func.count(case((waits, 1))), func.count(case((comes, 1)))).select_from(Episode)
    return query.where(_of_desk(desk), or_(waits, comes))


def list_backlog(desk: Desk, *, limit: int, offset: int) -> Sequence[Waiting]:
    """Those who wait for a later day with what waits: first who stands in the review queue for the worst reason.

    Of those alike, whose day comes first. The statements do not depend on how many there are.
    """
    worst = (
        select(func.min(case(_PLACE, value=Alert.rule, else_=len(_PLACE))))
        .where(Alert.episode_id == Episode.id, Alert.closed_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Episode, Patient)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(_of_desk(desk), _waits(desk))
        .order_by(worst.asc().nulls_last(), Episode.backlog_until, Episode.id)
        .limit(limit)
        .offset(offset)
    ).all()
    found = _held({patient.id: patient for _, patient in rows})
    return [Waiting(episode, patient, found.get(episode.id, ())) for episode, patient in rows]


def chosen_episodes(episode_ids: Collection[uuid.UUID], clinic_ids: Collection[uuid.UUID]) -> Sequence[Episode]:
    """Those of the episodes that are at these clinics."""
    return db.session.scalars(
        select(Episode).where(Episode.id.in_(episode_ids), Episode.clinic_id.in_(clinic_ids)).order_by(Episode.id)
    ).all()


def _held(patients: Mapping[uuid.UUID, Patient]) -> dict[uuid.UUID, list[Finding]]:
    """What of each episode waits, worked out from the facts: it is stored nowhere."""
    now, numbers = clock.now(), NumbersInForce()
    held: dict[uuid.UUID, list[Finding]] = {}
    for person in load_people({id_: each.died_on for id_, each in patients.items()}, {}).values():
        for each in person.cases:
            backlog = backlog_of(each)
            if backlog is not None:
                evaluation = evaluate(each.snapshot, each.clinic.today(now), numbers.at(each.clinic.id))
                held[each.episode.id] = [finding for finding in evaluation.findings if backlog.holds(finding)]
    return held


def _of_desk(desk: Desk) -> ColumnElement[bool]:
    here = and_(Episode.clinic_id.in_(desk.today), Episode.ended_on.is_(None))
    if desk.user_id is None:
        return here
    return here & exists().where(
        TeamMember.episode_id == Episode.id,
        TeamMember.user_id == desk.user_id,
        TeamMember.role == "care_manager",
        TeamMember.ends_on.is_(None),
    )


def _waits(desk: Desk) -> ColumnElement[bool]:
    return _on_their_day(desk, lambda day: Episode.backlog_until > day)


def _on_their_day(desk: Desk, condition: Callable[[date], ColumnElement[bool]]) -> ColumnElement[bool]:
    """``condition`` of each clinic's local date."""
    by_date: dict[date, list[uuid.UUID]] = {}
    for clinic_id, today in desk.today.items():
        by_date.setdefault(today, []).append(clinic_id)
    return or_(false(), *(and_(Episode.clinic_id.in_(ids), condition(day)) for day, ids in by_date.items()))
