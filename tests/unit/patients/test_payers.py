"""Periods of payers that share a day overlap."""

from datetime import date

import pytest

from registry.patients.payers import Span, first_overlap, overlap


def march(first: int, last: int | None) -> Span:
    return date(2026, 3, first), None if last is None else date(2026, 3, last)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (march(1, 10), march(11, 20), False),
        (march(1, 10), march(10, 20), True),
        (march(1, None), march(20, 25), True),
        (march(1, None), march(20, None), True),
        (march(21, None), march(1, 20), False),
        (march(5, 6), march(1, 31), True),
    ],
)
def test_two_periods_overlap_when_they_share_a_day(one: Span, other: Span, expected: bool) -> None:
    assert overlap(one, other) == overlap(other, one) == expected


def test_the_earliest_period_that_is_in_the_way_is_named() -> None:
    assert first_overlap(march(5, None), [march(20, 25), march(1, 6), march(1, 2)]) == march(1, 6)
    assert first_overlap(march(5, None), [march(1, 2)]) is None
