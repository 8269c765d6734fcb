"""What one person is told of with one number and not with the other."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from registry.administration.rule_preview import differences
from registry.alerts.past.replay import Telling
from registry.alerts.rulebook import Tier

SOMEBODY = uuid.UUID(int=1)

Told = tuple[int, int | None]
"""The day of March something was told on, and the day it was over; None: it stands."""


def told(stretches: list[Told], tier: Tier = Tier.ACTION, rule: str = "engage.no-contact") -> list[Telling]:
    return [
        Telling(rule, tier, date(2026, 3, on), "", began=True, until=None if until is None else date(2026, 3, until))
        for on, until in stretches
    ]


@pytest.mark.parametrize(
    ("now", "then", "pairs"),
    [
        ([], [], set()),
        ([(5, 9)], [(5, 9)], set()),
        ([(5, 9)], [(3, 9)], {(5, 3)}),
        ([(5, None)], [(8, None)], {(5, 8)}),
        ([(5, 9)], [], {(5, None)}),
        ([], [(5, 9)], {(None, 5)}),
        ([(20, None)], [(2, 6)], {(20, None), (None, 2)}),
        ([(20, None)], [(2, 6), (15, None)], {(20, 15), (None, 2)}),
        ([(4, 9), (20, None)], [(2, 9), (15, None)], {(4, 2), (20, 15)}),
    ],
)
def test_what_stood_at_the_same_time_is_one_thing_on_another_day(
    now: list[Told], then: list[Told], pairs: set[tuple[int | None, int | None]]
) -> None:
    found = differences(SOMEBODY, told(now), told(then))

    assert {(each.now and each.now.on.day, each.then and each.then.on.day) for each in found} == pairs


def test_the_same_day_at_another_tier_is_a_difference_and_another_rule_is_another_thing() -> None:
    (louder,) = differences(SOMEBODY, told([(5, 9)], Tier.REMINDER), told([(5, 9)]))
    apart = list(differences(SOMEBODY, told([(5, 9)]), told([(5, 9)], rule="measure.due")))

    assert louder.now is not None
    assert louder.then is not None
    assert (louder.now.tier, louder.then.tier) == (Tier.REMINDER, Tier.ACTION)
    assert len(apart) == 2
