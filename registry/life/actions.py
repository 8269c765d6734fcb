"""Writing life events down. Nothing is overwritten."""

from __future__ import annotations

import uuid
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.life.facts import EventFacts
from registry.life.models import LifeEvent
from registry.life.rules import is_open


def record_event(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: EventFacts, by: User) -> LifeEvent:
    """Write down what happened in the person's life."""
    with write():
        now = clock.now()
        event = LifeEvent(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=facts.kind,
            reason=facts.reason,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
            words=facts.words,
            source=facts.source,
            recorded_at=now,
            recorded_by_id=by.id,
            ended_at=None if facts.ends_on is None else now,
            ended_by_id=None if facts.ends_on is None else by.id,
        )
        if is_open(facts.kind, ends_on=facts.ends_on):  # whoever records it says so today, however long ago it began
            today = db.session.get_one(Clinic, clinic_id).today(now)
            event.confirmed_on, event.confirmed_at = max(today, facts.starts_on), now
            event.confirmed_by_id = by.id
        db.session.add(event)
        db.session.flush()
        record("life-event.recorded", by=by, subject=event, kind="create")
        tell_episode_changed(patient_id)
    return event


def confirm_stay(*, event: LifeEvent, on: date, opened_version: int | None, by: User) -> None:
    """Say that the person is still there on a day. Raises ``EditConflict`` where the stay is over or struck through."""
    with write():
        refuse_stale(event, opened_version=opened_version)
        if event.status != "final" or not is_open(event.kind, ends_on=event.ends_on):
            raise EditConflict(event)
        event.confirmed_on, event.confirmed_at = max(on, event.starts_on), clock.now()
        event.confirmed_by_id = by.id
        record("life-event.confirmed", by=by, subject=event)
        tell_episode_changed(event.patient_id)


def call_place(*, event: LifeEvent, on: date, opened_version: int | None, by: User) -> None:
    """Say that the ward, the house or the jail was called on a day, and sent what it needs to know.

    Raises ``EditConflict`` where somebody has said so already, or the stay is over or struck through.
    """
    with write():
        refuse_stale(event, opened_version=opened_version)
        is_standing = event.status == "final" and is_open(event.kind, ends_on=event.ends_on)
        if not is_standing or event.called_on is not None:
            raise EditConflict(event)
        event.called_on, event.called_by_id = max(on, event.starts_on), by.id
        record("life-event.called", by=by, subject=event)
        tell_episode_changed(event.patient_id)


def end_stay(*, event: LifeEvent, on: date, opened_version: int | None, by: User) -> None:
    """Say that a stay is over, and which was its last day.

    Raises ``EditConflict`` where it has an end already or is struck through, ``Refused`` for a day before it began.
    """
    with write():
        refuse_stale(event, opened_version=opened_version)
        if event.status != "final" or not is_open(event.kind, ends_on=event.ends_on):
            raise EditConflict(event)
        if on < event.starts_on:
            raise Refused("Enter a date that is not before the stay began", field="on")
        event.ends_on, event.ended_at, event.ended_by_id = on, clock.now(), by.id
        record("life-event.ended", by=by, subject=event)
        tell_episode_changed(event.patient_id)


def withdraw_event(*, event: LifeEvent, why: str, opened_version: int | None, by: User) -> None:
    """Keep an event, struck through. Raises ``EditConflict``."""
    with write():
        refuse_stale(event, opened_version=opened_version)
        if event.status != "final":
            raise EditConflict(event)
        event.withdrawn_at, event.withdrawn_by_id = clock.now(), by.id
        event.status, event.error_why = "entered-in-error", why
        record("life-event.entered-in-error", by=by, subject=event, reason=why)
        tell_episode_changed(event.patient_id)
