"""Measures that branch, ask for one of two, take numbers, or end in a level: entered, refused, looked back on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access import scope
from registry.alerts.models import Alert
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from registry.measures.answers import DECLINED
from tests.elements import Element
from tests.instruments import OWN_INSTRUMENTS, own_instruments
from tests.integration.measurements.browser import Browser, Stored, a_measure, errors, one, typed
from tests.integration.measurements.people import TODAY
from tests.pages import page_of

INSIDE = {"1": 0, "2": 0, "6": 0}
"""Answers of the outings interview after which items 3 to 5 are not asked."""
AGAINST_ITSELF = {"1": 0, "2": 0, "4": 1, "6": 0}
"""The same with a positive answer to item 4, a safety item."""


@pytest.fixture(autouse=True)
def _own_instruments(app: Flask, browser: Browser) -> Iterator[None]:
    with own_instruments(app):
        with app.app_context():
            sync_instruments()
        yield


def kept(app: Flask) -> list[Mapping[str, Any]]:
    """The answers of every measure on record."""
    with app.app_context(), scope.all_patients(reason="test"):
        return [row.answers or {} for row in db.session.scalars(select(Measurement))]


def rows(page: Element, caption: str) -> dict[str, list[str]]:
    """Heading of each row → its cells, of the table called so."""
    table = next(each for each in page.select("table") if caption in one(each, "caption").get_text())
    return {
        one(row, "th").get_text(" ", strip=True): [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in table.select("tbody tr")
    }


def test_a_positive_answer_nobody_signed_for_is_told_to_whoever_enters_it(app: Flask, browser: Browser) -> None:
    best = {str(item): 4 for item in range(1, 11)}
    measure_id = a_measure(app, browser.person, best, instrument="reqol-10")

    response = browser.send(f"/{measure_id}/correct", typed({"6": 2}) | {"why": "Read again"})

    page = page_of(browser.client.get(response.location)).get_text(" ", strip=True)
    assert "Item 6 of ReQoL-10 may be a sign of danger, and nobody is told" in page
    assert "item 6: 2 points" in page
    with app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(Alert).where(Alert.is_safety)).all() == []


def test_what_is_not_asked_stays_empty_and_counts_as_the_file_says(app: Flask, browser: Browser) -> None:
    response = browser.send("/new/outings", typed(INSIDE))

    (answers,) = kept(app)
    assert (answers["3"], answers["4"], answers["5"]) == (None, None, None)
    page = page_of(browser.client.get(response.location))
    assert one(page, ".live__value").get_text() == "Not outside"
    assert rows(page, "Answers")["4 Meant to go"] == ["Not asked"]


def test_a_safety_item_that_was_not_asked_is_no_gap_and_one_left_blank_is(app: Flask, browser: Browser) -> None:
    def open_alerts() -> list[str]:
        with app.app_context(), scope.all_patients(reason="test"):
            return list(db.session.scalars(select(Alert.rule).where(Alert.is_safety)))

    browser.send("/new/outings", typed(INSIDE) | {"taken_on": (TODAY - timedelta(days=1)).isoformat()})
    assert open_alerts() == []

    browser.send("/new/outings", typed({"2": 1}))
    assert open_alerts() == ["safety.unknown"]


def test_each_question_that_may_be_skipped_says_when(browser: Browser) -> None:
    page = browser.page("/new/outings")

    assert one(page, "#item-4-hint").get_text() == "Not asked if item 2 is “No”"


@pytest.mark.parametrize("stage", ["entered", "finished", "corrected"])
def test_answers_against_each_other_are_refused_beside_the_item_and_stay_on_the_form(
    app: Flask, browser: Browser, stored: Stored, stage: str
) -> None:
    path, values = "/new/outings", typed({"3": "", "5": ""} | AGAINST_ITSELF)
    if stage == "finished":
        browser.send(path, typed(INSIDE) | {"draft": "yes"})
        path = _draft_path(browser)
    if stage == "corrected":
        path = f"/{a_measure(app, browser.person, INSIDE, instrument='outings', mode='interview')}/correct"
        values |= {"why": "misread"}
    before = stored(), kept(app)

    response = browser.send(path, values)

    assert response.status_code == 422
    words = "Item 4 is not asked after this answer to item 2: correct one of them"
    assert errors(response) == words
    page = page_of(response)
    assert words in one(page, "[data-item='4'] .field__error").get_text()
    assert page.select_one("input[name=item-4][value='1'][checked]"), "the positive answer stays where it was typed"
    assert (stored(), kept(app)) == before


@pytest.mark.parametrize("stage", ["new", "kept again"])
def test_a_draft_against_itself_is_kept_and_its_positive_answer_alerts(
    app: Flask, browser: Browser, stored: Stored, stage: str
) -> None:
    path = "/new/outings"
    if stage == "kept again":
        browser.send(path, typed(INSIDE) | {"draft": "yes"})
        path = _draft_path(browser)

    response = browser.send(path, typed({"3": "", "5": ""} | AGAINST_ITSELF) | {"draft": "yes"})

    assert response.status_code == 303
    assert stored() == [("draft", [])]
    assert [answers["4"] for answers in kept(app)] == [1]
    with app.app_context(), scope.all_patients(reason="test"):
        assert list(db.session.scalars(select(Alert.rule).where(Alert.is_safety))) == ["safety.self-harm"]


def test_a_draft_against_itself_is_opened_refused_as_final_and_discarded(browser: Browser, stored: Stored) -> None:
    browser.send("/new/outings", typed(AGAINST_ITSELF) | {"draft": "yes"})
    path = _draft_path(browser)

    assert browser.page(path).select_one("input[name=item-4][value='1'][checked]")
    assert browser.send(path, typed(AGAINST_ITSELF) | {"version": "1"}).status_code == 422
    assert stored() == [("draft", [])]
    assert browser.send(path, {}, form="form[action$='/discard']").status_code == 303
    assert browser.page(path.removesuffix("/draft")).select_one("table")


def test_a_draft_with_both_of_an_either_or_is_kept(browser: Browser, stored: Stored) -> None:
    both = {"6": 1, "7": 1}

    assert browser.send("/new/contentment", typed(both)).status_code == 422
    assert browser.send("/new/contentment", typed(both) | {"draft": "yes"}).status_code == 303
    assert stored() == [("draft", [])]


def _draft_path(browser: Browser) -> str:
    return str(one(browser.page("/new"), "a[href$='/draft']")["href"]).removeprefix(browser.measures)


def test_an_answer_against_another_can_be_taken_back_without_a_keyboard(app: Flask, browser: Browser) -> None:
    response = browser.send("/new/outings", typed(AGAINST_ITSELF | {"4": "blank"}))

    assert response.status_code == 303
    assert kept(app)[0]["4"] is None


@pytest.mark.parametrize("given", ["31", "-1", "1.5", "x", "\x00", "٣", "9" * 5_000])
def test_a_number_outside_its_range_is_refused_beside_it(browser: Browser, stored: Stored, given: str) -> None:
    response = browser.send("/new/days", typed({"worked": 1, "days": given, "hours": 4, "rating": 50}))

    assert (response.status_code, errors(response)) == (422, "Enter a whole number from 0 to 30")
    assert one(page_of(response), "#item-rating")["value"] == "50"
    assert stored() == []


def test_a_number_and_a_refusal_to_give_one_exclude_each_other(browser: Browser) -> None:
    response = browser.send("/new/days", typed({"worked": 1}) | {"item-rating": ["50", "declined"]})

    assert (response.status_code, errors(response)) == (422, "Enter a number or tick “Declined”, not both")
    page = page_of(response)
    assert one(page, "#item-rating")["value"] == "50"
    assert one(page, "#item-rating-declined").has_attr("checked")


@pytest.mark.parametrize("given", [["50", "60"], ["50", "50"], ["50", "60", "declined"]])
def test_two_numbers_for_one_item_are_refused_beside_it(browser: Browser, stored: Stored, given: list[str]) -> None:
    response = browser.send("/new/days", typed({"worked": 1}) | {"item-rating": given})

    assert (response.status_code, errors(response)) == (422, "Enter one number: more than one was sent")
    assert stored() == []


def test_numbers_are_stored_as_numbers_and_a_declined_one_as_declined(app: Flask, browser: Browser) -> None:
    response = browser.send("/new/days", typed({"worked": 1, "days": "07", "hours": 4, "rating": "declined"}))

    assert kept(app) == [{"worked": 1, "days": 7, "hours": 4, "rating": "declined"}]
    page = page_of(browser.client.get(f"{response.location}/correct"))
    assert one(page, "#item-days")["value"] == "7"
    assert one(page, "#item-rating-declined").has_attr("checked")


def test_a_score_worked_out_by_a_factor_is_shown_with_its_decimals(browser: Browser) -> None:
    response = browser.send("/new/days", typed({"worked": 1, "days": 12, "hours": 4, "rating": 55}))

    page = page_of(browser.client.get(response.location))
    assert [each.get_text() for each in page.select(".live__value")] == ["46", "55"]


@pytest.mark.parametrize(
    ("instrument", "begun", "finished", "corrected"),
    [
        ("outings", {"1": 1}, {"2": 0, "6": 2}, {"1": 0}),
        ("contentment", {"1": 5, "6": 1}, {"2": 4, "3": 6, "4": 1, "5": 3}, {"6": "blank", "7": 2}),
        ("days", {"worked": 1, "days": 12}, {"hours": 4, "rating": 55}, {"worked": 0, "days": "", "hours": "blank"}),
    ],
)
def test_every_kind_is_begun_finished_and_corrected_with_a_past_date(
    app: Flask,
    browser: Browser,
    instrument: str,
    begun: dict[str, Any],
    finished: dict[str, Any],
    corrected: dict[str, Any],
) -> None:
    day = {"taken_on": (TODAY - timedelta(days=9)).isoformat()}
    browser.send(f"/new/{instrument}", typed(begun) | day | {"draft": "yes"})
    path = str(one(browser.page("/new"), "a[href$='/draft']")["href"]).removeprefix(browser.measures)

    response = browser.send(path, typed(finished))
    assert response.status_code == 303
    path = f"{response.location.removeprefix(browser.measures)}/correct"
    response = browser.send(path, typed(corrected) | {"why": "misread"})
    assert response.status_code == 303, errors(response)

    with app.app_context(), scope.all_patients(reason="test"):
        row = db.session.scalars(select(Measurement).where(Measurement.status == "final")).one()
        wanted = begun | finished | corrected
        expected = {item: None if answer in ("", "blank") else answer for item, answer in wanted.items()}
        assert row.taken_on == TODAY - timedelta(days=9)
        assert {item: answer for item, answer in (row.answers or {}).items() if item in wanted} == expected
        assert row.scores


def test_of_an_either_or_one_is_answered(app: Flask, browser: Browser, stored: Stored) -> None:
    answers = {"1": 5, "2": 4, "3": 6, "4": 1, "5": 3}
    page = browser.page("/new/contentment")
    assert one(page, ".questions__caption").get_text() == "Answer one of items 6 and 7"

    response = browser.send("/new/contentment", typed(answers | {"6": 1, "7": 2}))
    assert (response.status_code, errors(response)) == (422, "Answer only one of items 6, 7: both have an answer")
    assert stored() == []

    response = browser.send("/new/contentment", typed(answers | {"7": 2}))
    shown = page_of(browser.client.get(response.location))
    assert [each.get_text() for each in shown.select(".live__value")] == ["3.67", "5"]
    assert rows(shown, "Answers")["6 Less food in the house than before"] == ["Item 7 answered instead"]


@pytest.mark.parametrize("instrument", ["contentment", "days", "outings", "crdpss"])
def test_no_total_is_copied_from_paper_where_there_is_none_or_no_whole_one(browser: Browser, instrument: str) -> None:
    assert browser.page(f"/new/{instrument}").select("#total") == []

    response = browser.send(f"/new/{instrument}", {"total": "4"})

    assert (response.status_code, "this measure has no total" in errors(response)) == (422, True)


def test_a_level_that_is_not_certain_says_what_is(app: Flask, browser: Browser) -> None:
    measure = a_measure(app, browser.person, {"1": 1, "2": 1, "3": 1}, instrument="outings", mode="interview")

    page = browser.page(f"/{measure}")

    assert one(page, ".live__value").get_text() == "Incomplete"
    assert "Items 4, 5, 6 have no answer; at least sometimes outside" in page.get_text()


def test_two_dates_are_compared_on_every_scale_with_what_was_not_asked(app: Flask, browser: Browser) -> None:
    outings = {"instrument": "outings", "mode": "interview"}
    first = a_measure(app, browser.person, INSIDE, taken_on=TODAY - timedelta(days=9), **outings)
    second = a_measure(app, browser.person, {"1": 1, "2": 1, "3": 1, "4": 0, "5": DECLINED}, **outings)

    page = browser.page(f"?instrument=outings&first={first}&second={second}")

    shown = rows(page, "beside")
    assert shown["3 Thought of where to go"] == ["Not asked", "1 · Yes", ""]
    assert shown["5 Worked out how to go"] == ["Not asked", "Declined", ""]
    incomplete = "Incomplete: items 5, 6 have no answer; at least sometimes outside"
    assert shown["Outings"] == ["Not outside", incomplete, ""]
    assert rows(page, "item by item")["Outings"] == ["Not outside", incomplete]


def test_change_is_told_in_points_of_the_scale_the_reversed_item_turned_round(app: Flask, browser: Browser) -> None:
    answers = {"1": 5, "2": 4, "3": 6, "4": 1, "5": 3, "6": 2}
    first = a_measure(app, browser.person, answers, instrument="contentment", taken_on=TODAY - timedelta(days=9))
    second = a_measure(app, browser.person, answers | {"3": 2, "5": 0, "6": 1}, instrument="contentment")

    page = browser.page(f"?instrument=contentment&first={first}&second={second}")

    shown = rows(page, "beside")
    assert [shown[name][2] for name in ("3 The noise in the street", "Contentment", "House")] == ["+4", "+1.33", "−3"]


def test_a_form_of_another_version_is_compared_as_far_as_it_goes(app: Flask, browser: Browser, tmp_path: Path) -> None:
    days, later = (OWN_INSTRUMENTS / "days.toml").read_text(encoding="utf-8"), TODAY - timedelta(days=9)
    (tmp_path / "days.v1.toml").write_text(days, encoding="utf-8")
    changed = days.replace('version = "1"', 'version = "2"').replace('"rating"', '"verdict"')
    (tmp_path / "days.v2.toml").write_text(changed, encoding="utf-8")
    with own_instruments(app, tmp_path):
        with app.app_context():
            sync_instruments()
        about = {"instrument": "days", "mode": "interview"}
        first = a_measure(app, browser.person, {"worked": 0, "rating": 60}, version="1", taken_on=later, **about)
        second = a_measure(app, browser.person, {"worked": 0, "verdict": 90}, **about)

        page = browser.page(f"?instrument=days&first={first}&second={second}")

        shown = rows(page, "beside")
        assert shown["4 How it went"] == ["Not on this form", "90", ""]
        assert shown["Work"] == ["40", "60", "+20"]
        assert shown["Rating"] == ["Not on this form", "90", ""]
