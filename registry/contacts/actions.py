"""Logging contacts, correcting them, reporting a danger."""

from __future__ import annotations

import uuid
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact, DangerReport
from registry.contacts.rules import is_two_way
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.struck_out import refuse_superseded, strike_out
from registry.db.transaction import write
from registry.episodes.actions import complete_transfers
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db

__all__ = [
    "ContactFacts",
    "correct_contact",
    "mark_entered_in_error",
    "record_contact",
    "report_danger",
    "withdraw_report",
]


def record_contact(
    *, patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: ContactFacts, by: User, staff_id: uuid.UUID | None = None
) -> Contact:
    """Log a contact or an attempt. ``staff_id`` when somebody else than ``by`` was in contact."""
    with write():
        contact = _new(patient_id, clinic_id, facts, by=by, staff_id=staff_id or by.id)
        db.session.flush()
        _take_over(contact, by=by)
        record("contact.recorded", by=by, subject=contact, kind="create")
        tell_episode_changed(patient_id)
    return contact


def correct_contact(
    *, contact: Contact, facts: ContactFacts, why: str, opened_version: int | None, by: User
) -> Contact:
    """Replace a contact; the old one is kept. Raises ``EditConflict`` when somebody else changed it since."""
    with write():
        refuse_superseded(contact, opened_version=opened_version)
        replacement = _new(contact.patient_id, contact.clinic_id, facts, by=by, staff_id=contact.staff_id)
        replacement.replaces_id, replacement.why = contact.id, why
        contact.status = "amended"
        db.session.flush()
        _take_over(replacement, by=by)
        record("contact.corrected", by=by, subject=replacement, reason=why)
        tell_episode_changed(contact.patient_id)
    return replacement


def mark_entered_in_error(*, contact: Contact, why: str, opened_version: int | None, by: User) -> None:
    """Keep the contact, struck through and counted nowhere. Raises ``EditConflict``."""
    with write():
        strike_out(contact, why=why, opened_version=opened_version, by_id=by.id)
        record("contact.entered-in-error", by=by, subject=contact, reason=why)
        tell_episode_changed(contact.patient_id)


def report_danger(
    *,
    patient_id: uuid.UUID,
    clinic_id: uuid.UUID,
    kind: str,
    reported_on: date,
    said_by: str,
    words: str,
    done: str = "",
    by: User,
) -> DangerReport:
    """Say that the person is, or may be, in danger: an urgent alert opens in the same transaction."""
    with write():
        report = DangerReport(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=kind,
            reported_on=reported_on,
            said_by=said_by,
            words=words,
            done=done,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
        )
        db.session.add(report)
        db.session.flush()
        record("danger.reported", by=by, subject=report, kind="create")
        tell_episode_changed(patient_id)
    return report


def withdraw_report(*, report: DangerReport, why: str, opened_version: int | None, by: User) -> None:
    """Keep a report that was about somebody else, or never was, struck through and counted nowhere.

    The alert that tells of it stays with a person, who closes it. Raises ``EditConflict``.
    """
    with write():
        refuse_stale(report, opened_version=opened_version)
        if report.status != "final":
            raise EditConflict(report)
        by_id = by.id  # read first: it may ask the database, which must not see half a change
        report.status, report.why = "entered-in-error", why
        report.voided_at, report.voided_by_id = clock.now(), by_id
        record("danger.entered-in-error", by=by, subject=report, reason=why)
        tell_episode_changed(report.patient_id)


def _take_over(contact: Contact, *, by: User) -> None:
    """The first two-way contact of a clinic that somebody was transferred to ends the episode they came from."""
    if is_two_way(contact.kind, reached=contact.reached):
        complete_transfers(patient_id=contact.patient_id, clinic_id=contact.clinic_id, on=contact.took_place_on, by=by)


def _new(patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: ContactFacts, *, by: User, staff_id: uuid.UUID) -> Contact:
    contact = Contact(
        patient_id=patient_id,
        clinic_id=clinic_id,
        took_place_on=facts.took_place_on,
        started_at=facts.started_at,
        minutes=facts.minutes,
        staff_id=staff_id,
        kind=facts.kind,
        modality=facts.modality,
        reached=facts.reached,
        took_part=list(facts.took_part),
        participants=facts.participants,
        note=facts.note,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )
    db.session.add(contact)
    return contact
