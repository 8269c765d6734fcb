"""The psychiatrist's queue, as the rows of the caseload keep it: who goes before whom is not worked out here.

The database puts everybody in order by the place that is kept of each; what there is to tell of somebody is read for
those who are shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, select

from registry.case_review.since_review import Answer, Declined, declined_since_review, tell_answers
from registry.caseload import ranking
from registry.caseload.currency import Today, is_in_care, queue_place, today_at, was_reviewed
from registry.caseload.models import CaseloadRow
from registry.caseload.ranking import NOWHERE, KeptPlace, place_on
from registry.db.among import among
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import ReviewQuestion


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue with what there is to tell: why they stand there, and what stands in no open alert."""

    row: Row[Any]
    is_quiet: bool
    answers: Sequence[Answer] = ()
    declined: Sequence[Declined] = ()
    question: str = ""

    @property
    def rules(self) -> Sequence[str]:
        """The rules of the open alerts that count, most pressing first."""
        rules: str = self.row.queue_rules
        return rules.split()


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Who waits for a review: the first of them, in order, and their number; and how many of those in care were
    reviewed in time."""

    waiting: Sequence[Row[Any]]
    total: int
    reviewed: int
    in_care: int


SHOWN = (
    CaseloadRow.patient_id,
    CaseloadRow.episode_id,
    CaseloadRow.clinic_id,
    CaseloadRow.enrolled_on,
    CaseloadRow.course_began_on,
    CaseloadRow.first_scale,
    CaseloadRow.first_latest_on,
    CaseloadRow.reasons,
    CaseloadRow.queue_place,
    CaseloadRow.waited_place,
    CaseloadRow.waited_from,
    CaseloadRow.quiet_place,
    CaseloadRow.quiet_from,
    CaseloadRow.queue_rules,
    CaseloadRow.queue_answered,
    CaseloadRow.declined_on,
    CaseloadRow.has_question,
    Patient.legal_given,
    Patient.legal_family,
    Patient.used_name,
)
"""What of a row tells who somebody is, and why they wait."""


def review_queue(today: Today, *, consultant_id: uuid.UUID | None = None, limit: int | None = None) -> ReviewQueue:
    """The queue of these clinics on their local dates, or its first ``limit``; of one consultant's patients, where one
    is named. Two statements."""
    asked = _ask(tuple(today.items()), consultant_id, limit)
    waiting = db.session.execute(asked.waiting).all()
    total, reviewed, in_care = db.session.execute(asked.numbers).one()
    return ReviewQueue(waiting, int(total), int(reviewed), int(in_care))


def turn_after(
    row: CaseloadRow, today: Today, *, consultant_id: uuid.UUID | None, beside: Collection[uuid.UUID]
) -> Row[Any] | None:
    """Whoever comes after this row in the queue, ``beside`` these episodes; after one of those, the first. One
    statement."""
    place = _BEFORE_ALL if row.episode_id in beside else place_on(row, today[row.clinic_id])
    about = {"place": place, "name": row.sort_name, "episode_id": row.episode_id, "beside": list(beside)}
    return db.session.execute(_ask(tuple(today.items()), consultant_id, None).turn_after, about).one_or_none()


_BEFORE_ALL = -1


def is_waiting(row: KeptPlace, today: date) -> bool:
    """Whether whoever this is kept of stands in the queue."""
    return place_on(row, today) < NOWHERE


def tell(rows: Sequence[Row[Any]], today: Today) -> Mapping[uuid.UUID, Queued]:
    """By episode, what there is to tell of whoever waits. Three statements at most."""
    waiting = [row for row in rows if is_waiting(row, today[row.clinic_id])]
    questions = _questions([row.episode_id for row in waiting if row.has_question])
    declined = declined_since_review([row.episode_id for row in waiting if row.declined_on is not None])
    answered = {row.episode_id: [uuid.UUID(id_) for id_ in row.queue_answered] for row in waiting}
    answers = tell_answers([alert_id for alert_ids in answered.values() for alert_id in alert_ids])
    return {
        row.episode_id: Queued(
            row,
            ranking.is_quiet(row, today[row.clinic_id]),
            [answers[alert_id] for alert_id in answered[row.episode_id]],
            declined.get(row.episode_id, ()),
            questions.get(row.episode_id, ""),
        )
        for row in waiting
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """The statements about everybody."""

    waiting: Select[*tuple[Any, ...]]
    turn_after: Select[*tuple[Any, ...]]
    numbers: Select[*tuple[Any, ...]]


@lru_cache(maxsize=64)
def _ask(days: tuple[tuple[uuid.UUID, date], ...], consultant_id: uuid.UUID | None, limit: int | None) -> _Asked:
    """Made once a day for each reader: making them takes longer than running them."""
    today = dict(days)
    day = today_at(today)
    wanted: list[ColumnElement[bool]] = [CaseloadRow.clinic_id.in_(list(today)), CaseloadRow.is_open.is_(True)]
    if consultant_id is not None:
        wanted.append(CaseloadRow.consultant_id == consultant_id)
    place = queue_place(day)
    order = place, CaseloadRow.sort_name, CaseloadRow.episode_id
    turns = select(CaseloadRow.episode_id).where(*wanted, place < NOWHERE).order_by(*order)
    # Put in order by the index alone, and only then filled; said to be worked out once, as for the caseload.
    first = turns if limit is None else turns.limit(sa.literal_column(str(limit), sa.Integer()))
    first_turns = first.cte("first_turns").prefix_with("MATERIALIZED")
    waiting = (
        select(*SHOWN)
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(CaseloadRow.episode_id.in_(select(first_turns.c.episode_id)))
        .order_by(*order)
    )
    key: Sequence[ColumnElement[Any]] = (
        bindparam("place", type_=sa.Integer()),
        bindparam("name", type_=sa.Text()),
        bindparam("episode_id", type_=sa.Uuid()),
    )
    after = (
        turns.with_only_columns(CaseloadRow.patient_id, CaseloadRow.episode_id, CaseloadRow.clinic_id)
        .where(sa.tuple_(*order) > sa.tuple_(*key), sa.not_(among(CaseloadRow.episode_id, "beside")))
        .limit(sa.literal_column("1", sa.Integer()))
    )
    return _Asked(waiting, after, _numbers(today, wanted, place))


def _numbers(
    today: Today, wanted: Sequence[ColumnElement[bool]], place: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """How many wait; how many in care were reviewed in the last 8 weeks, and how many are in care.

    In care: the clinic has promised them contact, measures and review.
    """
    in_care = is_in_care(today_at(today))
    counted = (_number_of(each) for each in (place < NOWHERE, and_(in_care, was_reviewed(today)), in_care))
    return select(*counted).select_from(CaseloadRow).where(*wanted)


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# Made once: building a statement costs more than running it.
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
