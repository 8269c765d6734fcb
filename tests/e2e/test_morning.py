"""A care manager's morning without a mouse: every step is a key pressed, and what has the focus can be seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import PASSWORD
from tests.e2e.clinic import Team, a_team, someone_in_care
from tests.e2e.focus import focus_is_seen, tab_to
from tests.e2e.windows import LiveServer

NOTE = "Safe at home; her sister stays until Friday."
QUESTION = "Thoughts of death since the dose was raised. Go on?"


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    """Annelise answered the safety item today; Bertrand is no better after nine weeks."""
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Annelise", family="Brandt", scores={0: 14, 63: 15})
    someone_in_care(live_server, team, given="Bertrand", family="Acosta", scores={0: 16, 58: 16})
    return team


def test_a_care_managers_morning_needs_no_mouse(page: Page, team: Team) -> None:
    given_she_signs_in(page, team)
    when_she_acknowledges_what_is_urgent_and_opens_the_person(page)
    then_a_contact_is_logged(page)
    then_a_measure_is_entered(page)
    then_the_psychiatrist_is_asked(page)
    then_the_next_person_is_opened(page)


def given_she_signs_in(page: Page, team: Team) -> None:
    page.goto("/sign-in")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(team.emails["care_manager"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My day")).to_be_visible()


def when_she_acknowledges_what_is_urgent_and_opens_the_person(page: Page) -> None:
    acknowledge = page.get_by_role("button", name="Acknowledge the alert about Annelise Brandt")
    tab_to(page, acknowledge)
    page.keyboard.press("Enter")
    expect(acknowledge).to_have_count(0)

    _follow(page, page.get_by_role("region", name="Urgent").get_by_role("link", name="Annelise Brandt", exact=True))
    expect(page.get_by_role("heading", name="Annelise Brandt")).to_be_visible()


def then_a_contact_is_logged(page: Page) -> None:
    _press(page, "c", then="Log a contact")
    tab_to(page, page.locator("[name=reached][value=yes]"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Note"))
    page.keyboard.type(NOTE)
    tab_to(page, page.get_by_role("button", name="Save contact"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(NOTE)).to_be_visible()
    _follow(page, page.locator(".tabs").get_by_role("link", name="Measures"))


def then_a_measure_is_entered(page: Page) -> None:
    _press(page, "m", then="Enter a measure")
    _follow(page, page.get_by_role("link", name=re.compile("^GAD-7")).first)
    expect(page.locator("[data-item] input").first).to_be_focused()
    page.keyboard.type("1111111")
    page.keyboard.press("Enter")
    expect(page.locator(".live__value")).to_have_text("7")
    _follow(page, page.get_by_role("link", name="Annelise Brandt", exact=True))


def then_the_psychiatrist_is_asked(page: Page) -> None:
    _press(page, "r", then="Ask the psychiatrist")
    tab_to(page, page.get_by_label("Your question"))
    page.keyboard.type(QUESTION)
    tab_to(page, page.get_by_role("button", name="Ask", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text(QUESTION).first).to_be_visible()


def then_the_next_person_is_opened(page: Page) -> None:
    _follow(page, page.get_by_role("link", name="My day", exact=True))
    expect(page.get_by_role("heading", name="My day")).to_be_visible()
    focused = page.locator("[data-row-link]:focus")
    page.keyboard.press("j")
    while focused.inner_text() != "Bertrand Acosta":
        page.keyboard.press("j")
    assert focus_is_seen(page)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bertrand Acosta")).to_be_visible()


def _follow(page: Page, link: Locator) -> None:
    page.wait_for_load_state()
    tab_to(page, link)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _press(page: Page, key: str, *, then: str) -> None:
    page.wait_for_load_state()
    with page.expect_navigation():
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name=then, exact=True)).to_be_visible()
    page.wait_for_load_state()
