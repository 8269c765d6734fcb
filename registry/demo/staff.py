"""How invented staff answer alerts: soon, late, or not; and what they note. Pure: times and words, no rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from registry.alerts.hours.opening_hours import OpeningHours, add_open_minutes, next_open, open_minutes_between
from registry.alerts.rulebook import rule as rule_called
from registry.demo import wording
from registry.demo.chance import happens, weighted

Step = Literal["acknowledge", "call", "no-answer", "close", "snooze", "assign"]

_STILL_AT_WORK = 1_300
"""Minutes of opening hours: what came up this short a time ago is often still being worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One step a person takes about an alert. ``days``: how long a snooze lasts."""

    at: datetime
    step: Step
    by_duty: bool = False
    outcome: str = ""
    words: str = ""
    again_at: datetime | None = None
    days: int = 0


def answers(
    roll: Random, *, tier: str, rule: str, opened_at: datetime, until: datetime, hours: OpeningHours, zone: ZoneInfo
) -> Iterator[Answer]:
    """What the team does about an alert that opened, or opened again, at this instant."""
    start = next_open(opened_at, hours, zone)
    if tier == "urgent":
        yield from _urgent(roll, start, until=until, hours=hours, zone=zone)
    elif tier == "action":
        yield from _action(roll, rule, start, hours=hours, zone=zone)
    elif tier == "reminder" and may_be_put_off(rule) and happens(roll, 0.12):
        yield Answer(
            at=_later(start, roll.randint(20, 600), hours, zone),
            step="snooze",
            words=roll.choice(wording.SNOOZE),
            days=roll.randint(5, 20),
        )


def _urgent(roll: Random, start: datetime, *, until: datetime, hours: OpeningHours, zone: ZoneInfo) -> Iterator[Answer]:
    """Acknowledged within the hour as a rule; called, and called again, until somebody was reached."""
    is_recent = start >= until or open_minutes_between(start, until, hours, zone) < _STILL_AT_WORK
    in_time = happens(roll, 0.88)
    if is_recent and happens(roll, 0.25):
        return
    at = _later(start, roll.randint(4, 48) if in_time else roll.randint(65, 110), hours, zone)
    yield Answer(at=at, step="acknowledge", by_duty=not in_time)
    if is_recent and happens(roll, 0.6):
        yield _not_reached(roll, _later(at, 25, hours, zone), _later(at, roll.randint(600, 1_000), hours, zone))
        return
    for _ in range(4):
        at = _later(at, roll.randint(8, 70), hours, zone)
        if happens(roll, 0.72):
            yield Answer(at=at, step="call", by_duty=not in_time)
            yield _closing(roll, at + timedelta(minutes=roll.randint(3, 20)), by_duty=not in_time)
            return
        again_at = _later(at, roll.choice([90, 180, 300]), hours, zone)
        yield _not_reached(roll, at, again_at, by_duty=not in_time)
        at = again_at - timedelta(minutes=80)
    at = _later(at, 120, hours, zone)
    yield Answer(
        at=at,
        step="close",
        outcome="contacted-escalated",
        words="Not reached in four tries: seen by the mobile team, safe",
    )


def _not_reached(roll: Random, at: datetime, again_at: datetime, *, by_duty: bool = False) -> Answer:
    return Answer(at=at, step="no-answer", by_duty=by_duty, words=roll.choice(wording.NOT_REACHED), again_at=again_at)


def _closing(roll: Random, at: datetime, *, by_duty: bool) -> Answer:
    outcome = weighted(
        roll, {"contacted-safe": 0.86, "contacted-escalated": 0.07, "not-a-concern": 0.04, "treatment-changed": 0.03}
    )
    words = {
        "contacted-safe": wording.SAFE,
        "contacted-escalated": wording.ESCALATED,
        "not-a-concern": wording.NOT_A_CONCERN,
        "treatment-changed": wording.HANDLED,
    }
    return Answer(at=at, step="close", by_duty=by_duty, outcome=outcome, words=roll.choice(words[outcome]))


def _action(roll: Random, rule: str, start: datetime, *, hours: OpeningHours, zone: ZoneInfo) -> Iterator[Answer]:
    """Half are taken up within days; some are put off or given to somebody else, many close when the work is done."""
    kind = weighted(roll, {"taken": 0.4, "snoozed": 0.07, "given": 0.03, "left": 0.5})
    at = _later(start, roll.randint(30, 2_000), hours, zone)
    if kind == "taken":
        yield Answer(at=at, step="acknowledge")
        if is_closed_by_hand(rule) and happens(roll, 0.45):
            outcome = "treatment-changed" if rule.startswith("target.") and happens(roll, 0.4) else "handled"
            done_at = _later(at, roll.randint(400, 5_000), hours, zone)
            yield Answer(at=done_at, step="close", outcome=outcome, words=roll.choice(wording.HANDLED))
    elif kind == "snoozed" and may_be_put_off(rule):
        yield Answer(at=at, step="snooze", words=roll.choice(wording.SNOOZE), days=roll.randint(4, 14))
    elif kind == "given":
        yield Answer(at=at, step="assign", words="You know this family best")


def is_closed_by_hand(rule: str) -> bool:
    """Reasons that end by being dealt with, not by a contact, a form or a review."""
    return rule.startswith(("target.", "safety.", "social."))


def may_be_put_off(rule: str) -> bool:
    """Not what one thing alone ends: a contact after a discharge."""
    return not rule_called(rule).ends_with


def _later(at: datetime, minutes: int, hours: OpeningHours, zone: ZoneInfo) -> datetime:
    return add_open_minutes(at, minutes, hours, zone)
