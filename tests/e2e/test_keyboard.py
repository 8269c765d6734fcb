"""A day without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clinic import Team, a_team, sign_in, someone_in_care
from tests.e2e.focus import focus_is_seen
from tests.e2e.windows import LiveServer


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Annelise", family="Brandt", scores={0: 14})
    someone_in_care(live_server, team, given="Bertrand", family="Acosta", scores={0: 16, 58: 16})
    return team


def test_the_caseload_is_moved_through_searched_and_opened_by_keys(page: Page, team: Team) -> None:
    sign_in(page, team.emails["care_manager"])
    page.goto("/caseload")
    rows = page.locator("[data-row-link]")

    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    assert focus_is_seen(page)
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()

    page.keyboard.press("x")
    page.emulate_media(media="print")
    expect(rows.nth(0)).to_be_visible()
    expect(rows.nth(1)).to_be_hidden()
    expect(page.get_by_text("Everyone: 1–2 of 2. Of these only the 1 ticked.")).to_be_visible()
    page.emulate_media(media="screen")
    page.keyboard.press("x")

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(rows.nth(0)).to_be_focused()

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("brandt")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Annelise Brandt")).to_be_visible()
    page.wait_for_load_state()

    page.keyboard.press("m")
    expect(page.get_by_role("heading", name=re.compile("measure", re.IGNORECASE)).first).to_be_visible()


def test_a_list_that_arrives_late_leaves_the_keyboard_on_its_row(page: Page, team: Team) -> None:
    sign_in(page, team.emails["care_manager"])
    page.goto("/caseload")
    page.get_by_role("link", name="Annelise Brandt").focus()

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.evaluate("""() => {
            const search = document.querySelector("input[type=search]");
            search.value = "brandt";
            search.dispatchEvent(new Event("search"));
        }""")
    expect(page.locator("[data-row-link]")).to_have_count(1)
    expect(page.get_by_role("link", name="Annelise Brandt")).to_be_focused()


def test_eight_cases_are_reviewed_one_after_the_other_by_keys_alone(
    page: Page, team: Team, live_server: LiveServer
) -> None:
    for given in ("Cora", "Dario", "Edda", "Farid", "Greta", "Hakim"):
        someone_in_care(live_server, team, given=given, family="Voss")
    sign_in(page, team.emails["psychiatrist"])
    page.goto("/review")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("l")
    for_the_meeting = page.locator(".queue--meeting [data-row-link]")
    expect(for_the_meeting).to_be_focused()
    page.keyboard.press("Enter")
    expect(for_the_meeting).to_have_attribute("aria-current", "true")
    page.keyboard.press("t")
    expect(page.get_by_text("Timed since")).to_be_visible()

    page.keyboard.press("r")
    assert focus_is_seen(page)
    page.keyboard.press("1")
    expect(page.get_by_label("Change dose")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Sertraline to 150 mg")
    page.keyboard.press("Tab")
    page.keyboard.press("a")
    second = page.get_by_role("group", name="Recommendation 2")
    expect(second.get_by_label("Change dose")).to_be_focused()
    expect(page.get_by_label("In words").first).to_have_value("Sertraline to 150 mg")
    page.keyboard.press("5")
    expect(second.get_by_label("Measure")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("C-SSRS today")
    page.keyboard.press("Control+Enter")

    for _case in range(7):
        expect(page.locator("#case")).to_be_focused()
        expect(page.get_by_text("Timed since")).to_be_visible()
        page.keyboard.press("r")
        page.keyboard.press("9")
        page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Nobody waits for a review.")).to_be_visible()
    expect(page.get_by_text("reviewed in 8 weeks: 8 of 8")).to_be_visible()
