"""A day without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clinic import Team, a_team, sign_in, someone_in_care
from tests.e2e.focus import focus_is_seen, tab_to
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


def test_a_review_is_written_by_keys(page: Page, team: Team) -> None:
    sign_in(page, team.emails["psychiatrist"])
    page.goto(f"/review/{team.patients['Bertrand']}")
    kind = page.get_by_label("Change dose")

    kind.focus()
    page.keyboard.press("Space")
    expect(kind).to_be_checked()
    assert focus_is_seen(page)
    page.keyboard.press("Tab")
    expect(page.get_by_label("In words").first).to_be_focused()
    page.keyboard.type("Sertraline to 150 mg")
    tab_to(page, page.get_by_role("button", name="Save and next"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Queue").locator("[aria-current]")).to_contain_text("Annelise Brandt")
