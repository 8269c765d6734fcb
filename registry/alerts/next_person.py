"""Who is asked next of an urgent alert: whoever answers for the clinic at that hour, then its lead."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select

from registry.alerts.hours.clinic_times import hours_of
from registry.alerts.hours.duty import on_call, on_duty
from registry.alerts.hours.opening_hours import next_open
from registry.alerts.models import DUTY, LEAD, Alert, AlertEvent
from registry.alerts.owners import lead_of
from registry.clinics.models import Clinic
from registry.extensions import db


def next_person(alert: Alert, clinic: Clinic, now: datetime) -> tuple[int, uuid.UUID | None]:
    """How far the alert has come then, and who is asked; nobody where the clinic has no lead either.

    While the clinic is closed, whoever is on call, once a night. What was acknowledged at night and not done by the
    opening begins with duty: they were not there to be asked.
    """
    call = on_call(clinic, now)
    if call is not None:
        is_left = call != alert.owner_id and not was_asked_tonight(alert.id, call, clinic, now)
        return (max(alert.escalation, DUTY), call) if is_left else (LEAD, lead_of(clinic.id))
    if alert.escalation < DUTY or _was_acknowledged_at_night(alert, clinic):
        duty = on_duty(clinic.id, clinic.today(next_open(now, hours_of(clinic), clinic.zone)))
        if duty is not None and duty != alert.owner_id:
            return max(alert.escalation, DUTY), duty
    return LEAD, lead_of(clinic.id)


def was_asked_tonight(alert_id: uuid.UUID, user_id: uuid.UUID, clinic: Clinic, now: datetime) -> bool:
    """Whether the alert has passed on to them since the clinic closed."""
    at = db.session.scalar(
        select(func.max(AlertEvent.at)).where(
            AlertEvent.alert_id == alert_id,
            AlertEvent.kind == "escalated",
            AlertEvent.details["owner"].as_string() == str(user_id),
        )
    )
    hours = hours_of(clinic)
    return at is not None and next_open(at, hours, clinic.zone) == next_open(now, hours, clinic.zone)


def _was_acknowledged_at_night(alert: Alert, clinic: Clinic) -> bool:
    return alert.acknowledged_at is not None and on_call(clinic, alert.acknowledged_at) is not None
