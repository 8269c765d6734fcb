"""The main job from end to end: measured, safe, off target, reviewed, and what became of the advice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import accessibility_faults
from tests.e2e.clinic import Team, a_team, open_place, sign_in_by_hand, someone_in_care, type_answers
from tests.e2e.windows import LiveServer, Windows

SAFETY_WORDS = "PHQ-9 item 9"
QUESTION = "No better after nine weeks on sertraline 100 mg. Raise it, or switch?"
ADVICE = "Sertraline to 150 mg, look at sleep after two weeks"


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    """Two people in care for nine weeks: Annelise, measured once; Bertrand, no better in his second score."""
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Annelise", family="Brandt", scores={0: 14})
    someone_in_care(live_server, team, given="Bertrand", family="Acosta", scores={0: 16, 58: 14})
    return team


@pytest.mark.parametrize(
    "served_database", ["postgresql", pytest.param("sqlite", marks=pytest.mark.trust)], indirect=True
)
def test_a_care_manager_a_psychiatrist_and_a_lead_do_the_main_job(windows: Windows, team: Team) -> None:
    manager, psychiatrist, lead = windows.open(), windows.open(), windows.open()

    given_somebody_signed_in(manager, team.emails["care_manager"])
    then_the_caseload_says_why(manager)
    when_she_types_a_phq_9_with_item_9_positive(manager)
    then_she_is_asked_what_was_done(manager)
    when_she_leaves_without_a_word(manager)
    then_the_alert_stands_urgent_on_her_day(manager)
    when_she_acknowledges_and_records_what_was_done(manager)
    then_it_stays_open_until_she_says_how_it_ended(manager)

    when_she_asks_the_psychiatrist(manager, team)
    given_somebody_signed_in(psychiatrist, team.emails["psychiatrist"])
    then_he_finds_the_question_and_the_reason_in_the_queue(psychiatrist)
    when_he_recommends_and_takes_the_next(psychiatrist)
    when_she_accepts_it_and_it_is_done(manager, team)
    then_its_fate_stands_beside_the_score(manager)

    given_somebody_signed_in(lead, team.emails["clinic_lead"])
    then_a_number_opens_its_people(lead)


def given_somebody_signed_in(page: Page, email: str) -> None:
    sign_in_by_hand(page, email)
    expect(page.get_by_role("link", name="Caseload").first).to_be_visible()


def then_the_caseload_says_why(page: Page) -> None:
    open_place(page, "Caseload")
    row = page.get_by_role("row").filter(has_text="Bertrand Acosta")
    expect(row).to_contain_text("Off target")
    expect(row).to_contain_text("9 wk")
    expect(row.locator(".score__course").first).to_contain_text("16")
    expect(row.get_by_role("img", name=re.compile("PHQ-9"))).to_be_visible()


def when_she_types_a_phq_9_with_item_9_positive(page: Page) -> None:
    open_place(page, "Caseload")
    page.get_by_role("link", name="Annelise Brandt").click()
    page.get_by_role("link", name="Enter a measure").click()
    page.get_by_role("link", name=re.compile("PHQ-9")).first.click()
    type_answers(page, "2221111120")


def then_she_is_asked_what_was_done(page: Page) -> None:
    expect(page.get_by_role("heading", name="Positive safety answer")).to_be_visible()
    expect(page.get_by_label("Safety alert")).to_contain_text(SAFETY_WORDS)
    expect(page.get_by_role("button", name="Save what was done")).to_be_visible()
    assert accessibility_faults(page) == []


def when_she_leaves_without_a_word(page: Page) -> None:
    page.get_by_role("link", name="Leave the alert open for now").click()


def then_the_alert_stands_urgent_on_her_day(page: Page) -> None:
    open_place(page, "My day")
    urgent = page.get_by_role("region", name="Urgent: answer these first")
    expect(urgent).to_contain_text("Annelise Brandt")
    expect(urgent).to_contain_text(SAFETY_WORDS)


def when_she_acknowledges_and_records_what_was_done(page: Page) -> None:
    page.get_by_role("button", name="Acknowledge the alert about Annelise Brandt").click()
    page.get_by_role("link", name="Open the alert about Annelise Brandt").click()
    done = page.locator("#act")
    done.get_by_label("Something was done").check(force=True)
    done.get_by_label("What was done").fill("Asked about a plan: none. Safety plan gone through with her sister.")
    done.get_by_role("button", name="Save what was done").click()


def then_it_stays_open_until_she_says_how_it_ended(page: Page) -> None:
    expect(page.get_by_text("The alert stays open until you close it")).to_be_visible()
    end = page.locator("#close")
    end.get_by_label("Reached; safe for now, plan reviewed").check(force=True)
    end.get_by_label("In words").fill("Safe for now. Called again in the evening.")
    end.get_by_role("button", name="Close the alert").click()
    expect(page.locator("#history")).to_contain_text("Closed")
    open_place(page, "My day")
    expect(page.get_by_role("region", name="Urgent: answer these first")).to_have_count(0)


def when_she_asks_the_psychiatrist(page: Page, team: Team) -> None:
    page.goto(team.person("Bertrand"))
    page.get_by_role("link", name="Ask the psychiatrist").first.click()
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text(QUESTION).first).to_be_visible()


def then_he_finds_the_question_and_the_reason_in_the_queue(page: Page) -> None:
    open_place(page, "Case review")
    queue = page.get_by_role("region", name="Queue")
    waiting = queue.get_by_role("link", name=re.compile("Bertrand Acosta"))
    expect(waiting).to_contain_text("Off target")
    waiting.click()
    expect(page.locator("blockquote")).to_contain_text(QUESTION)


def when_he_recommends_and_takes_the_next(page: Page) -> None:
    form = page.locator("form.review-form")
    form.get_by_label("Change dose").check(force=True)
    form.get_by_label("In words").first.fill(ADVICE)
    form.get_by_label("Minutes").fill("6")
    form.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("region", name="Queue").locator("[aria-current]")).to_contain_text("Annelise Brandt")


def when_she_accepts_it_and_it_is_done(page: Page, team: Team) -> None:
    page.goto(f"{team.person('Bertrand')}/reviews")
    for state in ("Accept", "Done"):
        page.get_by_role("link", name=re.compile(f"^(Decide|Done).*{ADVICE}")).click()
        page.get_by_label(state, exact=True).check(force=True)
        page.get_by_role("button", name="Save the decision").click()


def then_its_fate_stands_beside_the_score(page: Page) -> None:
    review = page.get_by_role("region", name=re.compile("today"))
    expect(review).to_contain_text(ADVICE)
    expect(review).to_contain_text("done by R. Osei")
    expect(review).to_contain_text("PHQ-9 14")
    assert accessibility_faults(page) == []


def then_a_number_opens_its_people(page: Page) -> None:
    open_place(page, "Clinic")
    page.get_by_role("list", name="How the clinic does today").get_by_role("link", name="Reviewed in 8 weeks").click()
    expect(page.get_by_role("link", name="Bertrand Acosta")).to_be_visible()
    expect(page.get_by_role("link", name="Annelise Brandt")).to_have_count(0)
