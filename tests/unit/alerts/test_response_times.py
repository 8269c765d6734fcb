"""How soon an urgent alert is looked at again: worked out from opening hours."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from registry.alerts.clinic_numbers import shipped
from registry.alerts.hours.opening_hours import ALWAYS_OPEN, Interval, OpeningHours
from registry.alerts.hours.response_times import ResponseTimes, longest_snooze
from registry.alerts.parameters import ClinicNumber
from registry.alerts.rulebook import Tier

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = OpeningHours(week=((Interval(time(9), time(17)),),) * 5 + ((),) * 2)
OFFICE = ResponseTimes(NINE_TO_FIVE, NEW_YORK, shipped())


def local(text: str) -> datetime:
    """A wall time in New York, as an instant: ``2026-03-13 18:00``, a Friday."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "first_hour_of_the_next_open_day"),
    [
        ("2026-03-12 11:00", "2026-03-13 10:00"),
        ("2026-03-12 18:00", "2026-03-13 10:00"),
        ("2026-03-13 11:00", "2026-03-16 10:00"),
        ("2026-03-13 18:00", "2026-03-16 10:00"),
        ("2026-03-15 12:00", "2026-03-16 10:00"),
        ("2026-03-16 07:00", "2026-03-17 10:00"),
    ],
)
def test_the_next_open_day_skips_no_day_the_clinic_is_open(now: str, first_hour_of_the_next_open_day: str) -> None:
    again = OFFICE.again_choices(local(now))
    assert again["next-day"] == local(first_hour_of_the_next_open_day)


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-03-13 11:00", {"hour": "2026-03-13 12:00", "today": "2026-03-13 17:00", "next-day": "2026-03-16 10:00"}),
        ("2026-03-13 07:00", {"hour": "2026-03-13 10:00", "today": "2026-03-13 17:00", "next-day": "2026-03-16 10:00"}),
        ("2026-03-13 17:00", {"next-day": "2026-03-16 10:00"}),
        ("2026-03-15 12:00", {"next-day": "2026-03-16 10:00"}),
    ],
    ids=["open", "before it opens", "at closing time", "on a Sunday"],
)
def test_closing_time_is_offered_only_on_a_day_it_is_still_to_come(now: str, offered: dict[str, str]) -> None:
    again = OFFICE.again_choices(local(now))
    assert again == {name: local(at) for name, at in offered.items()}


def test_whoever_is_on_call_can_try_again_within_the_hour() -> None:
    night = local("2026-03-13 22:00")
    assert OFFICE.again_choices(night, on_call=True) == {
        "at-night": local("2026-03-13 23:00"),
        "next-day": local("2026-03-16 10:00"),
    }


@pytest.mark.parametrize(
    ("acknowledged", "on_call", "by"),
    [
        ("2026-03-13 11:00", False, "2026-03-13 17:00"),
        ("2026-03-13 11:00", True, "2026-03-13 17:00"),
        ("2026-03-13 20:05", False, "2026-03-16 17:00"),
        ("2026-03-13 20:05", True, "2026-03-14 00:05"),
        ("2026-03-16 07:00", True, "2026-03-16 09:00"),
    ],
)
def test_an_outcome_is_due_by_the_end_of_the_day_and_at_night_within_hours(
    acknowledged: str, on_call: bool, by: str
) -> None:
    assert OFFICE.outcome_by(local(acknowledged), on_call=on_call) == local(by)


@pytest.mark.parametrize(
    ("asked", "on_call", "by"),
    [
        ("2026-03-13 11:00", False, "2026-03-13 12:00"),
        ("2026-03-13 16:50", False, "2026-03-13 17:00"),
        ("2026-03-13 16:50", True, "2026-03-13 17:00"),
        ("2026-03-13 20:00", False, "2026-03-16 10:00"),
        ("2026-03-13 20:00", True, "2026-03-13 21:00"),
        ("2026-03-16 08:30", True, "2026-03-16 09:00"),
    ],
)
def test_a_welfare_check_is_looked_at_within_the_hour_and_no_later_than_the_outcome_is_due(
    asked: str, on_call: bool, by: str
) -> None:
    assert OFFICE.welfare_look(local(asked), on_call=on_call) == local(by)


def test_a_clinic_open_round_the_clock_closes_at_midnight() -> None:
    always = ResponseTimes(ALWAYS_OPEN, NEW_YORK, shipped())
    assert always.closes_today(local("2026-03-13 23:30")) == local("2026-03-14 00:00")


@pytest.mark.parametrize(
    ("now", "again", "tried_before", "is_immediate", "why"),
    [
        ("2026-03-12 11:00", "2026-03-13 10:00", 0, False, ""),
        ("2026-03-12 11:00", "2026-03-12 12:00", 1, False, "Not reached twice in a row"),
        ("2026-03-12 11:00", "2026-03-12 17:00", 0, True, ""),
        (
            "2026-03-13 16:30",
            "2026-03-16 09:30",
            0,
            True,
            "Danger under way, and the next attempt is after closing time",
        ),
        (
            "2026-03-13 18:00",
            "2026-03-16 10:00",
            0,
            True,
            "Danger under way, and the next attempt is after closing time",
        ),
    ],
)
def test_nobody_tries_alone_for_ever(now: str, again: str, tried_before: int, is_immediate: bool, why: str) -> None:
    said = OFFICE.why_not_alone(tried_before=tried_before, again=local(again), now=local(now), immediate=is_immediate)
    assert said == why


@pytest.mark.parametrize(
    ("tier", "is_safety", "days"),
    [
        (Tier.URGENT, True, 0),
        (Tier.QUEUE, False, 0),
        (Tier.ACTION, False, 14),
        (Tier.REMINDER, False, 28),
        (Tier.ACTION, True, 7),
    ],
)
def test_what_is_about_safety_is_not_put_off_past_the_day_a_low_risk_is_looked_at(
    tier: Tier, is_safety: bool, days: int
) -> None:
    assert longest_snooze(tier, shipped(), is_safety=is_safety) == days


def test_a_clinic_that_puts_off_actions_for_less_time_puts_off_safety_for_no_more() -> None:
    strict = shipped().at_clinic({"snooze.action": ClinicNumber(3)})
    assert longest_snooze(Tier.ACTION, strict, is_safety=True) == 3


@pytest.mark.parametrize(
    ("look_at", "minutes", "then"),
    [
        ("2026-03-13 11:40", 30, "2026-03-13 11:10"),
        ("2026-03-13 11:20", 30, "2026-03-13 11:00"),
        ("2026-03-13 11:40", 90, "2026-03-13 12:10"),
        ("2026-03-16 09:20", 90, "2026-03-16 09:50"),
        ("2026-03-13 10:50", 240, "2026-03-13 10:50"),
        ("2026-03-13 11:40", 60, "2026-03-13 11:40"),
    ],
    ids=["shorter", "shorter than what has passed", "longer", "over a weekend", "due already", "as before"],
)
def test_a_new_limit_counts_from_when_the_alert_was_news(look_at: str, minutes: int, then: str) -> None:
    new = ResponseTimes(OFFICE.hours, NEW_YORK, shipped().at_clinic({"acknowledge.urgent": ClinicNumber(minutes)}))
    moved = new.acknowledge_by_instead(local(look_at), now=local("2026-03-13 11:00"), old=OFFICE, immediate=False)
    assert moved == local(then)
