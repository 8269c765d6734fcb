"""One line each: what falls due, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app

from registry.alerts.day.due import (
    ADMISSION,
    CONTACT,
    MEASURE,
    PAUSE,
    RELAPSE_PLAN,
    SAFETY_PLAN,
    STILL_IN,
    Due,
)
from registry.patients.models import Patient
from registry.patients.presenters import patient_url
from registry.review.models import Review
from registry.review.rules import AWAITS_DECISION
from registry.web.addresses import page_address
from registry.web.filters import count, days_ago, short_date

_DUE = {
    CONTACT: "Contact due",
    PAUSE: "Pause ends: resume care or end the episode",
    ADMISSION: "Call the ward, house or jail",
    STILL_IN: "Ask whether the stay is over",
    SAFETY_PLAN: "Safety plan to look at again",
    RELAPSE_PLAN: "Relapse-prevention plan to look at again",
}


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line about a person, with its day."""

    day: str
    name: str
    url: str
    words: str


def due_shown(due: Due, patient: Patient, today: date) -> LineShown:
    return LineShown(
        day=_day(due.on, today),
        name=patient.name,
        url=patient_url(patient.id),
        words=f"{due.what} due" if due.kind == MEASURE else _DUE[due.kind],
    )


def due_cut(*, is_cut: bool) -> str:
    """That more falls due than is shown, nothing where all is."""
    return "More falls due than is listed here: see all by what is due next" if is_cut else ""


def answered_shown(review: Review, patient: Patient, today: date) -> LineShown:
    """A psychiatrist's answer: who, and how much of it waits for a decision."""
    waiting = sum(each.state in AWAITS_DECISION for each in review.recommendations)
    words = f"Reviewed by {review.consultant.name}"
    if waiting:
        words += f"; {count(waiting, 'recommendation')} to decide"
    endpoint = "review.reviews"
    built = endpoint in current_app.view_functions
    return LineShown(
        day=days_ago(review.reviewed_on, today),
        name=patient.name,
        url=page_address(endpoint, patient_id=patient.id) if built else patient_url(patient.id),
        words=words,
    )


def _day(day: date, today: date) -> str:
    return days_ago(day, today) if (day - today).days < 2 else f"{day:%a} {short_date(day, today=today)}"
