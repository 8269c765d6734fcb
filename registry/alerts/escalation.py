"""Urgent alerts pass on by the clock, and snoozes end: what is looked at every few minutes.

Nobody acknowledged in time, or somebody did and the day ended without an outcome: the alert passes to whoever is on
duty, then to the clinic's lead, and is told again until somebody acts. The clock runs in opening hours.

What nobody has, because nobody was on duty when it opened, goes to whoever is on duty now.

Where a clinic has somebody on call, what would wait for the opening goes to them as soon as the clinic is closed, and
until it opens the clock runs on.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from registry import clock
from registry.access import scope
from registry.alerts.clinic_times import hours_of, response_times_of
from registry.alerts.duty import on_call, on_duty
from registry.alerts.lifecycle import Log, end_snooze
from registry.alerts.models import Alert
from registry.alerts.opening_hours import next_open
from registry.alerts.owners import lead_of
from registry.alerts.rulebook import Tier, is_immediate
from registry.alerts.signals import attention_changed
from registry.audit.recorder import record
from registry.clinics.models import Clinic, DutyCover
from registry.db.transaction import end_read, write
from registry.extensions import db

DUTY, LEAD = 1, 2
_GIVEN_AT_ONCE = 200
"""Alerts given to whoever is on duty in one look; the next look goes on."""


@dataclass(slots=True)
class Passed:
    """What one look at the clock did."""

    escalated: int = 0
    snoozes_ended: int = 0
    given: int = 0
    """Alerts nobody had, now with whoever is on duty."""
    called: int = 0
    """Alerts that would have waited for the opening, now with whoever is on call."""


def escalate_due(*, now: datetime | None = None) -> Passed:
    """Look at every alert whose time has come or that nobody has, each in a transaction of its own."""
    now = now or clock.now()
    passed = Passed()
    with scope.all_patients(reason="alerts pass on by the clock"):
        for alert_id in _without_owner(now):
            _give_to_duty(alert_id, now, passed)
        for alert_id in _asleep(now):
            _call(alert_id, now, passed)
        due = db.session.scalars(
            select(Alert.id)
            .where(
                Alert.closed_at.is_(None),
                Alert.look_at <= now,
                or_(Alert.tier == Tier.URGENT, Alert.snoozed_until.is_not(None)),
            )
            .order_by(Alert.look_at)
        ).all()
        end_read()
        for alert_id in due:
            _look_at(alert_id, now, passed)
    return passed


def _without_owner(now: datetime) -> Sequence[uuid.UUID]:
    """Open alerts nobody has, at clinics where somebody is on duty about now; the most pressing first."""
    is_covered = exists().where(
        DutyCover.clinic_id == Alert.clinic_id,
        DutyCover.starts_on <= now.date() + timedelta(days=1),
        DutyCover.ends_on >= now.date() - timedelta(days=1),
    )
    found = db.session.scalars(
        select(Alert.id)
        .where(Alert.closed_at.is_(None), Alert.owner_id.is_(None), is_covered)
        .order_by(Alert.look_at.asc().nulls_last(), Alert.id)
        .limit(_GIVEN_AT_ONCE)
    ).all()
    end_read()
    return found


def _give_to_duty(alert_id: uuid.UUID, now: datetime, passed: Passed) -> None:
    with write():
        alert: Alert = db.session.get_one(Alert, alert_id, with_for_update=True)
        owner_id = on_duty(alert.clinic_id, db.session.get_one(Clinic, alert.clinic_id).today(now))
        if alert.closed_at is not None or alert.owner_id is not None or owner_id is None:
            return
        alert.owner_id = owner_id
        log = Log()
        log.step(alert, "assigned", now, "On duty now", owner=str(owner_id))
        record("alert.assigned", by=None, subject=alert)
        log.store()
        attention_changed.send(patient_ids=[alert.patient_id], looked_at=None)
        passed.given += 1


def _asleep(now: datetime) -> Sequence[uuid.UUID]:
    """Urgent alerts nobody has acknowledged whose clock waits longer than whoever is on call now would have."""
    places = db.session.scalars(select(Clinic).where(Clinic.has_on_call, Clinic.ended_on.is_(None))).all()
    times = {clinic.id: response_times_of(clinic) for clinic in places if on_call(clinic, now) is not None}
    found: list[uuid.UUID] = []
    if times:
        waiting = db.session.execute(
            select(Alert.id, Alert.clinic_id, Alert.look_at, Alert.evidence)
            .where(
                Alert.closed_at.is_(None),
                Alert.tier == Tier.URGENT,
                Alert.state == "open",
                Alert.clinic_id.in_(times),
                Alert.look_at > now,
            )
            .order_by(Alert.look_at)
        ).all()
        found = [
            row.id
            for row in waiting
            if row.look_at > now + times[row.clinic_id].time_to_acknowledge(immediate=is_immediate(row.evidence))
        ]
    end_read()
    return found


def _call(alert_id: uuid.UUID, now: datetime, passed: Passed) -> None:
    """At night it is nobody's fault: whoever is on call is the first who can answer."""
    with write():
        alert: Alert = db.session.get_one(Alert, alert_id, with_for_update=True)
        clinic = db.session.get_one(Clinic, alert.clinic_id)
        owner_id = on_call(clinic, now)
        if alert.closed_at is not None or alert.state != "open" or owner_id is None:
            return
        log = Log()
        level = max(alert.escalation, DUTY)
        _hand_on(alert, clinic, level, owner_id, "The clinic is closed: to whoever is on call", now=now, log=log)
        log.store()
        attention_changed.send(patient_ids=[alert.patient_id], looked_at=None)
        passed.called += 1


