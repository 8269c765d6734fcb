"""The parts of one person's record, each a page of its own: the same row of tabs on all of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import current_app, url_for

_TABS = (
    ("Overview", "caseload.patient"),
    ("Measures", "measurements.history"),
    ("Contacts", "contacts.contacts"),
    ("Treatment", "treatment.treatment"),
    ("Plan", "plans.plan"),
    ("Life", "life.events"),
    ("Reviews", "review.reviews"),
    ("Tasks", "tasks.tasks"),
    ("Care", "episodes.care"),
    ("Timeline", "caseload.timeline"),
    ("Details", "patients.details"),
    ("Summary", "caseload.summary"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """What ``components/tabs.html`` prints."""

    label: str
    url: str


def record_tabs(patient_id: uuid.UUID) -> tuple[Tab, ...]:
    """The tabs of this person's record; a part that is not built yet does not exist."""
    built = current_app.view_functions
    return tuple(Tab(label, url_for(endpoint, patient_id=patient_id)) for label, endpoint in _TABS if endpoint in built)
