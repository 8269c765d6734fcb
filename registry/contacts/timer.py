"""What somebody is timing, a contact or the review of a case: one a user, so that no minute is counted twice; begun and
stopped on the server, so that no closed page loses it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from registry import clock
from registry.access.scope import all_patients
from registry.accounts.models import Stopwatch
from registry.audit.recorder import Actor, ActorId, record
from registry.clinics.models import Clinic
from registry.contacts.models import CONTACT, REVIEW, TimedContact
from registry.contacts.rules import LONGEST_MINUTES
from registry.db.conflict import is_overtaken
from registry.db.transaction import is_writing, write
from registry.episodes.queries import episode_at
from registry.extensions import db
from registry.patients.models import Patient

LONGEST = timedelta(minutes=LONGEST_MINUTES)


class AlreadyTiming(RuntimeError):
    """Nobody does two things at once: what is timed is stopped and logged, or thrown away, first."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Whom somebody is, or was, busy with, and since when."""

    purpose: str
    patient: Patient
    clinic: Clinic
    episode_id: uuid.UUID | None
    """By which the clinic is named in an address."""
    started_at: datetime
    stopped_at: datetime | None

    @property
    def minutes(self) -> int:
        """Up to the stop, or to now: to the nearest whole minute, and at least one."""
        seconds = ((self.stopped_at or clock.now()) - self.started_at).total_seconds()
        return max(1, int(seconds + 30) // 60)

    @property
    def is_forgotten(self) -> bool:
        """Whether it ran longer than a contact can: when it ended has to be said by whoever was there."""
        return (self.stopped_at or clock.now()) - self.started_at > LONGEST

    @property
    def took_place_on(self) -> date:
        """The clinic's local date on which it began."""
        return self._local(self.started_at).date()

    @property
    def start(self) -> time:
        """By the clinic's clock, to the minute."""
        return _to_the_minute(self._local(self.started_at))

    @property
    def end(self) -> time | None:
        """By the clinic's clock, to the minute; ``None`` while it runs, and where it ran longer than it can."""
        if self.stopped_at is None or self.is_forgotten:
            return None
        return _to_the_minute(self._local(self.stopped_at))

    def _local(self, instant: datetime) -> datetime:
        zone: ZoneInfo = self.clinic.zone
        return instant.astimezone(zone)


def get_timed(*, by: Actor) -> Timed | None:
    """What this user is timing, or has stopped and not logged; ``None`` also for a person they may no longer see."""
    row = db.session.execute(
        select(
            TimedContact,
            Stopwatch,
            Patient,
            Clinic,
            episode_at(TimedContact.patient_id, TimedContact.clinic_id),
        )
        .join(Stopwatch, Stopwatch.user_id == TimedContact.user_id)
        .join(Patient, Patient.id == TimedContact.patient_id)
        .join(Clinic, Clinic.id == TimedContact.clinic_id)
        .where(TimedContact.user_id == by.id)
    ).one_or_none()
    if row is None:
        return None
    timed, stopwatch, patient, clinic, episode_id = row
    return Timed(timed.purpose, patient, clinic, episode_id, stopwatch.started_at, stopwatch.stopped_at)


def start_timer(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, by: Actor) -> None:
    """Begin to time a contact with this person now. Raises ``AlreadyTiming``."""
    by = ActorId(by.id)
    _in_turn(lambda: _start(patient_id, clinic_id, CONTACT, by=by))


def _in_turn(begin: Callable[[], None]) -> None:
    """PostgreSQL lets two clicks act side by side: the slower one acts again, on what the other one began."""
    try:
        begin()
    except (DBAPIError, StaleDataError) as error:
        if is_writing() or not is_overtaken(error):  # whoever joined a transaction has lost all of it
            raise
        begin()


def _start(patient_id: uuid.UUID, clinic_id: uuid.UUID, purpose: str, *, by: Actor) -> None:
    with write():
        if db.session.get(Stopwatch, by.id) is not None:
            raise AlreadyTiming
        db.session.add(Stopwatch(user_id=by.id, started_at=clock.now()))
        db.session.flush()
        db.session.add(TimedContact(user_id=by.id, patient_id=patient_id, clinic_id=clinic_id, purpose=purpose))
        record(f"{purpose}-timer.started", by=by, patient_id=patient_id, clinic_id=clinic_id)


def stop_timer(*, by: Actor) -> Timed | None:
    """End the time of a contact, and keep it until it is logged or thrown away. Stopped before, it stays as it was."""
    with write():
        timed = get_timed(by=by)
        if timed is None or timed.purpose != CONTACT:
            return None
        stopwatch = db.session.get_one(Stopwatch, by.id)
        if stopwatch.stopped_at is None:
            stopwatch.stopped_at = clock.now()
            record("contact-timer.stopped", by=by, patient_id=timed.patient.id, clinic_id=timed.clinic.id)
    return get_timed(by=by)


def discard_timer(*, by: Actor) -> None:
    """Throw the time away, running or stopped."""
    with write(), all_patients(reason="a timer is its owner's, who may no longer see whom they were with"):
        timed = get_timed(by=by)
        if timed is not None:
            _forget(by)
            record(f"{timed.purpose}-timer.discarded", by=by, patient_id=timed.patient.id, clinic_id=timed.clinic.id)


def get_stopped(patient_id: uuid.UUID, clinic_id: uuid.UUID, *, by: Actor) -> Timed | None:
    """The time this user stopped with this person for this clinic, and has not logged."""
    timed = get_timed(by=by)
    if timed is None or timed.purpose != CONTACT or timed.stopped_at is None:
        return None
    return timed if _is_with(timed, patient_id) and timed.clinic.id == clinic_id else None


def drop_logged(patient_id: uuid.UUID, clinic_id: uuid.UUID, *, by: Actor) -> None:
    """Inside the transaction that saves a contact with this person: a time that was stopped is now logged."""
    if get_stopped(patient_id, clinic_id, by=by) is not None:
        _forget(by)


def time_review(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, by: Actor) -> None:
    """Begin to time the review of this case now. The time of another case, put off, goes: it has no review to count in.

    Raises ``AlreadyTiming`` while a contact is timed.
    """
    by = ActorId(by.id)
    _in_turn(lambda: _time_review(patient_id, clinic_id, by=by))


def _time_review(patient_id: uuid.UUID, clinic_id: uuid.UUID, *, by: Actor) -> None:
    with write():
        timed = get_timed(by=by)
        if timed is not None and timed.purpose == REVIEW:
            if _is_with(timed, patient_id):
                return
            _forget(by)
            record("review-timer.discarded", by=by, patient_id=timed.patient.id, clinic_id=timed.clinic.id)
            db.session.flush()
        _start(patient_id, clinic_id, REVIEW, by=by)


def take_reviewed(patient_id: uuid.UUID, *, by: Actor) -> Timed | None:
    """Inside the transaction that saves a review of this person: its time, which is counted nowhere else any more."""
    timed = get_timed(by=by)
    if timed is None or timed.purpose != REVIEW or not _is_with(timed, patient_id):
        return None
    _forget(by)
    db.session.flush()
    return timed


def _is_with(timed: Timed, patient_id: uuid.UUID) -> bool:
    return timed.patient.id == patient_id


def _forget(by: Actor) -> None:
    db.session.delete(db.session.get_one(TimedContact, by.id))
    db.session.flush()
    db.session.delete(db.session.get_one(Stopwatch, by.id))


def _to_the_minute(local: datetime) -> time:
    return local.time().replace(second=0, microsecond=0)
