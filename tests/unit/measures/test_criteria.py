"""Criteria with answers missing: a level is named only where no missing answer could make it another."""

import pytest

from registry.measures.criteria import Truth, holds, holds_all, holds_any
from registry.measures.instrument import Instrument
from registry.measures.scale import Condition
from registry.measures.scoring import score

TWO_OF_THREE = Condition(("a", "b", "c"), low=2, at_least=2)


@pytest.mark.parametrize(
    ("values", "truth"),
    [
        ({"a": 2, "b": 3, "c": 0}, Truth.TRUE),
        ({"a": 2, "b": 3}, Truth.TRUE),
        ({"a": 2, "b": 1, "c": 1}, Truth.FALSE),
        ({"a": 0, "b": 1}, Truth.FALSE),
        ({"a": 2, "b": 1}, Truth.UNKNOWN),
        ({}, Truth.UNKNOWN),
    ],
)
def test_a_condition_is_unknown_only_while_a_missing_answer_decides(values: dict[str, int], truth: Truth) -> None:
    assert holds(TWO_OF_THREE, values) is truth


@pytest.mark.parametrize(("value", "truth"), [(0, Truth.FALSE), (1, Truth.TRUE), (2, Truth.TRUE), (3, Truth.FALSE)])
def test_both_ends_of_a_range_count(value: int, truth: Truth) -> None:
    assert holds(Condition(("a",), low=1, high=2), {"a": value}) is truth


def test_one_that_fails_decides_all_and_one_that_holds_decides_any() -> None:
    yes, no, open_ = Condition(("a",), low=1), Condition(("a",), high=0), Condition(("b",), low=1)

    assert holds_all([open_, no], {"a": 1}) is Truth.FALSE
    assert holds_all([open_, yes], {"a": 1}) is Truth.UNKNOWN
    assert holds_any([open_, yes], {"a": 1}) is Truth.TRUE
    assert holds_any([open_, no], {"a": 1}) is Truth.UNKNOWN
    assert holds_all([], {}) is Truth.TRUE


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ({"1": 0, "2": 0, "6": 0}, "none"),
        ({"1": 1, "2": 0, "6": 0}, "low"),
        ({"1": 1, "2": 1, "3": 1, "4": 0, "6": 0}, "moderate"),
        ({"1": 0, "2": 0, "6": 1, "6a": 0}, "moderate"),
        ({"1": 0, "2": 0, "6": 1, "6a": 1}, "high"),
        ({"4": 1}, "high"),
    ],
)
def test_the_worst_level_that_holds_is_the_result(screen: Instrument, answers: dict[str, int], category: str) -> None:
    assert score(screen, answers).scores["risk"].category == category


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"1": 0, "2": 0}, "items 6, 6a have no answer"),
        ({"1": 1, "2": 0}, "items 6, 6a have no answer; at least low risk"),
        ({"1": 1, "2": 1, "3": 1, "6": 0}, "item 4 has no answer; at least moderate risk"),
        ({"1": 0, "2": 0, "6": 1}, "item 6a has no answer; at least moderate risk"),
        ({}, "no item was answered"),
    ],
)
def test_an_unanswered_question_never_makes_a_risk_low(screen: Instrument, answers: dict[str, int], why: str) -> None:
    risk = score(screen, answers).scores["risk"]

    assert (risk.category, risk.band, risk.why_withheld) == (None, None, why)
