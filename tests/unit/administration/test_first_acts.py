"""How long until somebody acts: the median, and on which clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from registry.administration.first_acts import FirstAct, median_times_to_act
from registry.alerts.hours.opening_hours import read_hours
from registry.alerts.rulebook import Tier

HOURS = read_hours({day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
FRIDAY = datetime(2026, 3, 13, 16, 30, tzinfo=UTC)


def _median(tier: Tier, waits: list[timedelta]) -> Decimal | None:
    acts = [FirstAct("a.rule", tier, FRIDAY, FRIDAY + wait) for wait in waits]
    return median_times_to_act(acts, hours=HOURS, zone=ZoneInfo("UTC")).get(("a.rule", tier))


@pytest.mark.parametrize(
    ("tier", "hours", "middle"),
    [
        (Tier.URGENT, [0.25] * 9 + [64] * 9, "38"),  # between 15 minutes and, until Monday 08:30, 60: not 64 hours
        (Tier.ACTION, [12] * 10, "0.5"),
        (Tier.ACTION, [24] * 6 + [2400] * 5, "1.0"),  # the middle, not the mean
        (Tier.REMINDER, [0] * 10, "0.0"),
        (Tier.ACTION, [24] * 9, None),  # too few to say
    ],
)
def test_urgent_reasons_run_on_opening_hours_and_others_on_days(
    tier: Tier, hours: list[float], middle: str | None
) -> None:
    waits = [timedelta(hours=each) for each in hours]

    assert _median(tier, waits) == (None if middle is None else Decimal(middle))


def test_each_rule_and_tier_has_its_own() -> None:
    acts = [
        FirstAct(rule, tier, FRIDAY, FRIDAY + timedelta(days=days))
        for rule, tier, days in (("a", Tier.ACTION, 1), ("a", Tier.REMINDER, 2), ("b", Tier.ACTION, 3))
        for _ in range(10)
    ]

    assert median_times_to_act(acts, hours=HOURS, zone=ZoneInfo("UTC")) == {
        ("a", Tier.ACTION): Decimal("1.0"),
        ("a", Tier.REMINDER): Decimal("2.0"),
        ("b", Tier.ACTION): Decimal("3.0"),
    }
