"""When an alert is looked at again: it passes on, or the lead is told, unless somebody does something."""

from __future__ import annotations

from datetime import datetime

from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import on_call
from registry.alerts.hours.response_times import ResponseTimes
from registry.alerts.models import LEAD, Alert
from registry.alerts.rulebook import Tier, is_immediate, rule
from registry.clinics.models import Clinic


def look_soon(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> None:
    """No later than if it were news now: what one person has acknowledged, and when they meant to try again, is no time
    of the next one's.
    """
    news = first_look(alert, clinic, now, numbers)
    if news is not None:
        alert.look_at = news if alert.look_at is None else min(alert.look_at, news)


def next_look(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> datetime | None:
    """Of what was put off, or has another tier now: news begins anew, the clock of what is acknowledged goes on."""
    if alert.state == "open":
        return first_look(alert, clinic, now, numbers)
    if alert.tier == Tier.ACTION and alert.escalation == LEAD:
        return None  # the lead knows
    return last_look(alert, clinic, alert.acknowledged_at or now, numbers)


def first_look(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> datetime | None:
    """When what is news now passes on, or is told to the lead, unless somebody acknowledges it; None: never."""
    if alert.tier == Tier.URGENT:
        return _times(clinic, numbers).acknowledge_by(now, immediate=is_immediate(alert.evidence))
    if alert.tier == Tier.ACTION and has_to_be_heard(alert):
        return _times(clinic, numbers).told_by(now, is_safety=alert.is_safety)
    return None


def has_to_be_heard(alert: Alert) -> bool:
    """Whether the lead is told of it as an action: what they were told of may be settled, and the rest not theirs."""
    return alert.is_safety or rule(alert.rule).has_to_be_heard(alert.evidence)


def last_look(alert: Alert, clinic: Clinic, acknowledged_at: datetime, numbers: NumbersInForce) -> datetime | None:
    """When what was acknowledged passes on, or is told to the lead, unless somebody closes it; None: never."""
    times = _times(clinic, numbers)
    if alert.tier == Tier.URGENT:
        return times.outcome_by(acknowledged_at, on_call=on_call(clinic, acknowledged_at) is not None)
    if alert.tier == Tier.ACTION and has_to_be_heard(alert):
        return times.closed_by(acknowledged_at, is_safety=alert.is_safety)
    return None


def _times(clinic: Clinic, numbers: NumbersInForce) -> ResponseTimes:
    return response_times_of(clinic, numbers.at(clinic.id))
