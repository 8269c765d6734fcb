"""How answers add up when a scale is more than a plain sum."""

from decimal import Decimal

import pytest

from registry.measures.adding import adding
from registry.measures.answers import Answer
from registry.measures.instrument import Instrument
from registry.measures.scoring import Score, format_value, score


def result(instrument: Instrument, scale: str, answers: dict[str, Answer]) -> Score:
    return score(instrument, answers).scores[scale]


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        ({"5": 0, "7": 0}, 0),
        ({"5": 3, "7": 1}, 3),
        ({"5": 1, "7": 3}, 3),
        ({"5": 1, "8": 3}, 3),
    ],
)
def test_of_a_group_only_the_highest_counts(appetite: Instrument, answers: dict[str, Answer], value: int) -> None:
    assert result(appetite, "highest", answers).value == value


def test_a_group_with_a_missing_item_withholds_the_score_whatever_the_rest(appetite: Instrument) -> None:
    score = result(appetite, "highest", {"5": 1})

    assert (score.value, score.missing) == (None, ("7", "8"))


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"5": 3, "7": 3}, "3"),
        ({"5": 1, "7": 2}, "1.5"),
        ({"5": 0, "8": 1}, "0.5"),
    ],
)
def test_a_mean_is_over_what_is_answered_once(appetite: Instrument, answers: dict[str, Answer], text: str) -> None:
    value = result(appetite, "mean", answers).value

    assert value is not None
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"5": 3, "7": 3}, "100"),
        ({"5": 2, "7": 1}, "66.67"),
        ({"5": 1, "7": 2}, "66.67"),
        ({"5": 0, "7": 2}, "33.33"),
        ({"5": 0, "7": 0}, "0"),
    ],
)
def test_a_scale_of_its_own_worth_and_a_factor(appetite: Instrument, answers: dict[str, Answer], text: str) -> None:
    """Item 5 counts 0, 1, 1, 2 there; of at most 3 points each is a third of 100."""
    value = result(appetite, "per-cent", answers).value

    assert value is not None
    assert format_value(value) == text


def test_bounds_are_what_the_answers_can_reach(appetite: Instrument) -> None:
    bounds = {scale.id: adding(appetite, scale).bounds for scale in appetite.scales}

    assert bounds == {
        "highest": (Decimal(0), Decimal(3)),
        "mean": (Decimal(0), Decimal(3)),
        "per-cent": (Decimal(0), Decimal(100)),
    }
