"""What the note of a review is made of: the record of its day, as whoever reviewed it could know it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.alerts.past.as_known import SafetyThen, safety_known
from registry.measurements.as_known import KnownScale, scales_known
from registry.patients.models import Patient
from registry.plans.models import PlanVersion
from registry.plans.queries import list_versions
from registry.review.models import Review, ReviewQuestion
from registry.review.queries import list_answered_by
from registry.treatment.as_known import treatment_known
from registry.treatment.queries import Adherence, TrialCourse


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One review with what was on record of its day when the case was opened; what came later is left out."""

    patient: Patient
    review: Review
    questions: Sequence[ReviewQuestion]
    """Those the review answered."""
    scores: Sequence[KnownScale]
    treatment: Sequence[TrialCourse]
    adherence: Mapping[uuid.UUID, Adherence]
    safety: SafetyThen
    safety_plan: PlanVersion | None


def load_note(patient: Patient, review: Review) -> NoteFacts:
    """Everything the note shows, in a fixed number of statements."""
    on, until = review.reviewed_on, review.opened_at
    treatment, adherence = treatment_known(patient.id, on=on, until=until)
    return NoteFacts(
        patient=patient,
        review=review,
        questions=list_answered_by(review.id),
        scores=scales_known(patient.id, review.episode_id, review.clinic_id, on=on, until=until),
        treatment=treatment,
        adherence=adherence,
        safety=safety_known(patient.id, on=on, until=until),
        safety_plan=_plan(patient.id, review),
    )


def _plan(patient_id: uuid.UUID, review: Review) -> PlanVersion | None:
    """The safety plan in force: talked through last, of those that stood then."""
    until = review.opened_at
    stood = (
        each
        for each in list_versions(patient_id, "safety")
        if each.written_on <= review.reviewed_on
        and each.recorded_at <= until
        and (each.withdrawn_at is None or each.withdrawn_at > until)
    )
    return max(stood, key=lambda each: (each.written_on, each.number), default=None)
