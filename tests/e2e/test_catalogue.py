"""Choosing what a clinic uses, and trying an instrument, from the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clinic import Team, a_team, open_place, sign_in, sign_in_by_hand, someone_in_care, type_answers
from tests.e2e.windows import LiveServer


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    return a_team(live_server)


def test_a_lead_finds_a_measure_by_typing_and_switches_it_off(page: Page, team: Team) -> None:
    sign_in_by_hand(page, team.emails["clinic_lead"])
    open_place(page, "Measures")
    page.get_by_role("link", name="Choose for Harbor Street Clinic").press("Enter")
    expect(page.get_by_role("heading", name="Measures in use")).to_be_visible()
    page.wait_for_load_state()
    listed = page.get_by_role("group")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Find a measure")).to_be_focused()
    page.keyboard.type("self-rating mania")
    expect(listed.locator("visible=true")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="ASRM")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save what is used").press("Enter")

    expect(page.get_by_text("Harbor Street Clinic: 1 measure changed.")).to_be_visible()
    page.get_by_role("link", name="Not in use").press("Enter")
    expect(page.locator("[data-row-link]", has_text="ASRM")).to_be_visible()


def test_an_instrument_is_tried_by_its_digits_and_says_what_it_comes_to(page: Page, team: Team) -> None:
    sign_in(page, team.emails["psychiatrist"])
    page.goto("/administration/instruments/gad-7/try")

    type_answers(page, "2222222")

    result = page.get_by_role("region", name="What these answers come to")
    expect(result).to_contain_text("14")
    expect(result).to_be_focused()
    assert page.url.endswith("/administration/instruments/gad-7/try")


def test_the_catalogue_is_searched_as_one_types(page: Page, team: Team) -> None:
    sign_in_by_hand(page, team.emails["care_manager"])
    open_place(page, "Measures")
    page.wait_for_load_state("networkidle")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("disorder-7")
    expect(page.locator("[data-row-link]")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    page.locator("[data-row-link]").press("Enter")
    expect(page.get_by_role("heading", name="GAD-7", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_search_above_the_measures_to_choose_is_one_line_high(
    page: Page, live_server: LiveServer, team: Team, width: int
) -> None:
    someone_in_care(live_server, team, given="Annelise", family="Brandt")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, team.emails["care_manager"])
    page.goto(f"{team.person('Annelise')}/measures/new")

    box = page.get_by_role("searchbox", name="Find a measure").bounding_box()

    assert box is not None
    assert box["height"] < 60
