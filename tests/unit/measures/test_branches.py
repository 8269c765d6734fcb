"""What is not asked, and what cannot stand together."""

import pytest

from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, read
from registry.measures.instrument import Instrument
from registry.measures.scoring import SafetyState, score, score_as_it_stands


def test_items_of_a_branch_not_taken_count_as_answered_and_are_not_missing(screen: Instrument) -> None:
    given = read(screen, {"1": 1, "2": 0, "6": 0})

    assert given.values == {"1": 1, "2": 0, "3": 0, "4": 0, "6": 0, "6a": 0}
    assert (given.skipped, given.missing) == (("3", "4", "6a"), ())


def test_a_branch_is_open_until_its_question_is_answered(screen: Instrument) -> None:
    given = read(screen, {"1": 1})

    assert given.skipped == ()
    assert given.missing == ("2", "3", "4", "6", "6a")


def test_what_was_not_asked_may_be_answered_the_same_way(screen: Instrument) -> None:
    assert read(screen, {"2": 0, "3": 0}).values == read(screen, {"2": 0}).values


def test_another_answer_to_what_was_not_asked_is_refused(screen: Instrument) -> None:
    with pytest.raises(ContradictoryAnswers, match="Item 4 is not asked after this answer to item 2") as refusal:
        read(screen, {"2": 0, "4": 1})

    assert refusal.value.item == "4"


def test_an_item_of_a_branch_not_taken_that_was_declined_stays_declined(screen: Instrument) -> None:
    given = read(screen, {"1": 0, "2": 0, "3": DECLINED, "4": DECLINED, "6": 0})

    assert (given.declined, given.skipped, given.missing) == (("3", "4"), ("6a",), ())
    assert not {"3", "4"} & given.values.keys()


def test_a_declined_safety_item_of_a_branch_not_taken_is_unknown_and_withholds_the_level(screen: Instrument) -> None:
    scoring = score(screen, {"1": 0, "2": 0, "4": DECLINED, "6": 0})

    assert {each.item: each.state for each in scoring.safety}["4"] is SafetyState.UNKNOWN
    assert scoring.scores["risk"].category is None


def test_answers_that_cannot_stand_together_say_what_is_positive_and_nothing_else(screen: Instrument) -> None:
    scoring = score_as_it_stands(screen, {"1": 0, "2": 0, "4": 1, "6": DECLINED})

    assert {each.item: each.state for each in scoring.safety}["4"] is SafetyState.POSITIVE
    assert (scoring.skipped, scoring.missing, scoring.declined) == ((), ("3", "6a"), ("6",))
    assert "Item 4 is not asked" in str(scoring.scores["risk"].why_withheld)


def test_a_safety_item_that_was_not_asked_is_negative_and_one_left_blank_unknown(screen: Instrument) -> None:
    states = {each.item: each.state for each in score(screen, {"1": 0, "2": 0}).safety}

    assert states["4"] is SafetyState.NEGATIVE
    assert states["6a"] is SafetyState.UNKNOWN


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"5": 1, "7": 2}, ()),
        ({"5": 1, "8": 2}, ()),
        ({"5": 1}, ("7", "8")),
        ({"5": 1, "7": DECLINED}, ("8",)),
    ],
)
def test_of_an_either_or_one_answer_is_asked_for(
    appetite: Instrument, answers: dict[str, Answer], missing: tuple[str, ...]
) -> None:
    assert read(appetite, answers).missing == missing


def test_two_answers_to_an_either_or_are_refused(appetite: Instrument) -> None:
    with pytest.raises(ContradictoryAnswers, match="Answer only one of items 7, 8"):
        read(appetite, {"5": 1, "7": 1, "8": 1})
