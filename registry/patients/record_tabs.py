"""The parts of one person's record, each a page of its own: the same row of tabs on all of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import current_app, url_for
from flask_login import current_user

from registry.access.policy import can

_TABS = (
    ("Overview", "caseload.patient"),
    ("Measures", "measurements.history"),
    ("Contacts", "contacts.contacts"),
    ("Treatment", "treatment.treatment"),
    ("Health", "caseload.physical"),
    ("Plan", "plans.plan"),
    ("Life", "life.events"),
    ("Reviews", "review.reviews"),
    ("Tasks", "tasks.tasks"),
    ("Care", "episodes.care"),
    ("Timeline", "caseload.timeline"),
    ("Details", "patients.details"),
    ("Summary", "caseload.summary"),
)


_KEYS = {
    "Measures": ("m", "Enter a measure", "measurements.choose", "measurement.record"),
    "Contacts": ("c", "Log a contact", "contacts.log_contact", "contact.record"),
    "Reviews": ("r", "Ask the psychiatrist", "review.ask", "question.ask"),
}
"""Part → the key, what it does, where, and what the reader must be allowed."""


@dataclass(frozen=True, slots=True)
class Tab:
    """What ``components/tabs.html`` prints."""

    label: str
    url: str
    key: str = ""
    """The letter that begins something of this part from any other; empty where the reader may not."""
    key_url: str = ""
    key_label: str = ""


def record_tabs(patient_id: uuid.UUID) -> tuple[Tab, ...]:
    """The tabs of this person's record; a part that is not built yet does not exist."""
    built = current_app.view_functions
    return tuple(_tab(label, endpoint, patient_id) for label, endpoint in _TABS if endpoint in built)


def _tab(label: str, endpoint: str, patient_id: uuid.UUID) -> Tab:
    url = url_for(endpoint, patient_id=patient_id)
    if label not in _KEYS:
        return Tab(label, url)
    key, words, begins_at, action = _KEYS[label]
    if not can(current_user, action):
        return Tab(label, url)
    return Tab(label, url, key=key, key_url=url_for(begins_at, patient_id=patient_id), key_label=words)
