"""Trying an instrument: scored, shown, and kept nowhere."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.integration.administration.conftest import House
from tests.pages import fill_in, page_of, words
from tests.trust.world import snapshot

PHQ = "/administration/instruments/phq-9/try"
BRANCHING = "/administration/instruments/branching/try"
SIX: dict[str, str | list[str]] = {f"item-{number}": "2" for number in range(1, 4)}
WHOLE = SIX | {f"item-{number}": "0" for number in range(4, 10)}


def _tried(house: House, answers: dict[str, str | list[str]], address: str = PHQ) -> TestResponse:
    return fill_in(house.browser_of("manager"), address, answers, button="Score these answers")


def _came_to(page: TestResponse) -> str:
    result = page_of(page).select_one("section[aria-labelledby=result-title]")
    return "" if result is None else result.get_text(" ", strip=True)


def test_typed_answers_are_scored_with_band_and_safety_item(house: House) -> None:
    answer = _tried(house, WHOLE)

    assert answer.status_code == 200
    assert "PHQ-9 total 6, mild" in _came_to(answer)
    assert "Safety item 9 is negative." in _came_to(answer)


def test_a_positive_safety_answer_says_what_it_would_do(house: House) -> None:
    assert "Safety item 9 is positive" in _came_to(_tried(house, WHOLE | {"item-9": "1"}))


def test_a_missing_answer_withholds_the_score_and_says_why(house: House) -> None:
    said = _came_to(_tried(house, {name: value for name, value in WHOLE.items() if name != "item-9"}))

    assert "No score: item 9 has no answer" in said
    assert "Safety item 9 is unknown" in said


def test_what_is_not_asked_is_named(invented: House) -> None:
    said = _came_to(_tried(invented, {"item-1": "0", "item-3": "1", "item-6": "1"}, BRANCHING))

    assert "Not asked after these answers: 2." in said


def test_answers_that_contradict_each_other_are_refused_beside_the_item(invented: House) -> None:
    answer = _tried(invented, {"item-4": "1", "item-5": "1"}, BRANCHING)

    assert answer.status_code == 422
    assert "Answer only one of items 4a, 4b" in words(answer)
    assert _came_to(answer) == ""


@pytest.mark.parametrize("answer", ["9", "-1", "many", "1.5"])
def test_an_impossible_answer_is_refused_and_nothing_is_scored(house: House, answer: str) -> None:
    page = _tried(house, WHOLE | {"item-1": answer})

    assert page.status_code == 422
    assert _came_to(page) == ""


def test_nothing_of_it_is_kept_anywhere(house: House) -> None:
    but = frozenset({"signed_in_session"})
    house.browser_of("manager").get(PHQ)
    before = snapshot(house.app, but=but)

    answer = _tried(house, WHOLE | {"item-9": "3"})

    assert _came_to(answer)
    assert snapshot(house.app, but=but) == before
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_answer_stands_in_an_address(house: House) -> None:
    page = house.browser_of("manager").get(f"{PHQ}?item-1=3")

    assert not page_of(page).select("main input[checked]")
    assert [form.get("method") for form in page_of(page).select("main form")] == ["post"]
