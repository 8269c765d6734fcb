"""One open safety alert a person: when two records become one, their two alerts do."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.accounts.models import User
from registry.alerts.lifecycle import step_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.audit.recorder import record
from registry.extensions import db

_STATES = ("open", "acknowledged")
"""The less has been done about an alert, the earlier it stands here."""


def join_safety_alerts(*, patient_ids: tuple[uuid.UUID, uuid.UUID], words: str, now: datetime, by: User) -> bool:
    """Close the milder of the two records' open safety alerts in favour of the other; whether there were two.

    The more pressing one stays open, of equal ones that nobody has acknowledged, then that of the first record. What
    the other told of is added to it by the look that follows: to close this one says of no danger that it was dealt
    with. Belongs inside ``write()``, before the rows are moved.
    """
    found = db.session.scalars(
        select(Alert).where(Alert.patient_id.in_(patient_ids), Alert.is_safety, Alert.closed_at.is_(None))
    )
    alerts = sorted(found, key=lambda alert: _place(alert, patient_ids))
    if len(alerts) < 2:
        return False
    stays, joined = alerts
    joined.state, joined.closed_at, joined.look_at = "closed", now, None
    joined.joined_id, joined.closing_words = stays.id, words
    stays.since = min(stays.since, joined.since)
    steps = [
        step_of(joined, "joined", now, by_id=by.id, words=words),
        step_of(stays, "joined", now, by_id=by.id, words=f"{words}: {joined.sentence}"),
    ]
    record("alert.joined", by=by, subject=joined, reason=words)
    record("alert.joined", by=by, subject=stays, reason=words)
    db.session.flush()
    insert_rows(scope.current(), AlertEvent, steps)
    return True


def _place(alert: Alert, patient_ids: tuple[uuid.UUID, uuid.UUID]) -> tuple[int, int, int]:
    return Tier(alert.tier).rank, _STATES.index(alert.state), patient_ids.index(alert.patient_id)
