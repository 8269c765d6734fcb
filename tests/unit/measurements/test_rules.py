"""Which dates and which contents of a form can be recorded at all, and what a sitting goes on with."""

from __future__ import annotations

from datetime import date

import pytest

from registry.measurements.rules import (
    ImpossibleDate,
    NothingAnswered,
    check_content,
    check_date,
    is_before_enrolment,
    next_in_sitting,
)
from registry.measures.answers import DECLINED, Answer

BORN, TODAY = date(1980, 5, 17), date(2026, 3, 16)


@pytest.mark.parametrize("day", [BORN, date(2026, 3, 15), TODAY])
def test_every_day_of_a_life_is_possible(day: date) -> None:
    check_date(day, today=TODAY, born_on=BORN)


@pytest.mark.parametrize(
    ("day", "died_on", "words"),
    [
        (date(2026, 3, 17), None, "not later than today"),
        (date(1980, 5, 16), None, "before the patient was born"),
        (date(2026, 3, 2), date(2026, 3, 1), "after the patient died"),
    ],
)
def test_a_day_outside_the_life_is_refused_in_words(day: date, died_on: date | None, words: str) -> None:
    with pytest.raises(ImpossibleDate, match=words):
        check_date(day, today=TODAY, born_on=BORN, died_on=died_on)


def test_the_day_of_death_is_still_a_day_of_life() -> None:
    check_date(date(2026, 3, 1), today=TODAY, born_on=BORN, died_on=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("answers", "total"),
    [({"1": 0}, None), ({"1": DECLINED, "2": None}, None), (None, 0), ({}, 0), ({"1": None}, 14)],
)
def test_a_zero_a_refusal_and_a_total_are_something(answers: dict[str, Answer] | None, total: int | None) -> None:
    check_content(answers, total)


@pytest.mark.parametrize("answers", [None, {}, {"1": None, "2": None}])
def test_blanks_alone_are_nothing(answers: dict[str, Answer] | None) -> None:
    with pytest.raises(NothingAnswered):
        check_content(answers, None)


def test_answers_and_a_total_without_them_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        check_content({"1": 1}, 1)


@pytest.mark.parametrize(
    ("day", "enrolled_on", "expected"),
    [
        (date(2026, 1, 4), date(2026, 1, 5), True),
        (date(2026, 1, 5), date(2026, 1, 5), False),
        (date(2026, 1, 4), None, False),
    ],
)
def test_only_a_day_before_enrolment_is_before_it(day: date, enrolled_on: date | None, expected: bool) -> None:
    assert is_before_enrolment(day, enrolled_on=enrolled_on) is expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({}, "gad-7"),
        ({"gad-7": date(2026, 3, 10)}, "asrm"),
        ({"gad-7": date(2026, 2, 16), "asrm": date(2026, 3, 10)}, "gad-7"),
        ({"gad-7": date(2026, 3, 10), "asrm": date(2026, 3, 10)}, "gad-7"),
        ({"gad-7": date(2026, 3, 16), "asrm": date(2026, 3, 10)}, "asrm"),
        ({"gad-7": date(2026, 3, 16), "asrm": date(2026, 3, 16)}, None),
    ],
    ids=[
        "none given yet",
        "the due one",
        "due to the day",
        "none due: the first",
        "one given today",
        "both given today",
    ],
)
def test_a_sitting_goes_on_with_what_is_due_then_with_what_is_followed(
    last: dict[str, date], expected: str | None
) -> None:
    cadences = {"phq-9": 28, "gad-7": 28, "asrm": 28}

    assert next_in_sitting(cadences, last, after="phq-9", on=date(2026, 3, 16)) == expected
