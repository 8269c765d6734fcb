"""What is true whenever the clock of the alerts is looked at: each step once, while the clinic is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from sqlalchemy import func, select

from registry.alerts.escalation import Passed, escalate_due
from registry.alerts.models import DUTY, LEAD, Alert, AlertEvent
from registry.db.transaction import end_read
from registry.extensions import db
from tests.timetravel.life import Life, Place


@dataclass(slots=True)
class Watch:
    """Looks at the clock as the program does, and keeps what was wrong."""

    lives: Sequence[Life]
    wrong: list[str] = field(default_factory=list)
    steps: int = 0

    def __call__(self, at: datetime) -> None:
        due = self._urgent_at_work(at)
        passed = escalate_due(now=at)
        self.steps += passed.escalated
        if passed.escalated != len(due):
            self._complain(at, f"{len(due)} alerts were due and {passed.escalated} passed on")
        for alert_id, level in due.items():
            self._judge(alert_id, level, at)
        if escalate_due(now=at) != Passed():
            self._complain(at, "a second look at the same instant did something")
        end_read()

    def _urgent_at_work(self, at: datetime) -> dict[object, int]:
        rows = db.session.execute(
            select(Alert.id, Alert.escalation).where(
                Alert.closed_at.is_(None), Alert.tier == "urgent", Alert.look_at <= at
            )
        ).all()
        end_read()
        return {row.id: row.escalation for row in rows}

    def _judge(self, alert_id: object, before: int, at: datetime) -> None:
        alert = db.session.get_one(Alert, alert_id)
        place = next(place for life in self.lives for place in life.places if place.clinic_id == alert.clinic_id)
        what = f"{alert.rule} in {place.name}"
        if not _is_open(place, at):
            self._complain(at, f"{what} passed on at {at.astimezone(place.zone):%a %H:%M} there, when nobody works")
        taken = db.session.scalar(
            select(func.count()).where(
                AlertEvent.alert_id == alert.id, AlertEvent.kind == "escalated", AlertEvent.at == at
            )
        )
        if taken != 1:
            self._complain(at, f"{what} passed on {taken} times at once")
        if alert.escalation not in (DUTY, LEAD) or alert.escalation < before:
            self._complain(at, f"{what} went from level {before} to {alert.escalation}")
        if alert.look_at is None or alert.look_at <= at or alert.state != "open":
            self._complain(at, f"{what} waits for nobody after it passed on")

    def _complain(self, at: datetime, words: str) -> None:
        self.wrong.append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {words}")


def _is_open(place: Place, at: datetime) -> bool:
    """Weekdays from 8:30 to 17:00 on the clinic's wall, both included: the day's end is when it passes on."""
    there = at.astimezone(place.zone)
    return there.weekday() < 5 and time(8, 30) <= there.time() <= time(17)