def _look_at(alert_id: uuid.UUID, now: datetime, passed: Passed) -> None:
    with write():
        alert: Alert = db.session.get_one(Alert, alert_id, with_for_update=True)
        if alert.closed_at is not None or alert.look_at is None or alert.look_at > now:
            return  # somebody acted since the list was made
        log = Log()
        if alert.tier == Tier.URGENT:
            _pass_on(alert, now, log)
            passed.escalated += 1
        else:
            end_snooze(alert, now, log)
            passed.snoozes_ended += 1
        log.store()
        attention_changed.send(patient_ids=[alert.patient_id], looked_at=None)


def ask_another(alert: Alert, why: str, *, now: datetime) -> None:
    """Pass an urgent alert on at once, unless it would come back to whoever has it, or to nobody.

    The next attempt stays due when it was. Belongs inside a ``write()``.
    """
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    level, owner_id = _next_person(alert, clinic, now)
    if owner_id is None or owner_id == alert.owner_id:
        return
    log, attempt = Log(), alert.look_at
    _hand_on(alert, clinic, level, owner_id, why, now=now, log=log)
    if attempt is not None and alert.look_at is not None:
        alert.look_at = min(attempt, alert.look_at)
    log.store()


def _pass_on(alert: Alert, now: datetime, log: Log) -> None:
    """To whoever is on duty when the clinic is next open, then to the lead, again and again."""
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    level, owner_id = _next_person(alert, clinic, now)
    why = _why(alert)
    words = f"{why}; nobody is on duty and the clinic has no lead" if owner_id is None else why
    _hand_on(alert, clinic, level, owner_id, words, now=now, log=log)


def _hand_on(
    alert: Alert, clinic: Clinic, level: int, owner_id: uuid.UUID | None, words: str, *, now: datetime, log: Log
) -> None:
    alert.escalation = level
    if owner_id is not None:
        alert.owner_id = owner_id
    alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "open", None, None
    times, immediate = response_times_of(clinic), is_immediate(alert.evidence)
    is_answered_at_night = on_call(clinic, now) is not None
    alert.look_at = (
        now + times.time_to_acknowledge(immediate=immediate)
        if is_answered_at_night
        else times.acknowledge_by(now, immediate=immediate)
    )
    log.step(alert, "escalated", now, words, level=level, owner=None if owner_id is None else str(owner_id))
    record("alert.escalated", by=None, subject=alert, reason=words)


def _why(alert: Alert) -> str:
    if alert.state == "acknowledged":
        return "Acknowledged, but no outcome in time"
    return "Nobody acknowledged it in time"


def _next_person(alert: Alert, clinic: Clinic, now: datetime) -> tuple[int, uuid.UUID | None]:
    at = next_open(now, hours_of(clinic), clinic.zone)
    if alert.escalation < DUTY:
        duty = on_duty(clinic.id, clinic.today(at))
        if duty is not None and duty != alert.owner_id:
            return DUTY, duty
    return LEAD, lead_of(clinic.id)
