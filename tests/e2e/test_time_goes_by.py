"""What time does to what a person is told: protocols, walked in a browser through an evening, a morning, ten weeks.

It is six in the evening of 31 March in Los Angeles, where the clinics are: in Greenwich already April.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, Locator, Page, expect

from tests.databases import MigratedDatabase
from tests.e2e.clinic import NINE_WEEKS, PHQ_9, Team, a_team, sign_in, someone_in_care, spoken_with
from tests.e2e.windows import LiveServer, Windows

EVENING = datetime(2026, 4, 1, 1, tzinfo=UTC)
NEXT_MORNING = EVENING + timedelta(hours=15)
TEN_WEEKS_LATER = EVENING + timedelta(weeks=10)

IN_CARE = NINE_WEEKS.days


@pytest.fixture(scope="module")
def teams(running_server: LiveServer, served_database: MigratedDatabase) -> Iterator[Mapping[str, Team]]:
    """Two clinics by their city. In Oakland a person for each protocol; in Fresno, whose months are counted, one."""
    served_database.empty()
    with time_machine.travel(EVENING, tick=False):
        oakland, fresno = (
            a_team(running_server, name=f"{city} Clinic", time_zone="America/Los_Angeles")
            for city in ("Oakland", "Fresno")
        )
        for given, scores in {
            "Nora": {0: 16},
            "Lucius": {0: 18, IN_CARE - 3: 4},
            "Vera": {0: 18},
            "Dana": {30: 14},
        }.items():
            someone_in_care(running_server, oakland, given=given, family="Brandt", scores=scores)
        someone_in_care(running_server, fresno, given="Evan", family="Brandt")
        spoken_with(running_server, oakland, "Nora", days_ago=35)
        spoken_with(running_server, oakland, "Lucius", days_ago=20)
    yield {"Oakland": oakland, "Fresno": fresno}
    served_database.empty()


@pytest.fixture
def windows(browser: Browser, running_server: LiveServer) -> Iterator[Windows]:
    """As elsewhere, only that what is stored stays for the next protocol, which is about another person."""
    windows = Windows(browser=browser, url=running_server.url)
    yield windows
    windows.close()
    assert not windows.complaints, "\n".join(windows.complaints)


def test_a_no_show_resets_nothing(page: Page, teams: Mapping[str, Team]) -> None:
    team = teams["Oakland"]
    with time_machine.travel(EVENING, tick=False):
        given_the_care_manager(page, team)
        then_the_list_says(page, "not-seen", "Nora", "35 days", "contact 5 days late")

        when_somebody_did_not_come(page, team, "Nora")
        expect(page.get_by_role("row").filter(has_text="No-show")).to_contain_text("Missed attempt")

        then_the_list_says(page, "not-seen", "Nora", "35 days", "1 missed", "contact 5 days late")
        page.goto(team.person("Nora"))
        then_the_record_says(page, "Last contact", "35 days ago, phone", "1 attempt missed since")
        then_it_falls_due(page, "Contact", "26 Mar", "overdue by 5 days")


def test_a_lost_patient_keeps_ageing_on_the_list(page: Page, teams: Mapping[str, Team]) -> None:
    team = teams["Oakland"]
    with time_machine.travel(EVENING, tick=False):
        given_the_care_manager(page, team)
        then_the_list_says(page, "at-target", "Lucius", "9 wk", "18 → to 4", "3 days", "20 days")

    with time_machine.travel(TEN_WEEKS_LATER, tick=False):
        given_the_care_manager(page, team)
        then_nobody_is_listed(page, "at-target", "Lucius")
        then_the_list_says(page, "not-seen", "Lucius", "19 wk", "unknown", "was 4, 28 Mar", "90 days")
        page.goto(team.person("Lucius"))
        then_the_record_says(page, "Depression", "unknown", "was 4, at target, 28 Mar")
        then_the_record_says(page, "Last contact", "90 days ago")


def test_a_fall_from_18_to_0_is_minus_100_percent_and_remission(page: Page, teams: Mapping[str, Team]) -> None:
    team = teams["Oakland"]
    with time_machine.travel(EVENING, tick=False):
        given_the_care_manager(page, team)

        when_a_phq_9_is_typed(page, team, "Vera", "0000000000")
        expect(page.locator(".live__value")).to_have_text("0")

        then_the_list_says(page, "at-target", "Vera", "18 → to 0", "−100 %", "today")
        page.goto(team.person("Vera"))
        then_the_record_says(page, "Depression", "18 → 0", "−100 %", "at target, in remission, today")


def test_a_back_dated_score_moves_the_baseline_or_the_latest_by_its_own_day(
    page: Page, teams: Mapping[str, Team]
) -> None:
    team = teams["Oakland"]
    with time_machine.travel(EVENING, tick=False):
        given_the_care_manager(page, team)
        then_the_list_says(page, "everyone", "Dana", "14", "first", "33 days")

        when_a_phq_9_is_typed(page, team, "Dana", answers_of(18), on="2026-01-29")
        then_the_list_says(page, "everyone", "Dana", "18 → to 14", "−22 %", "33 days")

        when_a_phq_9_is_typed(page, team, "Dana", answers_of(9), on="2026-03-11")
        page.goto(team.person("Dana"))
        then_the_record_says(page, "Depression", "18 → 9, −50 %", "responding, 20 days ago")
        page.locator(".tabs").get_by_role("link", name="Measures").click()
        expect(page.locator("td [data-row-link]")).to_have_text(["11 Mar 2026", "26 Feb 2026", "29 Jan 2026"])


def test_the_evening_of_31_march_is_march(windows: Windows, teams: Mapping[str, Team]) -> None:
    team, page, lead = teams["Fresno"], windows.open(), windows.open(javascript=False)
    with time_machine.travel(EVENING, tick=False):
        given_the_care_manager(page, team)
        sign_in(lead, team.emails["clinic_lead"])
        then_the_months_say(lead, {"31 Mar 2026": ["1", "0 of 1"]})

        when_a_phq_9_is_typed(page, team, "Evan", answers_of(14))
        expect(page.get_by_text("31 Mar 2026").first).to_be_visible()
        when_somebody_was_spoken_with(page, team, "Evan", minutes="25")
        expect(page.get_by_role("row").filter(has_text="31 Mar 2026")).to_contain_text("today")
        expect(page.get_by_text("25 minutes in March 2026")).to_be_visible()
        then_the_list_says(page, "everyone", "Evan", "14", "today")
        then_the_months_say(lead, {"31 Mar 2026": ["1", "1 of 1"]})

    with time_machine.travel(NEXT_MORNING, tick=False):
        given_the_care_manager(page, team)
        page.goto(f"{team.person('Evan')}/contacts")
        expect(page.get_by_role("row").filter(has_text="31 Mar 2026")).to_contain_text("yesterday")
        expect(page.get_by_text("in April 2026")).to_be_visible()
        expect(page.get_by_text("25 minutes in")).to_have_count(0)
        sign_in(lead, team.emails["clinic_lead"])
        then_the_months_say(lead, {"1 Apr 2026": ["1", "1 of 1"], "31 Mar 2026": ["1", "1 of 1"]})


def given_the_care_manager(page: Page, team: Team) -> None:
    page.context.clear_cookies()
    sign_in(page, team.emails["care_manager"])


def when_somebody_did_not_come(page: Page, team: Team, given: str) -> None:
    page.goto(f"{team.person(given)}/contacts/new")
    page.get_by_label("No-show").check(force=True)
    page.locator("[name=reached][value=no]").check(force=True)
    page.get_by_label("In person", exact=True).check(force=True)
    page.get_by_role("button", name="Save contact").click()


def when_somebody_was_spoken_with(page: Page, team: Team, given: str, *, minutes: str) -> None:
    page.goto(f"{team.person(given)}/contacts/new")
    expect(page.get_by_label("Date", exact=True)).to_have_value("2026-03-31")
    page.get_by_label("Treatment contact").check(force=True)
    page.get_by_label("Yes, seen or spoken with").check(force=True)
    page.get_by_label("Phone", exact=True).check(force=True)
    page.get_by_label("Minutes").fill(minutes)
    page.get_by_role("button", name="Save contact").click()


def answers_of(total: int) -> str:
    """The keys of a PHQ-9 that adds up to it, with the last question, which is not scored."""
    return "".join(str(PHQ_9[total][str(item)]) for item in range(1, 10)) + "1"


def when_a_phq_9_is_typed(page: Page, team: Team, given: str, digits: str, *, on: str = "2026-03-31") -> None:
    page.goto(f"{team.person(given)}/measures/new/phq-9")
    completed = page.get_by_label("Date completed")
    expect(completed).to_have_value("2026-03-31")
    completed.fill(on)
    page.locator("[data-item] input").first.focus()
    for digit in digits:
        page.keyboard.press(digit)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("PHQ-9 saved")).to_be_visible()


def then_the_record_says(page: Page, figure: str, *words: str) -> None:
    _said(page.locator(".tile").filter(has_text=figure), words)


def then_it_falls_due(page: Page, what: str, *words: str) -> None:
    due = page.locator("section").filter(has=page.get_by_role("heading", name="Next due"))
    _said(due.locator(".definitions__row").filter(has=page.get_by_text(what, exact=True)), words)


def then_the_list_says(page: Page, view: str, given: str, *words: str) -> None:
    page.goto(f"/caseload?view={view}")
    _said(_row_of(page, given), words)


def then_nobody_is_listed(page: Page, view: str, given: str) -> None:
    page.goto(f"/caseload?view={view}")
    expect(page.get_by_role("heading", name="Caseload")).to_be_visible()
    expect(_row_of(page, given)).to_have_count(0)


def then_the_months_say(page: Page, rows: Mapping[str, list[str]]) -> None:
    page.goto("/clinic/months")
    newest = page.locator(".chart__table tbody tr")
    for place, (month, cells) in enumerate(rows.items()):
        expect(newest.nth(place).locator("th")).to_have_text(month)
        expect(newest.nth(place).locator("td").nth(0)).to_have_text(cells[0])
        expect(newest.nth(place).locator("td").nth(1)).to_have_text(cells[1])


def _row_of(page: Page, given: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=f"{given} Brandt"))


def _said(place: Locator, words: tuple[str, ...]) -> None:
    for each in words:
        expect(place).to_contain_text(each)
