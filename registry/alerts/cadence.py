"""How often a phase of care asks for contact, measures and review, by the numbers in force at a clinic."""

from __future__ import annotations

import uuid

from registry.alerts.clinic_numbers import numbers_at
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
