"""What is true whenever the clock of the alerts is looked at: each step once, while the clinic is open.

While a clinic is closed and somebody is on call, nothing urgent waits for the opening unknown to them.

An action somebody has to hear of is told to the lead as the clinic closes on the last of some working days after it was
news, the day of the news not counted; it stays with whoever has it. The rules are named here, and days counted, anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select

from registry.alerts.escalation import Passed, escalate_due
from registry.alerts.models import DUTY, LEAD, Alert, AlertEvent
from registry.db.transaction import end_read
from registry.extensions import db
from tests.timetravel.life import Life, Place

HEARD_WITHIN = 3
"""Working days; of danger, one."""
MUST_BE_HEARD = (
    "engage.no-contact",
    "engage.referred",
    "life.transition",
    "medication.due",
    "target.mania",
    "target.mixed",
    "target.psychosis",
)
_OPENS, _CLOSES = time(8, 30), time(17)
_NEWS = ("opened", "appended", "assigned", "snooze-ended")


@dataclass(slots=True)
class Watch:
    """Looks at the clock as the program does, and keeps what was wrong."""

    lives: Sequence[Life]
    wrong: list[str] = field(default_factory=list)
    steps: int = 0
    told: int = 0
    called: int = 0

    def __call__(self, at: datetime) -> None:
        due, unheard = self._urgent_at_work(at), self._unheard(at)
        passed = escalate_due(now=at)
        self.steps += passed.escalated
        self.told += passed.told
        self.called += passed.called
        if passed.escalated != len(due):
            self._complain(at, f"{len(due)} alerts were due and {passed.escalated} passed on")
        if passed.told != len(unheard):
            self._complain(at, f"{len(unheard)} actions were due and {passed.told} told to a lead")
        for alert_id, level in due.items():
            self._judge(alert_id, level, at)
        for alert_id, owner_id in unheard.items():
            self._judge_told(alert_id, owner_id, at)
        self._look_for_forgotten(at)
        self._look_for_sleeping(at)
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
        place = self._place(alert)
        what = f"{alert.rule} in {place.name}"
        if not _is_open(place, at) and place.on_call is None:
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

    def _unheard(self, at: datetime) -> dict[object, object]:
        """Actions whose time has come, with who has them."""
        rows = db.session.execute(
            select(Alert.id, Alert.owner_id).where(
                Alert.closed_at.is_(None), Alert.tier == "action", Alert.snoozed_until.is_(None), Alert.look_at <= at
            )
        ).all()
        end_read()
        return {row.id: row.owner_id for row in rows}

    def _judge_told(self, alert_id: object, owner_id: object, at: datetime) -> None:
        alert = db.session.get_one(Alert, alert_id)
        place = self._place(alert)
        what = f"{alert.rule} in {place.name}"
        if (alert.escalation, alert.owner_id, alert.look_at) != (LEAD, owner_id, None):
            self._complain(at, f"{what} was told to the lead and moved")
        if alert.state == "open" and at.astimezone(place.zone) < _heard_by(alert, alert.opened_at, place):
            self._complain(at, f"{what} was told to the lead before its time")
        if alert.acknowledged_at is not None and _day(at, place) - _day(alert.acknowledged_at, place) < _taken_for(
            alert
        ):
            self._complain(at, f"{what} was told to the lead though somebody has it")

    def _look_for_forgotten(self, at: datetime) -> None:
        """Nobody has acknowledged it, nobody put it off, its time is over, and the lead does not know."""
        patients = [patient_id for life in self.lives for patient_id in life.patient_ids]
        waiting = db.session.scalars(
            select(Alert).where(
                Alert.patient_id.in_(patients),
                Alert.closed_at.is_(None),
                Alert.tier == "action",
                Alert.state == "open",
                Alert.snoozed_until.is_(None),
                Alert.escalation < LEAD,
                or_(Alert.is_safety, Alert.rule.in_(MUST_BE_HEARD)),
            )
        ).all()
        for alert in waiting:
            news = db.session.scalar(
                select(func.max(AlertEvent.at)).where(AlertEvent.alert_id == alert.id, AlertEvent.kind.in_(_NEWS))
            )
            if alert.rule == "medication.due" and not _cannot_wait(alert):
                continue
            place = self._place(alert)
            if news is None or at.astimezone(place.zone) >= _heard_by(alert, news, place):
                self._complain(at, f"{alert.rule} in {place.name} has waited since {news} and no lead knows")

    def _look_for_sleeping(self, at: datetime) -> None:
        """Somebody is on call, and yet something urgent waits for the opening of which they do not know."""
        for alert in db.session.scalars(
            select(Alert).where(Alert.closed_at.is_(None), Alert.tier == "urgent", Alert.look_at > at)
        ):
            place = self._place(alert)
            opens = _next_opening(place, at)
            if place.on_call is None or opens is None or alert.look_at is None:
                continue
            waits_until = at + timedelta(hours=1) if alert.state == "open" else opens
            if alert.look_at > waits_until and place.on_call not in self._asked_tonight(alert, place, at):
                self._complain(
                    at, f"{alert.rule} in {place.name} waits until {alert.look_at} unknown to who is on call"
                )

    def _asked_tonight(self, alert: Alert, place: Place, at: datetime) -> set[uuid.UUID | None]:
        """Whoever has it, and to whom it has passed on since the clinic closed."""
        passed = db.session.execute(
            select(AlertEvent.at, AlertEvent.details).where(
                AlertEvent.alert_id == alert.id, AlertEvent.kind == "escalated"
            )
        ).all()
        tonight = _next_opening(place, at)
        asked = {step.details.get("owner") for step in passed if _next_opening(place, step.at) == tonight}
        return {alert.owner_id, *(uuid.UUID(each) for each in asked if each)}

    def _place(self, alert: Alert) -> Place:
        return next(place for life in self.lives for place in life.places if place.clinic_id == alert.clinic_id)

    def _complain(self, at: datetime, words: str) -> None:
        self.wrong.append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {words}")


def _is_open(place: Place, at: datetime) -> bool:
    """Weekdays from 8:30 to 17:00 on the clinic's wall, both included: the day's end is when it passes on."""
    there = at.astimezone(place.zone)
    return there.weekday() < 5 and _OPENS <= there.time() <= _CLOSES


def _next_opening(place: Place, at: datetime) -> datetime | None:
    """When the clinic opens next, where it is closed: on its wall, whatever its clocks do that night."""
    there = at.astimezone(place.zone)
    day = there.date()
    if _is_working(day) and there.time() < _CLOSES:
        if there.time() >= _OPENS:
            return None
    else:
        day += timedelta(days=1)
        while not _is_working(day):
            day += timedelta(days=1)
    return datetime.combine(day, _OPENS, tzinfo=place.zone)


def _cannot_wait(alert: Alert) -> bool:
    """An injection or a neutrophil count is late; a waist is measured at the next visit."""
    late = [each for each in (*alert.evidence["injections"], *alert.evidence["checks"]) if each["is_late"]]
    return any("label" in each or each["check"] == "anc" for each in late)


def _taken_for(alert: Alert) -> timedelta:
    """How long somebody may be on it before the lead knows."""
    return timedelta(days=7 if alert.is_safety else 14)


def _day(at: datetime, place: Place) -> date:
    return at.astimezone(place.zone).date()


def _heard_by(alert: Alert, news: datetime, place: Place) -> datetime:
    """When the lead is to know of it at the latest, on the clinic's wall."""
    day, left = news.astimezone(place.zone).date(), 1 if alert.is_safety else HEARD_WITHIN
    while left:
        day += timedelta(days=1)
        left -= _is_working(day)
    return datetime.combine(day, _CLOSES, tzinfo=place.zone)


def _is_working(day: date) -> bool:
    return day.weekday() < 5
