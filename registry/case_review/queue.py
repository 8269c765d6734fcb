"""The psychiatrist's queue: computed when it is read, from the maintained rows of the caseload.

Who waits, and before whom, is asked of everybody: five statements over a few narrow columns. What there is to tell of
somebody is read for those who are shown: three more.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from registry.alerts.queries import last_told
from registry.case_review.ranking import QUIET_DAYS, Candidate, Finding, Place, place
from registry.case_review.since_review import (
    Answer,
    Answered,
    Declined,
    answered_since_review,
    ask_answered,
    ask_declined,
    declined_since_review,
    tell_answers,
)
from registry.caseload.currency import Today, days_ago, is_in_care, today_at, was_reviewed
from registry.caseload.for_review import DUE, LAYER_OF, Layer
from registry.caseload.models import CaseloadRow
from registry.db.among import among
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import ReviewQuestion


@dataclass(frozen=True, slots=True)
class SinceReview:
    """By episode, what happened since its last review and stands in no open alert."""

    answered: Answered
    declined: Mapping[uuid.UUID, Sequence[Declined]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An episode in the queue, by a few columns of its row, and its place."""

    row: Row[Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue with what there is to tell: why they stand there, and what stands in no open alert."""

    row: Row[Any]
    place: Place
    answers: Sequence[Answer] = ()
    declined: Sequence[Declined] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Every episode that waits for a review, in order; and how many of those in care were reviewed in time."""

    waiting: Sequence[Waiting]
    since: SinceReview
    reviewed: int
    in_care: int


def is_promised_care(today: ColumnElement[date]) -> ColumnElement[bool]:
    """SQL: the clinic has promised this open episode contact, measures and review."""
    return and_(CaseloadRow.is_open, is_in_care(today))


def review_queue(today: Today, *, consultant_id: uuid.UUID | None = None) -> ReviewQueue:
    """The queue of these clinics on their local dates; of one consultant's patients, where one is named."""
    asked = _ask(tuple(today.items()), consultant_id)
    since = SinceReview(answered_since_review(asked.answered), declined_since_review(asked.declined))
    also = {"also": {*since.answered, *since.declined}}
    rows = db.session.execute(asked.candidates, also).all()
    waiting = list(_waiting(rows, since, today))
    waiting.sort(key=lambda each: (each.place.order, each.row.sort_name))
    reviewed, in_care = db.session.execute(asked.coverage).one()
    return ReviewQueue(waiting, since, int(reviewed), int(in_care))


def tell(queue: ReviewQueue, limit: int | None, *, also: Collection[uuid.UUID] = ()) -> list[Queued]:
    """The first of the queue (``None``: all of it) and these episodes, with what there is to tell of each."""
    first = [
        each
        for number, each in enumerate(queue.waiting)
        if limit is None or number < limit or each.row.episode_id in also
    ]
    if not first:
        return []
    rows = _rows_of([each.row.episode_id for each in first])
    questions = _questions([each.row.episode_id for each in first if each.place.has_question])
    answered = {each.row.episode_id: _answered(each, queue.since) for each in first}
    answers = tell_answers([alert_id for alert_ids in answered.values() for alert_id in alert_ids])
    return [
        Queued(
            rows[id_],
            each.place,
            [answers[alert_id] for alert_id in answered[id_]],
            queue.since.declined.get(id_, ()),
            questions.get(id_, ""),
        )
        for each in first
        for id_ in (each.row.episode_id,)
        if id_ in rows
    ]


def _answered(waiting: Waiting, since: SinceReview) -> Sequence[uuid.UUID]:
    """The safety alerts to be told of, though somebody has closed them."""
    return tuple(since.answered.get(waiting.row.episode_id, ())) if waiting.place.tells_answered else ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The statements that are asked of everybody."""

    answered: Select[Any]
    declined: Select[Any]
    candidates: Select[Any]
    coverage: Select[Any]


@lru_cache(maxsize=64)
def _ask(days: tuple[tuple[uuid.UUID, date], ...], consultant_id: uuid.UUID | None) -> _Asked:
    """Made once a day for each reader: making them takes longer than running them."""
    today = dict(days)
    wanted = _wanted(today, consultant_id)
    return _Asked(ask_answered(*wanted), ask_declined(*wanted), _candidates(today, wanted), _coverage(today, wanted))


def _wanted(today: Today, consultant_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [CaseloadRow.clinic_id.in_(list(today)), CaseloadRow.is_open.is_(True)]
    if consultant_id is not None:
        wanted.append(CaseloadRow.consultant_id == consultant_id)
    return wanted


def _candidates(today: Today, wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Rows that a stored reason, a question or silence puts before the psychiatrist, and the episodes ``also``."""
    day = today_at(today)
    last_known = func.coalesce(CaseloadRow.first_latest_on, CaseloadRow.course_began_on, CaseloadRow.enrolled_on)
    facts = (is_in_care(day) if name == "is_in_care" else getattr(CaseloadRow, name) for name in _Facts._fields)
    return select(*_WHO, *facts).where(
        *wanted,
        or_(
            CaseloadRow.for_review != "",
            CaseloadRow.has_question,
            and_(is_in_care(day), last_known < days_ago(today, QUIET_DAYS)),
            among(CaseloadRow.episode_id, "also"),
        ),
    )


_WHO = (CaseloadRow.patient_id, CaseloadRow.episode_id, CaseloadRow.clinic_id, CaseloadRow.sort_name)


class _Facts(NamedTuple):
    """What the row of an episode says of its place in the queue; the columns of these names, in this order."""

    for_review: str
    asked_on: date | None
    last_review_on: date | None
    known_until: datetime | None
    changed_on: date | None
    enrolled_on: date | None
    course_began_on: date | None
    first_baseline_on: date | None
    first_latest_on: date | None
    first_stale_after_days: int | None
    is_in_care: bool


def _waiting(rows: Sequence[Row[Any]], since: SinceReview, today: Today) -> Iterator[Waiting]:
    additions = _last_additions(rows)
    for row in rows:
        where = _placed(
            row[len(_WHO) :],
            additions.get(row.episode_id, ()),
            tuple(since.answered.get(row.episode_id, _NOTHING).values()),
            min((each.on for each in since.declined.get(row.episode_id, ())), default=None),
            today[row.clinic_id],
        )
        if where is not None:
            yield Waiting(row, where)


REMEMBERED = 5_000
"""Places kept by each process: some 5 MB."""
_NOTHING: Mapping[uuid.UUID, Finding] = {}


@lru_cache(REMEMBERED)
def _placed(
    facts: tuple[Any, ...],
    additions: tuple[tuple[uuid.UUID, datetime], ...],
    answered: tuple[Finding, ...],
    declined_on: date | None,
    today: date,
) -> Place | None:
    """The place of an episode, remembered under everything it depends on: between two looks hardly one differs."""
    row, added = _Facts(*facts), dict(additions)
    findings = [Finding(rule, day, added.get(alert_id)) for rule, day, alert_id in _stored(row.for_review)]
    begun_on = row.first_baseline_on or row.enrolled_on
    candidate = Candidate(
        findings=[*findings, *answered],
        asked_on=row.asked_on,
        declined_on=declined_on,
        reviewed_on=row.last_review_on,
        known_until=row.known_until,
        quiet_since=quiet_since(row) if row.is_in_care else None,
        unchanged_since=max((day for day in (row.changed_on, begun_on) if day), default=None),
    )
    return place(candidate, today=today)


@lru_cache(REMEMBERED)
def _stored(for_review: str) -> tuple[tuple[str, date, uuid.UUID], ...]:
    """Rule, since and alert of each stored reason that concerns the psychiatrist."""
    lines = (line.split() for line in for_review.splitlines())
    return tuple((rule, date.fromisoformat(since), uuid.UUID(alert_id)) for rule, since, alert_id in lines)


def quiet_since(row: _Facts) -> date | None:
    """The first day on which no score of this course of treatment says how the person is; ``None`` before enrolment."""
    known_on: date | None = row.first_latest_on or row.course_began_on or row.enrolled_on
    if known_on is None:
        return None
    allowed = max(row.first_stale_after_days or 0, QUIET_DAYS) if row.first_latest_on else QUIET_DAYS
    return known_on + timedelta(days=allowed + 1)


def _last_additions(rows: Sequence[Row[Any]]) -> Mapping[uuid.UUID, tuple[tuple[uuid.UUID, datetime], ...]]:
    """Episode → each alert of a safety answer, a report or a score, with the instant something was last added to it.

    Asked only where it says anything: of whoever was reviewed, and is not due for a review, when all counts again.
    """
    alerts = {
        row.episode_id: _told_of(row.for_review)
        for row in rows
        if row.known_until is not None and row.for_review and f"{DUE} " not in row.for_review
    }
    asked = [alert_id for own in alerts.values() for alert_id in own]
    told = last_told(asked) if asked else {}
    return {
        episode_id: tuple((alert_id, told[alert_id]) for alert_id in own if alert_id in told)
        for episode_id, own in alerts.items()
    }


@lru_cache(REMEMBERED)
def _told_of(for_review: str) -> tuple[uuid.UUID, ...]:
    """Of the stored reasons the alerts that are added to."""
    layers = Layer.SAFETY, Layer.WORSE, Layer.OFF_TARGET
    return tuple(alert_id for rule, _, alert_id in _stored(for_review) if LAYER_OF.get(rule) in layers)


def _rows_of(episode_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Row[Any]]:
    """What is shown of these episodes in the queue."""
    return {row.episode_id: row for row in db.session.execute(_SHOWN, {"episode_ids": episode_ids})}


# Made once: building a statement costs more than running it.
_SHOWN = (
    select(
        CaseloadRow.patient_id,
        CaseloadRow.episode_id,
        CaseloadRow.clinic_id,
        CaseloadRow.enrolled_on,
        CaseloadRow.course_began_on,
        CaseloadRow.first_scale,
        CaseloadRow.first_latest_on,
        CaseloadRow.reasons,
        Patient.legal_given,
        Patient.legal_family,
        Patient.used_name,
    )
    .join(Patient, Patient.id == CaseloadRow.patient_id)
    .where(among(CaseloadRow.episode_id, "episode_ids"))
)
_QUESTIONS = (
    select(ReviewQuestion.episode_id, ReviewQuestion.words)
    .where(
        among(ReviewQuestion.episode_id, "episode_ids"),
        ReviewQuestion.answered_by_review_id.is_(None),
        ReviewQuestion.withdrawn_at.is_(None),
    )
    .order_by(ReviewQuestion.asked_at.desc(), ReviewQuestion.id.desc())
)


def _questions(episode_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Episode → the words of its oldest open question."""
    if not episode_ids:
        return {}
    return dict(db.session.execute(_QUESTIONS, {"episode_ids": episode_ids}).all())


def _coverage(today: Today, wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """How many in care were reviewed in the last 8 weeks, and how many are in care."""
    return (
        select(func.coalesce(func.sum(case((was_reviewed(today), 1), else_=0)), 0), func.count())
        .select_from(CaseloadRow)
        .where(*wanted, is_promised_care(today_at(today)))
    )
