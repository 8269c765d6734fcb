"""The safety banner on a phone: no line ends with the mark between two facts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.clinic import NINE_WEEKS, a_team, sign_in, someone_in_care
from tests.e2e.windows import PHONE, LiveServer

MARKS_AT_THE_END = """list => [...list.children]
    .map(fact => getComputedStyle(fact, "::after").content).filter(mark => mark !== "none")"""
LINES = "list => new Set([...list.children].map(fact => fact.offsetTop)).size"


@pytest.mark.parametrize("viewport", [PHONE])
def test_no_line_of_the_banner_ends_with_a_separator(page: Page, live_server: LiveServer) -> None:
    """The mark stands before the second fact, and is clipped where that fact begins a line."""
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Annelise", family="Brandt", scores={0: 14, NINE_WEEKS.days: 15})

    sign_in(page, team.emails["care_manager"])
    page.goto(team.person("Annelise"))
    facts = page.locator(".safety__facts")
    assert facts.evaluate(LINES) > 1, "on a phone they need more than one line"
    assert facts.evaluate(MARKS_AT_THE_END) == []
    assert facts.evaluate("list => getComputedStyle(list).overflowX") == "clip"
    assert "C\N{NON-BREAKING HYPHEN}SSRS" in page.locator(".safety__sentence").inner_text()
