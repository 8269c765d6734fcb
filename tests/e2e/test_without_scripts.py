"""The main job in a browser that runs no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clinic import Team, a_team, sign_in_by_hand, someone_in_care
from tests.e2e.windows import LiveServer, Windows


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Bertrand", family="Acosta", scores={0: 16, 58: 16})
    return team


def test_the_main_job_needs_no_scripts(windows: Windows, team: Team) -> None:
    manager, psychiatrist = windows.open(javascript=False), windows.open(javascript=False)

    sign_in_by_hand(manager, team.emails["care_manager"])
    _enter_a_phq_9(manager, team)
    _log_a_contact(manager, team)

    sign_in_by_hand(psychiatrist, team.emails["psychiatrist"])
    _record_a_review(psychiatrist, team)


def _enter_a_phq_9(page: Page, team: Team) -> None:
    page.goto(f"{team.person('Bertrand')}/measures/new/phq-9")
    for item in range(1, 10):
        page.locator(f"#item-{item} input[value='{0 if item == 9 else 1}']").check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("PHQ-9 saved")).to_be_visible()
    expect(page.locator(".live__value")).to_have_text("8")


def _log_a_contact(page: Page, team: Team) -> None:
    page.goto(f"{team.person('Bertrand')}/contacts/new")
    page.get_by_label("Treatment contact").check(force=True)
    page.get_by_label("Yes, seen or spoken with").check(force=True)
    page.get_by_label("Phone", exact=True).check(force=True)
    page.get_by_label("Minutes").fill("15")
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_text("15 min").first).to_be_visible()


def _record_a_review(page: Page, team: Team) -> None:
    page.goto("/review")
    page.get_by_role("link", name=re.compile("Bertrand Acosta")).first.click()
    form = page.locator("form.review-form")
    form.get_by_label("Continue").check(force=True)
    form.get_by_label("Minutes").fill("5")
    form.get_by_role("button", name="Save and next").click()
    page.goto(f"{team.person('Bertrand')}/reviews")
    expect(page.get_by_text("Continue the present treatment")).to_be_visible()
