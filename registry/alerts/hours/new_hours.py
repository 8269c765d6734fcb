"""A clinic that changes its hours, its zone or how soon it answers moves the clocks of its open alerts, in the
transaction of the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.response_times import ResponseTimes, start_of
from registry.alerts.models import Alert
from registry.alerts.rulebook import Tier, is_immediate
from registry.audit.recorder import Actor, record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.extensions import db


def move_clocks(*, clinic: Clinic, old: ResponseTimes, by: Actor | None) -> int:
    """Bring the clock of each open alert in line with the clinic's new times; returns how many moved.

    Belongs inside the ``write()`` that changed them. One statement whatever the clinic has closed before.
    """
    new, now = response_times_of(clinic), clock.now()
    if new == old:
        return 0
    moved = 0
    with write(), scope.all_patients(reason="the times of the clinic changed for all of its alerts"):
        for alert in _on_the_clock(clinic):
            look_at = _look_at(alert, now, old=old, new=new)
            if look_at == alert.look_at:
                continue
            alert.look_at = look_at
            record("alert.rescheduled", by=by, subject=alert)
            moved += 1
        db.session.flush()
    return moved


def _on_the_clock(clinic: Clinic) -> Sequence[Alert]:
    return db.session.scalars(
        select(Alert)
        .where(Alert.clinic_id == clinic.id, Alert.closed_at.is_(None), Alert.look_at.is_not(None))
        .order_by(Alert.id)
        .with_for_update()
    ).all()


def _look_at(alert: Alert, now: datetime, *, old: ResponseTimes, new: ResponseTimes) -> datetime | None:
    """A snooze ends as its day begins, an outcome is due as the day ends; a time somebody named stays.

    So does the day on which the lead is told, while the clinic is open on it: another number of days counts from what
    is told next.
    """
    if alert.look_at is None:
        return None
    if alert.snoozed_until is not None:
        return start_of(alert.snoozed_until, new.zone)
    if alert.tier != Tier.URGENT:
        return new.told_by_instead(alert.look_at, old, is_acknowledged=alert.state == "acknowledged")
    if alert.acknowledged_at is None:
        immediate = is_immediate(alert.evidence)
        return new.acknowledge_by_instead(alert.look_at, now=now, old=old, immediate=immediate)
    for at_night in (False, True):
        if alert.look_at == old.outcome_by(alert.acknowledged_at, on_call=at_night):
            return new.outcome_by(alert.acknowledged_at, on_call=at_night)
    return alert.look_at
