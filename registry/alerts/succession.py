"""Who answers for an alert follows the care team."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from registry.alerts.late_result import is_late_result
from registry.alerts.lifecycle import give
from registry.alerts.loading.cases import Person
from registry.alerts.log import Log
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.owners import Team, can_answer, owner_of
from registry.alerts.rulebook import Audience, Tier, rule
from registry.alerts.signals import asks_somebody
from registry.audit.recorder import record
from registry.extensions import db


def follow_team(alerts: Iterable[Alert], person: Person, team: Team, *, now: datetime, log: Log) -> None:
    """An alert follows the team: a new person of record takes it over, unless somebody took or was given it."""
    moving: list[tuple[Alert, uuid.UUID | None]] = []
    for alert in alerts:
        if alert.closed_at is not None or (alert.escalation and alert.tier == Tier.URGENT):
            continue
        today = person.clinics[alert.clinic_id].today(now)
        wanted = owner_of(_audience(alert), clinic_id=alert.clinic_id, team=team, today=today)
        if wanted != alert.owner_id:
            moving.append((alert, wanted))
    if not moving:
        return
    taken = _taken_by_hand([alert for alert, _ in moving])
    for alert, wanted in moving:
        if alert.owner_id is not None and alert.id in taken and can_answer(alert.owner_id):
            continue
        if alert.owner_id is not None and (wanted is None or is_late_result(alert)) and can_answer(alert.owner_id):
            continue
        give(alert, wanted, clinic=person.clinics[alert.clinic_id], now=now, numbers=log.numbers)
        log.step(alert, "assigned", now, "Follows the care team", owner=None if wanted is None else str(wanted))
        if wanted is not None and log.hindsight is None:
            asks_somebody.send(alert=alert, at=now, to=[wanted])
        record("alert.assigned", by=None, subject=alert)


def _audience(alert: Alert) -> Sequence[str]:
    """Whose work it is. A place in the queue is the psychiatrist's, whoever else the rule is for."""
    if alert.is_safety:
        return ()
    return (Audience.PSYCHIATRIST,) if alert.tier == Tier.QUEUE else rule(alert.rule).audience


def _taken_by_hand(alerts: Sequence[Alert]) -> set[uuid.UUID]:
    """Alerts a person took by acknowledging, or was given."""
    return set(
        db.session.scalars(
            select(AlertEvent.alert_id).where(
                AlertEvent.alert_id.in_([alert.id for alert in alerts]),
                AlertEvent.kind.in_(("assigned", "acknowledged")),
                AlertEvent.by_id.is_not(None),
            )
        )
    )
