"""The psychiatrist's queue: computed when it is read, from the maintained rows of the caseload. Seven statements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from registry.alerts.queries import last_told
from registry.caseload.currency import Today, days_ago, is_in_care, today_at, was_reviewed
from registry.caseload.models import CaseloadRow
from registry.caseload.review_ranking import LAYER_OF, QUIET_DAYS, Candidate, Finding, Layer, Place, place
from registry.caseload.since_review import (
    AnsweredSafety,
    Declined,
    answered_since_review,
    declined_since_review,
    known_until,
)
from registry.episodes.models import TreatmentCourse
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Recommendation, ReviewQuestion
from registry.review.rules import TREATMENT_CHANGES
from registry.treatment.queries import last_step_on


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue: their row, why they stand there, and what stands in no open alert."""

    row: Row[Any]
    place: Place
    answered: Sequence[AnsweredSafety] = ()
    declined: Sequence[Declined] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Every episode that waits for a review, in order; and how many of those in care were reviewed in time."""

    waiting: Sequence[Queued]
    reviewed: int
    in_care: int

    def after(self, episode_id: uuid.UUID) -> Row[Any] | None:
        """The row that comes after this episode, or first when it waits no longer; ``None`` when there is no other."""
        rows = [each.row for each in self.waiting]
        others = [row for row in rows if row.episode_id != episode_id]
        later = rows[[row.episode_id for row in rows].index(episode_id) + 1 :] if len(others) < len(rows) else []
        return next(iter(later or others), None)


@dataclass(frozen=True, slots=True)
class _SinceReview:
    """By episode, what happened since its last review and stands in no open alert."""

    answered: Mapping[uuid.UUID, Sequence[AnsweredSafety]]
    declined: Mapping[uuid.UUID, Sequence[Declined]]

    @property
    def episodes(self) -> set[uuid.UUID]:
        return {*self.answered, *self.declined}


def is_promised_care(today: ColumnElement[date]) -> ColumnElement[bool]:
    """SQL: the clinic has promised this open episode contact, measures and review."""
    return and_(CaseloadRow.is_open, is_in_care(today))


def review_queue(today: Today, *, consultant_id: uuid.UUID | None = None) -> ReviewQueue:
    """The queue of these clinics on their local dates; of one consultant's patients, where one is named."""
    wanted = _wanted(today, consultant_id)
    since = _SinceReview(answered_since_review(*wanted), declined_since_review(*wanted))
    rows = _candidates(today, wanted, since.episodes)
    additions = _last_additions(rows)
    placed = [(row, place(_candidate(row, additions, since), today=today[row.clinic_id])) for row in rows]
    waiting = [(row, where) for row, where in placed if where is not None]
    questions = _questions([row.episode_id for row, where in waiting if where.has_question])
    reviewed, in_care = _coverage(today, wanted)
    return ReviewQueue(
        [
            Queued(
                row,
                where,
                since.answered.get(row.episode_id, ()) if where.tells_answered else (),
                since.declined.get(row.episode_id, ()),
                questions.get(row.episode_id, ""),
            )
            for row, where in sorted(waiting, key=lambda each: (each[1].order, each[0].sort_name))
        ],
        reviewed,
        in_care,
    )


