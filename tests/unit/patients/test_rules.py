"""Folding names and telling who may be the same person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.patients.rules import (
    day_and_month_swapped,
    fold,
    fold_mrn,
    fold_phone,
    is_one_slip,
    names_are_near,
    search_name,
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Núñez", "nunez"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Jean-Luc", "jean luc"),
        ("  van  der   Berg ", "van der berg"),
        ("Łukasz Øster", "lukasz oster"),
        ("STRAẞE", "strasse"),
        ("İpek", "ipek"),
        ("李小龙", "李小龙"),
        ("\x00", ""),
    ],
)
def test_a_name_is_folded_as_somebody_without_its_letters_types_it(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_case_never_matters(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(st.text(), st.text())
def test_a_folded_name_has_no_spaces_around_or_doubled(family: str, given_name: str) -> None:
    folded = search_name(family=family, given=given_name, used="")

    assert folded == " ".join(folded.split())


def test_the_used_name_is_searched_only_where_it_differs() -> None:
    assert search_name(family="Núñez", given="Ada", used="Adi") == "nunez ada adi"
    assert search_name(family="Núñez", given="Ada", used="ADA") == "nunez ada"


def test_the_same_record_number_is_the_same_however_it_is_spaced() -> None:
    assert fold_mrn(" m 100 ") == fold_mrn("M100") == "M100"


def test_a_country_code_does_not_make_another_phone() -> None:
    assert fold_phone("+1 (212) 555-0147") == fold_phone("212.555.0147") == "2125550147"


@pytest.mark.parametrize(
    ("day", "swapped"),
    [
        (date(1980, 4, 3), date(1980, 3, 4)),
        (date(1980, 4, 13), None),
        (date(1980, 4, 4), None),
        (date(2000, 2, 12), date(2000, 12, 2)),
    ],
)
def test_day_and_month_are_swapped_where_that_is_another_date(day: date, swapped: date | None) -> None:
    assert day_and_month_swapped(day) == swapped


@given(st.dates())
def test_swapping_back_gives_the_first_date(day: date) -> None:
    swapped = day_and_month_swapped(day)

    assert swapped is None or day_and_month_swapped(swapped) == day


@pytest.mark.parametrize(
    ("one", "other", "is_slip"),
    [
        ("nunez", "nunes", True),
        ("nunez", "nuez", True),
        ("nunez", "nunnez", True),
        ("nunez", "nuenz", True),
        ("nunez", "nuense", False),
        ("li", "lu", False),
        ("ann", "ana", False),
        ("anna", "ana", False),
        ("smith", "smith", True),
        ("smith", "smit", True),
        ("smith", "xmity", False),
    ],
)
def test_one_slip_of_the_hand(one: str, other: str, is_slip: bool) -> None:
    assert is_one_slip(one, other) is is_slip
    assert is_one_slip(other, one) is is_slip


_word = st.text(alphabet="abcdef", min_size=0, max_size=7)


@given(_word, _word)
def test_a_slip_is_the_same_seen_from_either_side(one: str, other: str) -> None:
    assert is_one_slip(one, other) == is_one_slip(other, one)


@given(st.text(alphabet="abcdef", min_size=5, max_size=9), st.data())
def test_a_missing_letter_is_one_slip(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))

    assert is_one_slip(word, word[:at] + word[at + 1 :])


@pytest.mark.parametrize(
    ("one", "other", "are_near"),
    [
        ("nunez ada", "nunez ada", True),
        ("nunez ada", "ada nunez", True),
        ("nunez ada", "nunes ada", True),
        ("nunez ada adi", "nunez adi", True),
        ("nunez ada", "nunez bo", False),
        ("nunez ada", "zimmer ada", False),
        ("", "nunez ada", False),
    ],
)
def test_names_are_near_when_two_of_them_are(one: str, other: str, are_near: bool) -> None:
    assert names_are_near(one.split(), other.split()) is are_near
    assert names_are_near(other.split(), one.split()) is are_near
