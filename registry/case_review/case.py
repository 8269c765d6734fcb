"""One case as the psychiatrist needs it on one screen: loaded in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select

from registry import clock
from registry.case_review.since_review import Answer, tell_answers
from registry.caseload.models import CaseloadRow
from registry.contacts.models import Contact
from registry.contacts.queries import list_contacts
from registry.db.among import among
from registry.episodes.models import Episode, TreatmentCourse
from registry.episodes.patient_header import chosen_episode
from registry.episodes.queries import list_episodes, list_parts
from registry.episodes.scales import scales_in_force
from registry.extensions import db
from registry.life.models import LifeEvent
from registry.life.queries import list_events
from registry.measurements.courses import follow_episode
from registry.measurements.courses import list_scores as list_stored
from registry.measurements.models import MeasurementScore
from registry.measurements.outcomes import mania_scales
from registry.measurements.queries import rated_by_others
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course
from registry.patients.models import Patient
from registry.patients.queries import get_patient
from registry.plans.models import Goal
from registry.plans.queries import PlanDates, list_goals, safety_plans
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import list_open_advice, list_open_questions, list_reviews
from registry.treatment.queries import Adherence, TrialCourse, last_adherence, list_courses

LATEST_CONTACTS = 12
"""Read for the few that are shown: among them may be corrected ones."""


@dataclass(frozen=True, slots=True)
class ScoreOn:
    """A score that counts, on its local date of service."""

    taken_on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """What is known of one person, for the review of one open episode."""

    opened_at: datetime
    """Nothing stored later is in it."""
    patient: Patient
    episode: Episode
    row: CaseloadRow
    courses: Mapping[str, tuple[TrackedScale, Course]]
    rated_by_others: frozenset[str]
    """The profiles whose last ratings were given by somebody else than those at the baseline."""
    contacts: Sequence[Contact]
    reviews: Sequence[Review]
    """The last one of the person, at whichever clinic."""
    open_advice: Sequence[Recommendation]
    """What waits in this episode, of whichever review, the oldest first."""
    scores: Mapping[str, Sequence[ScoreOn]]
    """Of the metric primary and of mania, tracked or not, every score that counts."""
    questions: Sequence[ReviewQuestion]
    answers: Sequence[Answer]
    """Safety that somebody answered since the last review."""
    treatment: Sequence[TrialCourse]
    """Every treatment that stands with its steps, stopped ones too, at whichever clinic it was written down."""
    adherence: Mapping[uuid.UUID, Adherence]
    goals: Sequence[Goal]
    """Those being worked on."""
    safety_plan: PlanDates | None
    life_events: Sequence[LifeEvent]
    """Those that stand, newest first."""


def load_case(
    patient_id: uuid.UUID,
    clinic_ids: Sequence[uuid.UUID],
    *,
    episode_id: uuid.UUID | None = None,
) -> ReviewCase | None:
    """This open episode of the person at one of these clinics, or the first; ``None`` where there is none."""
    opened_at = clock.now()
    patient = get_patient(patient_id)
    if patient is None:
        return None
    open_here = [each for each in list_episodes(patient_id) if each.is_open and each.clinic_id in clinic_ids]
    if episode_id is not None:
        open_here = [each for each in open_here if each.id == episode_id]
    episode = chosen_episode(open_here)
    if episode is None:
        return None
    row = db.session.get_one(CaseloadRow, episode.id)
    treatment = list_courses([patient_id])
    stored = list_stored(patient_id)
    parts = list_parts(TreatmentCourse, episode.id)
    courses = follow_episode(episode, parts, stored, as_read=scales_in_force())
    return ReviewCase(
        opened_at=opened_at,
        patient=patient,
        episode=episode,
        row=row,
        courses=courses,
        rated_by_others=rated_by_others({key: course for key, (_, course) in courses.items()}),
        contacts=[each for each in list_contacts(patient_id, limit=LATEST_CONTACTS) if each.status == "final"],
        reviews=list_reviews(patient_id, limit=1),
        open_advice=list_open_advice(episode.id),
        scores=_of_scales(told_beside([episode]), sorted(stored, key=lambda each: (each.taken_on, each.value or 0))),
        questions=[each for each in list_open_questions(patient_id) if each.episode_id == episode.id],
        answers=_answers(row),
        treatment=treatment,
        adherence=last_adherence(patient_id) if treatment else {},
        goals=list_goals(patient_id, only_open=True),
        safety_plan=safety_plans([patient_id]).get(patient_id),
        life_events=list_events(patient_id, only_standing=True),
    )


def _answers(row: CaseloadRow) -> Sequence[Answer]:
    alert_ids = [uuid.UUID(id_) for id_ in row.queue_answered]
    told = tell_answers(alert_ids)
    return [told[alert_id] for alert_id in alert_ids]


# Made once: building a statement costs more than running it.
_SCORES = (
    select(MeasurementScore.scale, MeasurementScore.taken_on, MeasurementScore.value)
    .where(
        MeasurementScore.patient_id == bindparam("patient_id"),
        among(MeasurementScore.scale, "scales"),
        MeasurementScore.counts,
        MeasurementScore.value.is_not(None),
    )
    .order_by(MeasurementScore.taken_on, MeasurementScore.value, MeasurementScore.id)
)


def told_beside(episodes: Iterable[Episode]) -> Sequence[str]:
    """The scales whose scores stand beside what was recommended: a success that comes with mania is none."""
    return sorted({each.metric_primary for each in episodes if each.metric_primary is not None} | mania_scales())


def list_scores(patient_id: uuid.UUID, scales: Sequence[str]) -> Mapping[str, Sequence[ScoreOn]]:
    """Scale → every score that counts, oldest first, with its date."""
    about = {"patient_id": patient_id, "scales": scales}
    return _of_scales(scales, db.session.execute(_SCORES, about) if scales else ())


def _of_scales(scales: Sequence[str], rows: Iterable[Row[*tuple[Any, ...]]]) -> Mapping[str, Sequence[ScoreOn]]:
    """``rows`` in the order in which scores are told."""
    found: dict[str, list[ScoreOn]] = {scale: [] for scale in scales}
    for row in rows:
        if row.value is not None and row.scale in found:
            found[row.scale].append(ScoreOn(row.taken_on, row.value))
    return found
