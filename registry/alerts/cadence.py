"""How often a phase of care asks for contact, measures and review, by the numbers in force at a clinic."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.loading.cases import episode_facts, tracked_measures
from registry.alerts.rulebook.review import interval
from registry.alerts.snapshot import CaseSnapshot
from registry.episodes.models import Episode
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course
from registry.web.filters import count

_CONTACT = {
    "engaging": "engage.no-contact.engaging",
    "active": "engage.no-contact.active",
    "maintaining": "engage.no-contact.maintaining",
}
_MEASURE = {
    "engaging": "measure.due.primary",
    "active": "measure.due.primary",
    "maintaining": "measure.due.others",
}
_REVIEW = {
    "engaging": "review.due.engaging",
    "active": "review.due.active",
    "maintaining": "review.due.maintaining",
}


def phase_cadence(clinic_id: uuid.UUID, phase: str) -> tuple[str, ...]:
    """ "contact every 30 days", "main measure every 35 days", "review every 8 weeks". One statement."""
    numbers = numbers_at(clinic_id)
    told = []
    for words, by_phase in (("contact", _CONTACT), ("main measure", _MEASURE), ("review", _REVIEW)):
        days = numbers.get(by_phase[phase]) if phase in by_phase else None
        if days is not None:
            told.append(f"{words} every {_interval(days)}")
    return tuple(told)


def _interval(days: int) -> str:
    return count(days // 7, "week") if days % 7 == 0 and days >= 28 else count(days, "day")


def review_cadence(episode: Episode, courses: Mapping[str, tuple[TrackedScale, Course]]) -> str:
    """ "8 weeks": how soon after a review the clinic's numbers ask for the next; nothing where none does."""
    case = CaseSnapshot(
        patient_id=str(episode.patient_id),
        episode=episode_facts(episode, courses, None),
        measures=tracked_measures(episode, courses),
    )
    days = interval(case, numbers_at(episode.clinic_id))
    return "" if days is None else _interval(days)
