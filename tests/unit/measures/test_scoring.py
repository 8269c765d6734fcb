"""Answers become scores, or the reason there is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.measures.answers import DECLINED, Answer, ImpossibleAnswer, answer_from_json, answer_to_json
from registry.measures.catalogue import Catalogue
from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.scoring import (
    ContradictedTotal,
    ImpossibleTotal,
    SafetyState,
    check_declared,
    format_value,
    score,
    score_total,
)
from tests.unit.measures.builders import answers


def test_the_total_is_the_sum_of_the_answers(phq9: Instrument) -> None:
    total = score(phq9, answers(phq9, [1, 2, 3, 0, 1, 2, 2, 3, 1])).scores["total"]

    assert (total.value, total.band, total.why_withheld) == (Decimal(15), "moderately severe", None)


def test_a_score_of_zero_is_a_score(phq9: Instrument) -> None:
    total = score(phq9, answers(phq9, [0] * 9)).scores["total"]

    assert (total.value, total.band) == (Decimal(0), "minimal")


def test_a_missing_item_withholds_the_total(phq9: Instrument) -> None:
    scoring = score(phq9, answers(phq9, [1, 2, 3, 0, 1, None, 2, 3, 0]))

    total = scoring.scores["total"]
    assert (total.value, total.band, total.missing) == (None, None, ("6",))
    assert total.why_withheld == "item 6 has no answer"
    assert scoring.missing == ("6",)


def test_an_item_left_out_altogether_is_missing_too(phq9: Instrument) -> None:
    scoring = score(phq9, {"1": 3})

    assert scoring.scores["total"].why_withheld == "items 2, 3, 4, 5, 6, 7, 8, 9 have no answer"


def test_nothing_answered_says_so(phq9: Instrument) -> None:
    assert score(phq9, {}).scores["total"].why_withheld == "no item was answered"


def test_declined_is_told_apart_from_blank_and_withholds_the_total_as_well(phq9: Instrument) -> None:
    scoring = score(phq9, answers(phq9, [1, 1, 1, 1, 1, 1, 1, None, DECLINED]))

    assert (scoring.missing, scoring.declined) == (("8",), ("9",))
    assert scoring.scores["total"].missing == ("8", "9")


def test_the_difficulty_question_is_never_part_of_the_total_and_may_be_left_blank(phq9: Instrument) -> None:
    with_difficulty = score(phq9, answers(phq9, [1] * 9, difficulty=3))
    without = score(phq9, answers(phq9, [1] * 9))

    assert with_difficulty.scores == without.scores
    assert without.missing == ()


@pytest.mark.parametrize("value", [4, -1, 27, True, 1.0, "1", "None", "declined", Decimal(1)])
def test_an_impossible_answer_is_refused_by_item(phq9: Instrument, value: Answer) -> None:
    with pytest.raises(ImpossibleAnswer) as refusal:
        score(phq9, {"3": value})

    assert (refusal.value.item, refusal.value.value) == ("3", value)


def test_an_answer_to_an_item_that_does_not_exist_is_refused(phq9: Instrument) -> None:
    with pytest.raises(ImpossibleAnswer, match="item 11"):
        score(phq9, {"11": 0})


# Safety items


@pytest.mark.parametrize(
    ("answer", "state", "value"),
    [
        (0, SafetyState.NEGATIVE, 0),
        (1, SafetyState.POSITIVE, 1),
        (3, SafetyState.POSITIVE, 3),
        (None, SafetyState.UNKNOWN, None),
        (DECLINED, SafetyState.UNKNOWN, None),
    ],
)
def test_a_safety_item_speaks_for_itself_whatever_the_total(
    phq9: Instrument, answer: Answer, state: SafetyState, value: int | None
) -> None:
    (safety,) = score(phq9, answers(phq9, [0] * 8 + [answer])).safety

    assert (safety.item, safety.state, safety.value) == ("9", state, value)


def test_a_positive_safety_item_is_found_although_the_total_is_withheld(phq9: Instrument) -> None:
    scoring = score(phq9, {"9": 1})

    assert scoring.scores["total"].value is None
    assert scoring.safety[0].state is SafetyState.POSITIVE


# Not assessed, prorated, reversed


def test_a_rating_of_not_assessed_is_missing_and_not_a_zero(bprs: Instrument) -> None:
    scoring = score(bprs, answers(bprs, [1] * 17 + [0]))

    assert scoring.scores["total"].value is None
    assert scoring.missing == ("18",)
    assert scoring.scores["positive"].value == 4


def test_the_lowest_bprs_total_is_18(bprs: Instrument) -> None:
    assert score(bprs, answers(bprs, [1] * 18)).scores["total"].value == 18


@pytest.mark.parametrize(
    ("given_answers", "expected"),
    [
        ([4, 4, 4, 4, None], 20),
        ([1, 1, 1, 2, None], 6),  # 6.25
        ([1, 0, 1, 0, DECLINED], 3),  # 2.5, rounded half up
        ([0, 0, 0, 0, None], 0),
    ],
)
def test_one_missing_mania_item_is_prorated_by_the_printed_rule_and_marked(
    asrm: Instrument, given_answers: list[Answer], expected: int
) -> None:
    total = score(asrm, answers(asrm, given_answers)).scores["total"]

    assert (total.value, total.prorated, total.missing) == (Decimal(expected), True, ("5",))


def test_two_missing_mania_items_withhold_the_total(asrm: Instrument) -> None:
    total = score(asrm, answers(asrm, [4, 4, 4, None, None])).scores["total"]

    assert (total.value, total.prorated) == (None, False)


def test_reversed_items_and_answers_coded_from_one_come_from_the_file(cesd: Instrument) -> None:
    best = [4 if item.reversed else 1 for item in cesd.items]
    worst = [1 if item.reversed else 4 for item in cesd.items]

    assert score(cesd, answers(cesd, best)).scores["total"].value == 0
    assert score(cesd, answers(cesd, worst)).scores["total"].value == 60
    with pytest.raises(ImpossibleAnswer):
        score(cesd, {"1": 0})


def test_a_reversed_item_mirrors_its_answers_and_not_its_missing_one() -> None:
    choices = (
        Choice(0, "not assessed", 0, is_missing=True),
        Choice(1, "never", 1),
        Choice(2, "at times", 2),
        Choice(7, "always", 7),
    )
    item = Item("1", "1", None, choices, reversed=True)

    assert list(item.worth().values()) == [7, 6, 1]


# Categories


def test_a_housing_answer_has_a_category_and_no_number(housing: Instrument) -> None:
    result = score(housing, {"living": 116}).scores["housing"]

    assert (result.category, result.value, result.band) == ("homeless", None, None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "there is no answer to classify"),
        (DECLINED, "there is no answer to classify"),
        (8, "there is no answer to classify"),
        (17, "this answer belongs to no category"),
    ],
)
def test_an_unknown_living_situation_is_never_given_a_category(housing: Instrument, answer: Answer, why: str) -> None:
    result = score(housing, {"living": answer}).scores["housing"]

    assert (result.category, result.why_withheld) == (None, why)


# Totals without answers, and with them


def test_a_total_alone_leaves_the_safety_item_unknown(phq9: Instrument) -> None:
    scoring = score_total(phq9, 14)

    assert (scoring.scores["total"].value, scoring.scores["total"].band) == (Decimal(14), "moderate")
    assert scoring.safety[0].state is SafetyState.UNKNOWN


def test_a_total_alone_says_nothing_about_the_other_scales(bprs: Instrument) -> None:
    assert score_total(bprs, 40).scores["positive"].why_withheld == "only the total was recorded"


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        (28, "outside the range of 0 to 27"),
        (31, "outside the range"),
        (-1, "outside the range"),
        (Decimal("20.45"), "not a whole number"),
        (Decimal("NaN"), "not a whole number"),
        (Decimal("Infinity"), "not a whole number"),
    ],
)
def test_an_impossible_total_is_refused(phq9: Instrument, total: Decimal, reason: str) -> None:
    with pytest.raises(ImpossibleTotal, match=reason):
        score_total(phq9, total)


def test_a_total_below_the_floor_is_refused(bprs: Instrument) -> None:
    with pytest.raises(ImpossibleTotal, match="18 to 126"):
        score_total(bprs, 0)


def test_no_total_where_the_instrument_has_none(housing: Instrument) -> None:
    with pytest.raises(ImpossibleTotal, match="has no total"):
        score_total(housing, 1)


def test_a_declared_total_that_contradicts_its_answers_is_refused(phq9: Instrument) -> None:
    scoring = score(phq9, answers(phq9, [2, 1, 1, 1, 1, 1, 1, 1, 1]))

    check_declared(scoring, 10)
    with pytest.raises(ContradictedTotal, match="declared total is 13, the answers add up to 10"):
        check_declared(scoring, Decimal(13))


def test_a_withheld_total_contradicts_nothing(phq9: Instrument) -> None:
    check_declared(score(phq9, {"1": 1}), 13)


def test_a_prorated_total_contradicts_nothing(asrm: Instrument) -> None:
    check_declared(score(asrm, answers(asrm, [1, 1, 1, 1, None])), 4)


@pytest.mark.parametrize(
    ("value", "text"), [("14", "14"), ("14.0", "14"), ("5.50", "5.5"), ("1E+1", "10"), ("0", "0"), ("-100", "-100")]
)
def test_a_score_is_written_as_people_write_it(value: str, text: str) -> None:
    assert format_value(Decimal(value)) == text


@pytest.mark.parametrize("answer", [0, 3, None, DECLINED])
def test_an_answer_survives_being_stored(answer: Answer) -> None:
    assert answer_from_json(answer_to_json(answer)) == answer


@pytest.mark.parametrize("stored", [True, 1.0, "None", "1", [], {}])
def test_anything_else_in_the_store_is_no_answer(stored: object) -> None:
    with pytest.raises(ValueError, match="is not an answer"):
        answer_from_json(stored)


# Properties

frequency = st.integers(0, 3)
any_answer = st.one_of(frequency, st.none(), st.just(DECLINED))


@given(values=st.lists(frequency, min_size=9, max_size=9))
def test_every_complete_phq9_totals_its_answers_within_the_range(catalogue: Catalogue, values: list[int]) -> None:
    phq9 = catalogue.get("phq-9")
    total = score(phq9, answers(phq9, values)).scores["total"]

    assert total.value == sum(values)
    assert total.band is not None


@given(values=st.lists(any_answer, min_size=9, max_size=9))
def test_a_total_exists_exactly_when_every_item_is_answered(catalogue: Catalogue, values: list[Answer]) -> None:
    phq9 = catalogue.get("phq-9")
    total = score(phq9, answers(phq9, values)).scores["total"]

    assert (total.value is not None) == all(isinstance(value, int) for value in values)
    assert (total.value is None) == (total.why_withheld is not None)
    assert len(total.missing) == sum(not isinstance(value, int) for value in values)


@given(values=st.lists(st.one_of(st.integers(0, 4), st.none()), min_size=5, max_size=5))
def test_a_prorated_score_stays_within_the_scale(catalogue: Catalogue, values: list[Answer]) -> None:
    asrm = catalogue.get("asrm")
    total = score(asrm, answers(asrm, values)).scores["total"]

    assert total.value is None or 0 <= total.value <= 20
    assert total.prorated == (values.count(None) == 1)


@given(values=st.lists(st.integers(1, 4), min_size=20, max_size=20))
def test_turning_every_answer_round_mirrors_the_total(cesd: Instrument, values: list[int]) -> None:
    total = score(cesd, answers(cesd, values)).scores["total"].value
    mirrored = score(cesd, answers(cesd, [5 - value for value in values])).scores["total"].value

    assert total is not None
    assert mirrored == 60 - total
