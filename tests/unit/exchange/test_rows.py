"""From a row to what it asks to store, or why it cannot be stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from registry.exchange.mapping import Mapping as ColumnMapping
from registry.exchange.reading import Malformed, SourceRow
from registry.exchange.rows import Judge, Judged, Refusal, Wish, born_about
from registry.measures.catalogue import catalogue_at
from registry.measures.definition import load
from registry.measures.instrument import Instrument
from registry.measures.scoring import SafetyState

REPOSITORY = Path(__file__).parents[3]
TODAY = date(2026, 3, 16)

PHQ9 = {
    "source": "clinic-export",
    "instrument": "phq-9",
    "person": {"mrn": "{mrn}"},
    "date": {"column": "taken"},
    "items": {str(number): f"q{number}" for number in range(1, 10)},
    "answers": {"missing": ["", "9"], "declined": ["7"]},
    "total": {"column": "total"},
}
GOOD = {"mrn": "a 17", "taken": "2026-03-01", "total": "10", **{f"q{n}": "1" for n in range(1, 9)}, "q9": "2"}


@pytest.fixture(scope="module")
def phq9() -> Instrument:
    return catalogue_at(REPOSITORY / "instruments").get("phq-9")


def judged(instrument: Instrument, fields: Mapping[str, str], **mapping: object) -> Judged:
    judge = Judge(mapping=ColumnMapping.model_validate(PHQ9 | mapping), instrument=instrument, today=TODAY)
    return judge.judge(SourceRow(2, {**GOOD, **fields}))


def wish(instrument: Instrument, fields: Mapping[str, str] | None = None, **mapping: object) -> Wish:
    found = judged(instrument, fields or {}, **mapping)
    assert isinstance(found, Wish), found
    return found


def reason(instrument: Instrument, fields: Mapping[str, str], **mapping: object) -> str:
    found = judged(instrument, fields, **mapping)
    assert isinstance(found, Refusal), found
    return found.reason


def test_a_good_row_is_scored_and_knows_its_person_and_occasion(phq9: Instrument) -> None:
    found = wish(phq9)

    assert (found.mrn, found.taken_on, found.occasion) == ("A17", date(2026, 3, 1), "2026-03-01")
    assert found.scoring.scores["total"].value == 10
    assert found.scoring.safety[0].state is SafetyState.POSITIVE


def test_missing_and_declined_are_not_zero(phq9: Instrument) -> None:
    found = wish(phq9, {"q1": "9", "q2": "", "q9": "7"})

    assert found.answers is not None
    assert (found.answers["1"], found.answers["2"], found.answers["9"]) == (None, None, "declined")
    assert found.answers["difficulty"] is None
    assert found.scoring.scores["total"].value is None
    assert found.scoring.safety[0].state is SafetyState.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"q3": "None"}, "q3 is 'None': expected a whole number"),
        ({"q3": "1.5"}, "q3 is '1.5': expected a whole number"),
        ({"q3": "٣"}, "q3 is '٣': expected a whole number"),
        ({"q3": "4"}, "4 is not a possible answer to item 3"),
        ({"q3": "-1"}, "-1 is not a possible answer to item 3"),
        ({"total": "13"}, "The declared total is 13, the answers add up to 10"),
        ({"total": "20.45"}, "total is '20.45': expected a whole number"),
        ({"mrn": " "}, "mrn is empty"),
        ({"mrn": "x" * 65}, "the record number is longer than 64 characters"),
        ({"mrn": "a\x07"}, "mrn holds characters that cannot be shown"),
        ({"taken": "2026-02-31"}, "taken is '2026-02-31': expected a date like %Y-%m-%d"),
        ({"taken": ""}, "taken is '': expected a date like %Y-%m-%d"),
        ({"taken": "2026-03-17"}, "impossible date: not later than today"),
        ({f"q{n}": "" for n in range(1, 10)}, "no item was answered, and there is no total"),
    ],
)
def test_a_row_that_cannot_be_stored_says_why(phq9: Instrument, fields: Mapping[str, str], expected: str) -> None:
    assert reason(phq9, fields) == expected


def test_a_whole_number_written_as_a_fraction_is_that_number(phq9: Instrument) -> None:
    assert wish(phq9, {"q1": "1.0", "total": "10.0"}).scoring.scores["total"].value == 10


def test_a_total_without_items_is_stored_alone(phq9: Instrument) -> None:
    found = wish(phq9, {"total": "14"}, items={})

    assert (found.answers, found.total_only) == (None, 14)
    assert found.scoring.scores["total"].value == 14
    assert reason(phq9, {"total": "31"}, items={}) == "A total of 31 is outside the range of 0 to 27"
    assert reason(phq9, {"total": ""}, items={}) == "no item was answered, and there is no total"


def test_days_elapsed_count_from_the_start_in_whole_days(phq9: Instrument) -> None:
    when = {"start": date(2025, 12, 31), "elapsed_days": "day"}

    assert wish(phq9, {"day": "21.919"}, date=when).taken_on == date(2026, 1, 21)
    assert reason(phq9, {"day": "soon"}, date=when) == "day is 'soon': expected days since 2025-12-31"
    assert reason(phq9, {"day": "-3"}, date=when) == "day is '-3': expected days since 2025-12-31"


def test_an_occasion_column_tells_two_rows_of_one_day_apart(phq9: Instrument) -> None:
    assert wish(phq9, {"visit": " 3 "}, occasion="visit").occasion == "3"
    assert reason(phq9, {"visit": ""}, occasion="visit") == "visit is empty"


NEWCOMER = {
    "mrn": "{mrn}",
    "new": {
        "given": "{first}",
        "family": "{last}",
        "birth_date": {"column": "born", "format": "%d.%m.%Y"},
        "sex": {"column": "sex", "codes": {"F": "female"}},
        "interpreter": {"column": "interp", "codes": {"Y": "yes", "N": "no"}},
    },
}
IDENTITY = {"first": "Zoë", "last": "O'Brien", "born": "17.05.1980", "sex": "F", "interp": ""}


def test_a_new_person_is_told_from_the_row(phq9: Instrument) -> None:
    newcomer = wish(phq9, IDENTITY, person=NEWCOMER).newcomer

    assert newcomer is not None
    assert not newcomer.is_estimated
    assert (newcomer.facts.legal_given, newcomer.facts.legal_family) == ("Zoë", "O'Brien")
    assert (newcomer.facts.birth_date, newcomer.facts.sex) == (date(1980, 5, 17), "female")


@pytest.mark.parametrize(("cell", "needs"), [("Y", True), ("N", False), (" ", None)])
def test_an_empty_cell_does_not_say_that_no_interpreter_is_needed(
    phq9: Instrument, cell: str, needs: bool | None
) -> None:
    newcomer = wish(phq9, {**IDENTITY, "interp": cell}, person=NEWCOMER).newcomer

    assert newcomer is not None
    assert newcomer.facts.needs_interpreter is needs


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"born": "31.02.1980"}, "born is '31.02.1980': expected a date like %d.%m.%Y"),
        ({"born": "02.03.2026"}, "impossible date: this one is before the patient was born"),
        ({"sex": "2"}, "sex is '2', which the mapping does not explain"),
        ({"interp": "?"}, "interp is '?', which the mapping does not explain"),
        ({"last": ""}, "last is empty"),
        ({"first": "x" * 10_000}, "a name is longer than 200 characters"),
    ],
)
def test_a_person_who_cannot_be_is_not_added(phq9: Instrument, fields: Mapping[str, str], expected: str) -> None:
    assert reason(phq9, {**IDENTITY, **fields}, person=NEWCOMER) == expected


@pytest.mark.parametrize("on", [date(2016, 12, 31), date(2016, 2, 29), date(2014, 6, 2)])
@pytest.mark.parametrize("age", [0, 18, 80])
def test_an_estimated_birth_date_gives_the_age_it_was_made_of(age: int, on: date) -> None:
    born = born_about(age, on=on)

    had_birthday = (on.month, on.day) >= (born.month, born.day)
    assert on.year - born.year - (not had_birthday) == age


def test_reversed_items_and_answers_from_one_to_four_add_up() -> None:
    cesd = load(REPOSITORY / "tests" / "data" / "instruments" / "cesd.toml")
    fields = {f"c{number}": "1" for number in range(1, 21)} | {"c1": "3", "c4": "4", "total": "11"}
    columns = {str(number): f"c{number}" for number in range(1, 21)}

    found = wish(cesd, fields, items=columns, answers={"missing": [""]})

    # Item 1 gives two points; of the reversed items 4, 8, 12 and 16 the last three give three each.
    assert found.scoring.scores["total"].value == Decimal(11)


def test_answers_against_each_other_are_quarantined_with_the_reason() -> None:
    outings = load(REPOSITORY / "tests" / "data" / "instruments" / "outings.toml")
    columns = {"items": {str(number): f"q{number}" for number in range(1, 7)}, "total": None}

    refused = reason(outings, {f"q{number}": "0" for number in (1, 2, 3, 5, 6)} | {"q4": "1"}, **columns)

    assert refused == "Item 4 is not asked after this answer to item 2: correct one of them"


def test_a_malformed_row_keeps_its_reason(phq9: Instrument) -> None:
    judge = Judge(mapping=ColumnMapping.model_validate(PHQ9), instrument=phq9, today=TODAY)

    assert judge.judge(Malformed(5, "has 1 fields, the header has 2", ["x"])) == Refusal(
        5, "has 1 fields, the header has 2", ["x"]
    )
