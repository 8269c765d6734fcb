"""Counting: every open episode is in exactly one part, and parts add up."""

from __future__ import annotations

import pytest

from registry.quality.rules import COUNTED, MET, METRICS, NOT_MET, Tally


@pytest.mark.parametrize(
    ("met", "not_met", "percent"),
    [(0, 0, None), (0, 4, 0), (4, 0, 100), (1, 2, 33), (2, 1, 67), (1, 1, 50), (1, 7, 13), (56, 12, 82)],
)
def test_a_share_is_rounded_half_up_and_unknown_of_nobody(met: int, not_met: int, percent: int | None) -> None:
    assert Tally({MET: met, NOT_MET: not_met}).percent == percent


def test_a_whole_is_its_parts_and_its_denominator_is_those_counted() -> None:
    whole = Tally({MET: 11, NOT_MET: 2, "too-early": 3, "paused": 5})

    assert {part: whole.of(part) for part in (MET, NOT_MET, COUNTED, "too-early", "paused")} == {
        MET: 11,
        NOT_MET: 2,
        COUNTED: 13,
        "too-early": 3,
        "paused": 5,
    }
    assert whole.total == 21


@pytest.mark.parametrize("key", sorted(METRICS))
def test_every_metric_says_what_it_counts_and_where_that_is_from(key: str) -> None:
    metric = METRICS[key]

    assert metric.definition.endswith(".")
    assert metric.source
    assert MET in metric.parts
    assert all(metric.parts.values())
