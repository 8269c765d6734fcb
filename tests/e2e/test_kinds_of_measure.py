"""Measures that branch, ask for one of two, or take numbers, typed in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from tests.builders import a_clinic, a_patient, a_user, an_episode, id_of
from tests.e2e.accessibility import accessibility_faults
from tests.e2e.clinic import sign_in
from tests.e2e.windows import DESK, PHONE, LiveServer
from tests.instruments import own_instruments


@pytest.fixture
def measures(page: Page, live_server: LiveServer) -> Iterator[str]:
    """The address of the measures of a patient, whose care manager has signed in."""
    with own_instruments(live_server.app):
        with live_server.app.app_context():
            sync_instruments()
            clinic = a_clinic("Harbor Street Clinic")
            email = a_user(clinic=clinic, name="R. Osei").email
            patient = a_patient(clinic=clinic, given="Annelise", family="Brandt")
            an_episode(patient=patient, clinic=clinic, tracked=("phq-9:total", "gad-7:total"))
            patient_id = id_of(patient)
        sign_in(page, email)
        yield f"/patients/{patient_id}/measures"


def stored(live_server: LiveServer) -> list[tuple[str, Mapping[str, Any]]]:
    """Day and answers of every measure on record."""
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        return [(str(row.taken_on), row.answers or {}) for row in db.session.scalars(select(Measurement))]


def question(page: Page, item: str) -> Locator:
    return page.locator(f"[data-item='{item}']")


def state(page: Page, item: str) -> Locator:
    return question(page, item).locator("[data-part=state]")


def test_digits_pass_over_what_is_not_asked_until_the_answer_changes(page: Page, measures: str) -> None:
    page.goto(f"{measures}/new/outings")

    page.keyboard.press("1")
    page.keyboard.press("0")

    expect(question(page, "6").locator("input").first).to_be_focused()
    for item in ("3", "4", "5"):
        expect(question(page, item).locator("input").first).to_be_disabled()
        expect(state(page, item)).to_have_text("Not asked")
    expect(page.locator("[data-part=value]")).to_have_text("Incomplete")
    expect(page.locator("[data-part=band]")).to_have_text("at least wishes to")
    assert accessibility_faults(page) == []

    page.keyboard.press("Backspace")
    page.keyboard.press("1")
    expect(question(page, "3").locator("input").first).to_be_focused()
    for digit in "1100":
        page.keyboard.press(digit)
    expect(page.locator("[data-part=value]")).to_have_text("Often outside")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_positive_answer_behind_a_closed_branch_is_marked_sent_and_refused(
    page: Page, measures: str, live_server: LiveServer
) -> None:
    page.goto(f"{measures}/new/outings")
    for digit in "1111":
        page.keyboard.press(digit)

    question(page, "2").locator("input[value='0']").check(force=True)

    words = "Item 4 is not asked after this answer to item 2: correct one of them"
    expect(question(page, "4").locator("input").first).to_be_enabled()
    expect(state(page, "4")).to_have_text(words)
    expect(page.locator("[data-part=value]")).to_have_text("–")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Item 3 is not asked")
    expect(question(page, "4").locator("input[value='1']")).to_be_checked()
    assert accessibility_faults(page) == []

    question(page, "2").locator("input[value='1']").check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(lambda url: "/new/" not in url)
    ((_, answers),) = stored(live_server)
    assert answers["4"] == 1


def test_of_an_either_or_the_second_is_reached_by_an_arrow_and_passed_over_by_digits(page: Page, measures: str) -> None:
    page.goto(f"{measures}/new/contentment")

    for digit in "44413":
        page.keyboard.press(digit)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    expect(state(page, "6")).to_have_text("Item 7 is answered instead")
    expect(page.locator("[data-scale=mean] [data-part=value]")).to_have_text("4")
    expect(page.locator("[data-scale=house] [data-part=value]")).to_have_text("5")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()

    question(page, "6").locator("input[value='1']").check(force=True)
    expect(state(page, "7")).to_have_text("Answer only one of items 6, 7: both have an answer")
    question(page, "7").get_by_label("No answer").check(force=True)
    expect(state(page, "7")).to_have_text("Item 6 is answered instead")
    assert accessibility_faults(page) == []


def test_digits_written_into_a_number_stay_there_and_enter_goes_on(page: Page, measures: str) -> None:
    page.goto(f"{measures}/new/days")

    page.keyboard.press("1")
    page.keyboard.type("41")
    expect(page.locator("#item-days")).to_have_value("41")
    expect(state(page, "days")).to_have_text("Enter a whole number from 0 to 30")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(question(page, "hours").locator("input").first).to_be_focused()
    page.keyboard.press("ArrowDown")  # a long list: an arrow chooses
    expect(question(page, "hours").locator("input").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("55")
    page.keyboard.press("Enter")

    expect(page.locator("[data-scale=work] [data-part=value]")).to_have_text("40")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".live__value").first).to_have_text("40")


def test_a_second_instrument_follows_by_keyboard_on_the_same_day(
    page: Page, measures: str, live_server: LiveServer
) -> None:
    page.goto(f"{measures}/new/phq-9")
    page.locator("#taken_on").fill("2026-11-02")
    question(page, "1").locator("input").first.focus()
    for digit in "2222211000":
        page.keyboard.press(digit)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save and enter next: GAD-7")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Anxiety")
    expect(page.locator("#taken_on")).to_have_value("2026-11-02")
    expect(question(page, "1").locator("input").first).to_be_focused()
    for digit in "2222211":
        page.keyboard.press(digit)
    page.keyboard.press("Enter")
    expect(page.get_by_text("GAD-7 saved")).to_be_visible()
    assert [day for day, _ in stored(live_server)] == ["2026-11-02", "2026-11-02"]