def _wanted(today: Today, consultant_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [CaseloadRow.clinic_id.in_(list(today)), CaseloadRow.is_open.is_(True)]
    if consultant_id is not None:
        wanted.append(CaseloadRow.consultant_id == consultant_id)
    return wanted


def _candidates(today: Today, wanted: Sequence[ColumnElement[bool]], also: set[uuid.UUID]) -> Sequence[Row[Any]]:
    """Rows that a stored reason, a question or silence puts before the psychiatrist, and those of ``also``."""
    day = today_at(today)
    changed_on = select(func.max(Recommendation.done_on)).where(
        Recommendation.episode_id == CaseloadRow.episode_id,
        Recommendation.state == "done",
        Recommendation.kind.in_(sorted(TREATMENT_CHANGES)),
    )
    began_on = (
        select(func.max(TreatmentCourse.starts_on))
        .where(TreatmentCourse.episode_id == CaseloadRow.episode_id)
        .scalar_subquery()
    )
    asked_on = select(func.min(ReviewQuestion.asked_on)).where(
        ReviewQuestion.episode_id == CaseloadRow.episode_id, *_is_open_question()
    )
    last_known = func.coalesce(CaseloadRow.first_latest_on, began_on, CaseloadRow.enrolled_on)
    return db.session.execute(
        select(
            CaseloadRow.patient_id,
            CaseloadRow.episode_id,
            CaseloadRow.clinic_id,
            CaseloadRow.sort_name,
            CaseloadRow.enrolled_on,
            CaseloadRow.referred_on,
            CaseloadRow.phase,
            CaseloadRow.reasons,
            CaseloadRow.last_review_on,
            CaseloadRow.first_scale,
            CaseloadRow.first_baseline_on,
            CaseloadRow.first_latest_on,
            CaseloadRow.first_stale_after_days,
            Patient.legal_given,
            Patient.legal_family,
            Patient.used_name,
            known_until().label("known_until"),
            changed_on.scalar_subquery().label("changed_on"),
            last_step_on(CaseloadRow.patient_id, until=day).label("stepped_on"),
            asked_on.scalar_subquery().label("asked_on"),
            func.coalesce(began_on, CaseloadRow.enrolled_on).label("began_on"),
            is_in_care(day).label("is_in_care"),
        )
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(
            *wanted,
            or_(
                *(CaseloadRow.rules.contains(f" {rule} ", autoescape=True) for rule in LAYER_OF),
                CaseloadRow.has_question,
                and_(is_in_care(day), last_known < days_ago(today, QUIET_DAYS)),
                CaseloadRow.episode_id.in_(also),
            ),
        )
    ).all()


def _candidate(row: Row[Any], additions: Mapping[uuid.UUID, datetime], since: _SinceReview) -> Candidate:
    findings = [
        Finding(reason["rule"], date.fromisoformat(reason["since"]), additions.get(uuid.UUID(reason["id"])))
        for reason in row.reasons
    ]
    answered = since.answered.get(row.episode_id, ())
    findings += [Finding(each.rule, each.since, each.told_at, is_answered=True) for each in answered]
    begun_on = row.first_baseline_on or row.enrolled_on
    return Candidate(
        findings=findings,
        asked_on=row.asked_on,
        declined_on=min((each.on for each in since.declined.get(row.episode_id, ())), default=None),
        reviewed_on=row.last_review_on,
        known_until=row.known_until,
        quiet_since=quiet_since(row) if row.is_in_care else None,
        unchanged_since=max((day for day in (row.changed_on, row.stepped_on, begun_on) if day), default=None),
    )


def quiet_since(row: Row[Any]) -> date | None:
    """The first day on which no score of this course of treatment says how the person is; ``None`` before enrolment."""
    known_on: date | None = row.first_latest_on or row.began_on
    if known_on is None:
        return None
    allowed = max(row.first_stale_after_days or 0, QUIET_DAYS) if row.first_latest_on else QUIET_DAYS
    return known_on + timedelta(days=allowed + 1)


def _last_additions(rows: Sequence[Row[Any]]) -> Mapping[uuid.UUID, datetime]:
    """Alert of a safety answer, a report or a worse score → the instant something was last added to it."""
    alerts = {
        uuid.UUID(reason["id"])
        for row in rows
        for reason in row.reasons
        if LAYER_OF.get(reason["rule"]) in (Layer.SAFETY, Layer.WORSE)
    }
    return last_told(alerts) if alerts else {}


def _is_open_question() -> tuple[ColumnElement[bool], ...]:
    return ReviewQuestion.answered_by_review_id.is_(None), ReviewQuestion.withdrawn_at.is_(None)


def _questions(episode_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Episode → the words of its oldest open question."""
    if not episode_ids:
        return {}
    found = db.session.execute(
        select(ReviewQuestion.episode_id, ReviewQuestion.words)
        .where(ReviewQuestion.episode_id.in_(episode_ids), *_is_open_question())
        .order_by(ReviewQuestion.asked_at.desc())
    )
    return dict(found.all())


def _coverage(today: Today, wanted: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """How many in care were reviewed in the last 8 weeks, and how many are in care."""
    reviewed, in_care = db.session.execute(
        select(func.coalesce(func.sum(case((was_reviewed(today), 1), else_=0)), 0), func.count())
        .select_from(CaseloadRow)
        .where(*wanted, is_promised_care(today_at(today)))
    ).one()
    return int(reviewed), int(in_care)
