"""What is looked at every few minutes: urgent alerts pass on, the lead is told of actions, and snoozes end.

Nobody acknowledged in time, or somebody did and the day ended without an outcome: the alert passes to whoever is on
duty, then to the clinic's lead, and is told again until somebody acts. The clock runs in opening hours.

What nobody has, because nobody was on duty when it opened, goes to whoever is on duty now.

Where a clinic has somebody on call, what would wait for the opening goes to them as soon as the clinic is closed, and
until it opens the clock runs on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, exists, or_, select

from registry import clock
from registry.access import scope
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import on_call, on_duty
from registry.alerts.hours.opening_hours import next_open
from registry.alerts.lifecycle import end_snooze
from registry.alerts.log import Log
from registry.alerts.models import DUTY, LEAD, Alert
from registry.alerts.next_person import next_person, was_asked_tonight
from registry.alerts.owners import lead_of
from registry.alerts.rulebook import Tier, is_immediate
from registry.alerts.signals import asks_somebody, attention_changed
from registry.audit.recorder import record
from registry.clinics.models import Clinic, DutyCover
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.patients.queries import lock_patient
from registry.web.request_log import log, what_failed

_GIVEN_AT_ONCE = 200
"""Alerts given to whoever is on duty in one look; the next look goes on."""


@dataclass(slots=True)
class Passed:
    """What one look at the clock did."""

    escalated: int = 0
    told: int = 0
    """Actions nobody took up, now told to the lead."""
    snoozes_ended: int = 0
    given: int = 0
    """Alerts nobody had, now with whoever is on duty."""
    called: int = 0
    """Alerts that would have waited for the opening, now with whoever is on call."""
    failed: int = 0
    """Alerts that could not be looked at: the others were, and the next look tries again."""


def escalate_due(*, now: datetime | None = None) -> Passed:
    """Look at every alert whose time has come or that nobody has, each in a transaction of its own."""
    now = now or clock.now()
    passed = Passed()
    with scope.all_patients(reason="alerts pass on by the clock"):
        for alert_id, patient_id in _without_owner(now):
            passed.given += _look_at(alert_id, patient_id, now, _give_to_duty, passed)
        for alert_id, patient_id in _asleep(now):
            passed.called += _look_at(alert_id, patient_id, now, _call, passed)
        due = db.session.execute(
            select(Alert.id, Alert.patient_id, Alert.tier, Alert.snoozed_until)
            .where(
                Alert.closed_at.is_(None),
                Alert.look_at <= now,
                or_(Alert.tier.in_((Tier.URGENT, Tier.ACTION)), Alert.snoozed_until.is_not(None)),
            )
            .order_by(Alert.look_at)
        ).all()
        end_read()
        for alert_id, patient_id, tier, snoozed_until in due:
            has_moved = _look_at(alert_id, patient_id, now, _pass_on_if_due, passed)
            if snoozed_until is not None:
                passed.snoozes_ended += has_moved
            elif tier == Tier.URGENT:
                passed.escalated += has_moved
            else:
                passed.told += has_moved
    return passed


def _without_owner(now: datetime) -> Sequence[Row[uuid.UUID, uuid.UUID]]:
    """Open alerts nobody has, with whom they are about, where somebody is on duty about now; most pressing first."""
    is_covered = exists().where(
        DutyCover.clinic_id == Alert.clinic_id,
        DutyCover.starts_on <= now.date() + timedelta(days=1),
        DutyCover.ends_on >= now.date() - timedelta(days=1),
    )
    found = db.session.execute(
        select(Alert.id, Alert.patient_id)
        .where(Alert.closed_at.is_(None), Alert.owner_id.is_(None), is_covered)
        .order_by(Alert.look_at.asc().nulls_last(), Alert.id)
        .limit(_GIVEN_AT_ONCE)
    ).all()
    end_read()
    return found


def _asleep(now: datetime) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Urgent alerts whose clock waits longer than whoever is on call now would have."""
    places = db.session.scalars(select(Clinic).where(Clinic.has_on_call, Clinic.ended_on.is_(None))).all()
    called = {clinic.id: clinic for clinic in places if on_call(clinic, now) is not None}
    found: list[tuple[uuid.UUID, uuid.UUID]] = []
    if called:
        waiting = db.session.scalars(
            select(Alert)
            .where(
                Alert.closed_at.is_(None), Alert.tier == Tier.URGENT, Alert.clinic_id.in_(called), Alert.look_at > now
            )
            .order_by(Alert.look_at)
        ).all()
        found = [(alert.id, alert.patient_id) for alert in waiting if _is_asleep(alert, called[alert.clinic_id], now)]
    end_read()
    return found


def _is_asleep(alert: Alert, clinic: Clinic, now: datetime) -> bool:
    """Nobody has acknowledged it, or whoever did looks again only once the clinic has opened.

    Whoever is on call was told of the second tonight, or has it: they choose when to try again.
    """
    owner_id = on_call(clinic, now)
    if alert.look_at is None or owner_id is None:
        return False
    times = response_times_of(clinic)
    if alert.state == "open":
        return alert.look_at > now + times.time_to_acknowledge(immediate=is_immediate(alert.evidence))
    return (
        alert.look_at > next_open(now, times.hours, times.zone)
        and owner_id != alert.owner_id
        and not was_asked_tonight(alert.id, owner_id, clinic, now)
    )


