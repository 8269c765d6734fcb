"""One open safety alert a person: when two records become one, their two alerts do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.accounts.models import User
from registry.alerts.log import step_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.audit.recorder import record
from registry.extensions import db

_STATES = ("open", "acknowledged")
"""The less has been done about an alert, the earlier it stands here."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_BESIDE = ("also", "withdrawn", "taken_back")
_RESTS_ON = ("answers", "reports")
"""What stands in an alert's evidence beside that of the rule that leads."""


def join_safety_alerts(*, patient_ids: tuple[uuid.UUID, uuid.UUID], words: str, now: datetime, by: User) -> bool:
    """Close the milder of the two records' open safety alerts in favour of the other; whether there were two.

    The more pressing one stays open, of equal ones that nobody put off, then that nobody has acknowledged, then the
    one that has passed on further or would sooner, then that of the first record. Its clock runs on, and no later than
    the other's. What the other told of is added to it by the look that follows: to close this one says of no danger
    that it was dealt with. Belongs inside ``write()``, before the rows are moved.
    """
    found = db.session.scalars(
        select(Alert).where(Alert.patient_id.in_(patient_ids), Alert.is_safety, Alert.closed_at.is_(None))
    )
    alerts = sorted(found, key=lambda alert: _place(alert, patient_ids))
    if len(alerts) < 2:
        return False
    stays, joined = alerts
    woken = _wake(stays, joined, now=now, by=by)
    _take_over(stays, joined)
    joined.state, joined.closed_at, joined.look_at = "closed", now, None
    joined.joined_id, joined.closing_words = stays.id, words
    stays.since = min(stays.since, joined.since)
    steps = [
        *woken,
        step_of(joined, "joined", now, by_id=by.id, words=words),
        step_of(stays, "joined", now, by_id=by.id, words=words),
    ]
    record("alert.joined", by=by, subject=joined, reason=words)
    record("alert.joined", by=by, subject=stays, reason=words)
    db.session.flush()
    insert_rows(scope.current(), AlertEvent, steps)
    return True


def _wake(stays: Alert, joined: Alert, *, now: datetime, by: User) -> list[dict[str, Any]]:
    """Nothing is put off for longer than before: what told of one danger awake does so still. Returns the step."""
    until = stays.snoozed_until
    if until is None:
        return []
    if joined.snoozed_until is not None:
        if joined.snoozed_until < until:
            stays.snoozed_until, stays.snooze_reason, stays.look_at = (
                joined.snoozed_until,
                joined.snooze_reason,
                joined.look_at,
            )
        return []
    reason, stays.snooze_reason = stays.snooze_reason, ""
    stays.snoozed_until = stays.look_at = None
    details = {"until": until.isoformat()}
    return [step_of(stays, "snooze-ended", now, by_id=by.id, words=reason, details=details)]


def _take_over(stays: Alert, joined: Alert) -> None:
    """What was taken back stays told of until a person closes it; nobody has more time than before.

    What nobody has acknowledged yet asks no second time for what the other told of.
    """
    evidence = dict(stays.evidence)
    if is_waiting := stays.tier == joined.tier == Tier.URGENT and stays.state == "open":
        stays.look_at = min((each.look_at for each in (stays, joined) if each.look_at is not None), default=None)
        stays.escalation = max(stays.escalation, joined.escalation)
        evidence["also"] = [*evidence.get("also", ()), *_standing(joined)]
    taken_back = _withdrawn(joined.evidence)
    if taken_back["withdrawn"]:
        own = evidence.get("taken_back", {})
        evidence["taken_back"] = {
            **{name: [*own.get(name, ()), *taken_back[name]] for name in _RESTS_ON},
            "withdrawn": own.get("withdrawn", {}) | taken_back["withdrawn"],
        }
    if is_waiting or taken_back["withdrawn"]:
        stays.evidence = evidence


def _standing(alert: Alert) -> list[Mapping[str, Any]]:
    """What the alert tells of that was not taken back, as it stands beside the lead of another."""
    lead = {name: value for name, value in alert.evidence.items() if name not in _BESIDE}
    leading = [] if "withdrawn" in alert.evidence else [{"rule": alert.rule, "evidence": lead}]
    return [*leading, *alert.evidence.get("also", ())]


def _withdrawn(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The answers and reports the alert told of that were corrected or entered in error, and what became of each."""
    parts = [part for part in (evidence, evidence.get("taken_back", {})) if part.get("withdrawn")]
    return {
        **{name: [told for part in parts for told in part.get(name, ())] for name in _RESTS_ON},
        "withdrawn": {id_: became for part in parts for id_, became in part["withdrawn"].items()},
    }


def _place(alert: Alert, patient_ids: tuple[uuid.UUID, uuid.UUID]) -> tuple[int, bool, int, int, datetime, int]:
    return (
        Tier(alert.tier).rank,
        alert.snoozed_until is not None,
        _STATES.index(alert.state),
        -alert.escalation,
        alert.look_at or _NEVER,
        patient_ids.index(alert.patient_id),
    )
