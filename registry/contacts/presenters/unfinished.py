"""Drafts and the timer in words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from registry.contacts.models import REVIEW, ContactDraft
from registry.contacts.timer import Timed
from registry.patients.models import Patient
from registry.web.filters import count, local_time


@dataclass(frozen=True, slots=True)
class DraftShown:
    """What somebody has begun about one person."""

    name: str
    words: str
    begins: str
    """The first words of its note."""
    url: str
    discard_url: str


@dataclass(frozen=True, slots=True)
class TimerShown:
    """What is being timed, at the head of every page.

    ``name`` is empty for a person the reader may no longer see: there is nothing to log then, only to throw away.
    ``stop_url`` is empty where the time stops with what it is for.
    """

    label: str
    name: str
    patient_url: str
    words: str
    is_running: bool
    seconds: int
    """Since it began, when the page was made."""
    stop_url: str
    log_url: str
    discard_url: str


def show_draft(draft: ContactDraft, patient: Patient, zone: ZoneInfo, *, episode_id: uuid.UUID | None) -> DraftShown:
    """A draft where it is found again. It goes on at the clinic of ``episode_id``, for which it was begun."""
    note = " ".join(str(draft.typed.get("note", "")).split())
    whose: dict[str, Any] = {"patient_id": patient.id}
    what, form, discard = "Contact", "contacts.log_contact", "contacts.discard_draft"
    if draft.contact_id is not None:
        whose["contact_id"] = draft.contact_id
        what, form, discard = "Correction of a contact", "contacts.correct", "contacts.discard_correction"
    return DraftShown(
        name=patient.name,
        words=f"{what} begun, kept {local_time(draft.saved_at, zone)}",
        begins=note if len(note) <= 80 else f"{note[:79].rstrip()}…",
        url=url_for(form, **whose, episode=episode_id),
        discard_url=url_for(discard, **whose),
    )


def show_timer(timed: Timed, now: datetime, *, whose: str = "") -> TimerShown:
    """What is being timed, or was and is not logged yet. ``whose``: "own_" for one's own people, "" for everybody."""
    person = timed.patient.id
    is_running = timed.stopped_at is None
    if timed.purpose == REVIEW:
        return _show_review_timer(timed, now)
    return TimerShown(
        label="Contact being timed",
        name=timed.patient.name,
        patient_url=url_for("caseload.my_people")
        if whose
        else url_for("contacts.contacts", patient_id=person, episode=timed.episode_id),
        words=f"since {timed.start:%H:%M}" if is_running else f"{timed_words(timed)}, not logged yet",
        is_running=is_running,
        seconds=max(0, int((now - timed.started_at).total_seconds())),
        stop_url=url_for(f"contacts.stop_{whose}timer"),
        log_url=url_for(f"contacts.log_{whose}contact", patient_id=person, episode=timed.episode_id),
        discard_url=url_for(f"contacts.discard_{whose}timer"),
    )


def _show_review_timer(timed: Timed, now: datetime) -> TimerShown:
    """It stops when the review is saved."""
    return TimerShown(
        label="Review being timed",
        name=timed.patient.name,
        patient_url=url_for("review.case", patient_id=timed.patient.id, episode=timed.episode_id),
        words=f"reviewed since {timed.start:%H:%M}",
        is_running=True,
        seconds=max(0, int((now - timed.started_at).total_seconds())),
        stop_url="",
        log_url="",
        discard_url=url_for("contacts.discard_timer"),
    )


def unseen_timer(*, whose: str = "") -> TimerShown:
    """A time with somebody the reader may no longer see. ``whose`` as with ``show_timer``."""
    return TimerShown(
        label="Time being taken",
        name="",
        patient_url="",
        words="You are timing something with somebody your clinics no longer see",
        is_running=False,
        seconds=0,
        stop_url="",
        log_url="",
        discard_url=url_for(f"contacts.discard_{whose}timer"),
    )


def timed_words(timed: Timed) -> str:
    """From when to when; that it ran too long where the end has to be said by a person."""
    if timed.end is None:
        return f"from {timed.start:%H:%M}, longer than a contact lasts"
    return f"{timed.start:%H:%M}–{timed.end:%H:%M}"


def minutes_words(minutes: int, month: str) -> str:
    """What the team spent in a month."""
    return f"{count(minutes, 'minute')} in {month}"