def _look_at(
    alert_id: uuid.UUID,
    patient_id: uuid.UUID,
    now: datetime,
    act: Callable[[Alert, datetime, Log], bool],
    passed: Passed,
) -> bool:
    """Act on one alert in a transaction of its own; whether there was something to do.

    A person whose record cannot be evaluated stops nobody else's alert, and their own passes on all the same: only
    the lists that show it follow later.
    """
    for follows in (True, False):
        try:
            return _acted(alert_id, patient_id, now, act, follows=follows)
        except Exception as error:  # of whatever kind: nobody else's alert waits for this record
            log.error("alert.look-failed", job="alerts.clock", alert_id=str(alert_id), **what_failed(error))
    passed.failed += 1
    return False


def _acted(
    alert_id: uuid.UUID,
    patient_id: uuid.UUID,
    now: datetime,
    act: Callable[[Alert, datetime, Log], bool],
    *,
    follows: bool,
) -> bool:
    with write():
        lock_patient(patient_id)  # first, as every write about a person does: what lists show is never older than facts
        alert: Alert = db.session.get_one(Alert, alert_id, with_for_update=True)
        steps = Log()
        if alert.patient_id != patient_id or alert.closed_at is not None or not act(alert, now, steps):
            return False  # somebody acted since the list was made
        steps.store()
        if follows:
            attention_changed.send(patient_ids=[patient_id], looked_at=None)
    return True


def _give_to_duty(alert: Alert, now: datetime, steps: Log) -> bool:
    owner_id = on_duty(alert.clinic_id, db.session.get_one(Clinic, alert.clinic_id).today(now))
    if alert.owner_id is not None or owner_id is None:
        return False
    alert.owner_id = owner_id
    steps.step(alert, "assigned", now, "On duty now", owner=str(owner_id))
    record("alert.assigned", by=None, subject=alert)
    asks_somebody.send(alert=alert, at=now, to=[owner_id])
    return True


def _pass_on_if_due(alert: Alert, now: datetime, steps: Log) -> bool:
    if not _is_due(alert, now):
        return False
    if alert.snoozed_until is not None:
        end_snooze(alert, db.session.get_one(Clinic, alert.clinic_id), now, steps)
        if not _is_due(alert, now):
            return True
    if alert.tier == Tier.URGENT:
        _pass_on(alert, now, steps)
    else:
        _tell_lead(alert, now, steps)
    return True


def _is_due(alert: Alert, now: datetime) -> bool:
    return alert.look_at is not None and alert.look_at <= now


def _tell_lead(alert: Alert, now: datetime, steps: Log) -> None:
    """Once, and it stays with whoever has it: it stands on the lead's day until somebody acknowledges or closes it."""
    lead_id, why = lead_of(alert.clinic_id), _why(alert)
    alert.escalation, alert.look_at = LEAD, None
    words = f"{why}; the clinic has no lead" if lead_id is None else why
    steps.step(alert, "escalated", now, words, level=LEAD, lead=None if lead_id is None else str(lead_id))
    record("alert.escalated", by=None, subject=alert, reason=words)


def _call(alert: Alert, now: datetime, steps: Log) -> bool:
    """At night it is nobody's fault: whoever is on call is the first who can answer."""
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    owner_id = on_call(clinic, now)
    if not _is_asleep(alert, clinic, now):
        return False
    level = max(alert.escalation, DUTY)
    _hand_on(alert, clinic, level, owner_id, "The clinic is closed: to whoever is on call", now=now, steps=steps)
    return True


def ask_another(alert: Alert, why: str, *, now: datetime) -> None:
    """Pass an urgent alert on at once, unless it would come back to whoever has it, or to nobody.

    The next attempt stays due when it was. Belongs inside a ``write()``.
    """
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    level, owner_id = next_person(alert, clinic, now)
    if owner_id is None or owner_id == alert.owner_id:
        return
    steps, attempt = Log(), alert.look_at
    _hand_on(alert, clinic, level, owner_id, why, now=now, steps=steps)
    if attempt is not None and alert.look_at is not None:
        alert.look_at = min(attempt, alert.look_at)
    steps.store()


def _pass_on(alert: Alert, now: datetime, steps: Log) -> None:
    """To whoever answers for the clinic, then to the lead, again and again."""
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    level, owner_id = next_person(alert, clinic, now)
    why = _why(alert)
    words = f"{why}; nobody is on duty and the clinic has no lead" if owner_id is None else why
    _hand_on(alert, clinic, level, owner_id, words, now=now, steps=steps)


def _hand_on(
    alert: Alert, clinic: Clinic, level: int, owner_id: uuid.UUID | None, words: str, *, now: datetime, steps: Log
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
    steps.step(alert, "escalated", now, words, level=level, owner=None if owner_id is None else str(owner_id))
    record("alert.escalated", by=None, subject=alert, reason=words)
    if alert.owner_id is not None:
        asks_somebody.send(alert=alert, at=now, to=[alert.owner_id])


def _why(alert: Alert) -> str:
    if alert.state == "acknowledged":
        return "Acknowledged, but no outcome in time"
    return "Nobody acknowledged it in time"
