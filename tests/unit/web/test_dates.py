"""Dates in words: how far off a day is, where that says more than its date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.web.filters import dated

TODAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "12 Mar 2026, today"),
        (-99, "3 Dec 2025, 99 days ago"),
        (99, "19 Jun 2026, in 99 days"),
        (100, "20 Jun 2026"),
        (1820, "6 Mar 2031"),
    ],
)
def test_a_far_day_is_said_by_its_date_alone(days: int, said: str) -> None:
    assert dated(TODAY + timedelta(days=days), TODAY) == said
