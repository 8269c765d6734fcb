"""How soon an urgent alert is looked at again: worked out from opening hours."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from registry.alerts.opening_hours import WEEKDAYS_NINE_TO_FIVE
from registry.alerts.response_times import again_choices

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
