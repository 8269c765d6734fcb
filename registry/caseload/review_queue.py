"""The psychiatrist's queue: computed when it is read, from the maintained rows of the caseload. Four statements."""

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
from registry.episodes.models import TreatmentCourse
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.rules import TREATMENT_CHANGES


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody in the queue: their row, why they stand there, and the open question if there is one."""

    row: Row[Any]
    place: Place
    question: str = ""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Everybody who waits for a review, in order; and how many of those in care were reviewed in time."""

    waiting: Sequence[Queued]
    reviewed: int
    in_care: int

    def after(self, patient_id: uuid.UUID) -> uuid.UUID | None:
        """Whoever comes after this person, or first when this person waits no longer; ``None`` when nobody else."""
        people = [each.row.patient_id for each in self.waiting]
        others = [person for person in people if person != patient_id]
        if patient_id not in people:
            return others[0] if others else None
        later = people[people.index(patient_id) + 1 :]
        return later[0] if later else (others[0] if others else None)


def is_promised_care(today: ColumnElement[date]) -> ColumnElement[bool]:
    """SQL: the clinic has promised this open episode contact, measures and review."""
    return and_(CaseloadRow.is_open, is_in_care(today))


def review_queue(today: Today, *, consultant_id: uuid.UUID | None = None) -> ReviewQueue:
    """The queue of these clinics on their local dates; of one consultant's patients, where one is named."""
    rows = _candidates(today, consultant_id)
    additions = _last_additions(rows)
    placed = [(row, place(_candidate(row, additions), today=today[row.clinic_id])) for row in rows]
    waiting = [Queued(row, where) for row, where in placed if where is not None]
    questions = _questions([each.row.episode_id for each in waiting if each.place.has_question])
    reviewed, in_care = _coverage(today, consultant_id)
    in_order = sorted(waiting, key=lambda each: (each.place.layer, each.place.since, each.row.sort_name))
    return ReviewQueue(
        [Queued(each.row, each.place, questions.get(each.row.episode_id, "")) for each in in_order], reviewed, in_care
    )


def _wanted(today: Today, consultant_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [CaseloadRow.clinic_id.in_(list(today)), CaseloadRow.is_open.is_(True)]
    if consultant_id is not None:
        wanted.append(CaseloadRow.consultant_id == consultant_id)
    return wanted


def _candidates(today: Today, consultant_id: uuid.UUID | None) -> Sequence[Row[Any]]:
    day = today_at(today)
    reviewed_at = select(func.max(Review.recorded_at)).where(Review.episode_id == CaseloadRow.episode_id)
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
            CaseloadRow.has_question,
            CaseloadRow.last_review_on,
            CaseloadRow.first_scale,
            CaseloadRow.first_baseline_on,
            CaseloadRow.first_latest_on,
            CaseloadRow.first_stale_after_days,
            Patient.legal_given,
            Patient.legal_family,
            Patient.used_name,
            reviewed_at.scalar_subquery().label("reviewed_at"),
            changed_on.scalar_subquery().label("changed_on"),
            func.coalesce(began_on, CaseloadRow.enrolled_on).label("began_on"),
            is_in_care(day).label("is_in_care"),
        )
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(
            *_wanted(today, consultant_id),
            or_(
                *(CaseloadRow.rules.contains(f" {rule} ", autoescape=True) for rule in LAYER_OF),
                CaseloadRow.has_question,
                and_(is_in_care(day), last_known < days_ago(today, QUIET_DAYS)),
            ),
        )
    ).all()


def _candidate(row: Row[Any], additions: Mapping[uuid.UUID, datetime]) -> Candidate:
    findings = [
        Finding(reason["rule"], date.fromisoformat(reason["since"]), additions.get(uuid.UUID(reason["id"])))
        for reason in row.reasons
    ]
    begun_on = row.first_baseline_on or row.enrolled_on
    return Candidate(
        findings=findings,
        has_question=row.has_question,
        reviewed_on=row.last_review_on,
        reviewed_at=row.reviewed_at,
        quiet_since=quiet_since(row) if row.is_in_care else None,
        unchanged_since=max((day for day in (row.changed_on, begun_on) if day is not None), default=None),
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


def _questions(episode_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Episode → the words of its oldest open question."""
    if not episode_ids:
        return {}
    found = db.session.execute(
        select(ReviewQuestion.episode_id, ReviewQuestion.words)
        .where(
            ReviewQuestion.episode_id.in_(episode_ids),
            ReviewQuestion.answered_by_review_id.is_(None),
            ReviewQuestion.withdrawn_at.is_(None),
        )
        .order_by(ReviewQuestion.asked_at.desc())
    )
    return dict(found.all())


def _coverage(today: Today, consultant_id: uuid.UUID | None) -> tuple[int, int]:
    """How many in care were reviewed in the last 8 weeks, and how many are in care."""
    reviewed, in_care = db.session.execute(
        select(func.coalesce(func.sum(case((was_reviewed(today), 1), else_=0)), 0), func.count())
        .select_from(CaseloadRow)
        .where(*_wanted(today, consultant_id), is_promised_care(today_at(today)))
    ).one()
    return int(reviewed), int(in_care)
