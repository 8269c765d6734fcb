"""How soon an urgent alert is looked at again: worked out from opening hours."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from registry.alerts.opening_hours import ALWAYS_OPEN, WEEKDAYS_NINE_TO_FIVE
from registry.alerts.response_times import again_choices, closes_today, why_not_alone

NEW_YORK = ZoneInfo("America/New_York")


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
    again = again_choices(local(now), WEEKDAYS_NINE_TO_FIVE, NEW_YORK)
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
    again = again_choices(local(now), WEEKDAYS_NINE_TO_FIVE, NEW_YORK)
    assert again == {name: local(at) for name, at in offered.items()}


def test_a_clinic_open_round_the_clock_closes_at_midnight() -> None:
    assert closes_today(local("2026-03-13 23:30"), ALWAYS_OPEN, NEW_YORK) == local("2026-03-14 00:00")


@pytest.mark.parametrize(
    ("now", "again", "tried_before", "is_immediate", "why"),
    [
        ("2026-03-12 11:00", "2026-03-13 10:00", 0, False, ""),
        ("2026-03-12 11:00", "2026-03-12 12:00", 1, False, "Not reached twice in a row"),
        ("2026-03-12 11:00", "2026-03-12 17:00", 0, True, ""),
        ("2026-03-13 16:30", "2026-03-16 09:30", 0, True, "Danger under way, and the next attempt is after closing time"),
        ("2026-03-13 18:00", "2026-03-16 10:00", 0, True, "Danger under way, and the next attempt is after closing time"),
    ],
)
def test_nobody_tries_alone_for_ever(now: str, again: str, tried_before: int, is_immediate: bool, why: str) -> None:
    hours, zone = WEEKDAYS_NINE_TO_FIVE, NEW_YORK
    said = why_not_alone(
        tried_before=tried_before, again=local(again), now=local(now), is_immediate=is_immediate, hours=hours, tz=zone
    )
    assert said == why
