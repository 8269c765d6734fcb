"""Invented staff answer alerts in opening hours, acknowledge before they close, and never close without words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registry.alerts.hours.opening_hours import is_open, read_hours
from registry.alerts.models import OUTCOMES
from registry.demo.calendar import Calendar
from registry.demo.chance import dice
from registry.demo.staff import Answer, answers

ZONE = ZoneInfo("America/New_York")
HOURS = read_hours({day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
SATURDAY = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
LONG_AFTER = SATURDAY + timedelta(days=90)


def answered(number: int, *, tier: str, rule: str = "safety.self-harm", until: datetime = LONG_AFTER) -> list[Answer]:
    return list(answers(dice(number), tier=tier, rule=rule, opened_at=SATURDAY, until=until, hours=HOURS, zone=ZONE))


@pytest.mark.parametrize("tier", ["urgent", "action", "reminder"])
def test_work_begins_when_the_clinic_is_open(tier: str) -> None:
    first = [steps[0].at for number in range(100) if (steps := answered(number, tier=tier))]
    assert first
    assert all(is_open(at - timedelta(minutes=1), HOURS, ZONE) for at in first)


def test_an_urgent_alert_of_the_past_is_acknowledged_then_closed_with_words() -> None:
    for number in range(100):
        steps = answered(number, tier="urgent")
        assert steps[0].step == "acknowledge"
        assert steps[-1].step == "close"
        assert steps[-1].outcome in OUTCOMES
        assert steps[-1].words
        assert [step.at for step in steps] == sorted(step.at for step in steps)


def test_some_urgent_alerts_of_today_are_still_open() -> None:
    now = SATURDAY + timedelta(days=2, hours=3)
    last = [steps[-1].step if (steps := answered(number, tier="urgent", until=now)) else None for number in range(60)]
    assert {None, "no-answer", "close"} <= set(last)


def test_an_attempt_that_failed_says_when_to_try_again() -> None:
    attempts = [step for number in range(100) for step in answered(number, tier="urgent") if step.step == "no-answer"]
    assert attempts
    assert all(step.again_at is not None and step.at < step.again_at for step in attempts)


def test_only_reasons_that_end_by_being_dealt_with_are_closed_by_hand() -> None:
    steps = [step for number in range(200) for step in answered(number, tier="action", rule="engage.no-contact")]
    assert steps
    assert all(step.step != "close" for step in steps)


def test_a_place_in_the_queue_is_left_to_the_meeting() -> None:
    assert answered(1, tier="queue", rule="review.due") == []


def test_the_calendar_keeps_order_and_ends() -> None:
    calendar, told = Calendar(until=SATURDAY + timedelta(hours=2)), []
    calendar.note(SATURDAY + timedelta(hours=1), lambda: told.append("later"))
    calendar.note(SATURDAY, lambda: told.append("sooner"))
    calendar.note(SATURDAY, lambda: calendar.note(SATURDAY + timedelta(minutes=5), lambda: told.append("on the way")))
    calendar.note(SATURDAY + timedelta(hours=3), lambda: told.append("never"))
    for _, happening in calendar:
        happening()
    assert told == ["sooner", "on the way", "later"]
