"""What the note of a review is made of: the record as it stood on the day of the review."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from registry.caseload.models import CaseloadRow
from registry.extensions import db
from registry.measurements.standings import follow_patient
from registry.measures.course import DatedScore
from registry.patients.models import Patient
from registry.plans.models import PlanVersion
from registry.plans.queries import list_versions, plan_in_force
from registry.review.models import Review, ReviewQuestion
from registry.review.queries import list_answered_by
from registry.treatment.queries import Adherence, TrialCourse, last_adherence, list_courses


@dataclass(frozen=True, slots=True)
class ScoresThen:
    """A scale's baseline and latest score up to the day of the review; ``None`` where there was none by then."""

    key: str
    baseline: DatedScore | None
    latest: DatedScore | None


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One review with what was on record of its day; what is dated later is left out."""

    patient: Patient
    review: Review
    questions: Sequence[ReviewQuestion]
    """Those the review answered."""
    scores: Sequence[ScoresThen]
    treatment: Sequence[TrialCourse]
    adherence: Mapping[uuid.UUID, Adherence]
    row: CaseloadRow | None
    """As it stands now: it says on which day safety was last asked."""
    safety_plan: PlanVersion | None


def load_note(patient: Patient, review: Review) -> NoteFacts:
    """Everything the note shows, in a fixed number of statements."""
    on = review.reviewed_on
    plans = [each for each in list_versions(patient.id, "safety") if each.written_on <= on]
    return NoteFacts(
        patient=patient,
        review=review,
        questions=list_answered_by(review.id),
        scores=_scores(patient.id, review.episode_id, on),
        treatment=[_until(each, on) for each in list_courses([patient.id]) if each.steps[0].on <= on],
        adherence={id_: noted for id_, noted in last_adherence(patient.id).items() if noted.on <= on},
        row=db.session.scalars(select(CaseloadRow).where(CaseloadRow.episode_id == review.episode_id)).one_or_none(),
        safety_plan=plan_in_force(plans, "safety"),
    )


def _scores(patient_id: uuid.UUID, episode_id: uuid.UUID, on: date) -> list[ScoresThen]:
    """Of each scale whose present course had begun by then."""
    found = []
    for key, (tracked, course) in follow_patient(patient_id).get(episode_id, {}).items():
        if tracked.starts_on > on:
            continue
        known = [score for score in course.scores if score.on <= on]
        has_baseline = course.baseline is not None and course.baseline.on <= on
        found.append(ScoresThen(key, course.baseline if has_baseline else None, known[-1] if known else None))
    return found


def _until(course: TrialCourse, on: date) -> TrialCourse:
    return replace(
        course,
        steps=[step for step in course.steps if step.on <= on],
        injections=[each for each in course.injections if each.on <= on],
    )
