"""What a row of the list says."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.caseload.looked import mark_looked
from registry.episodes.models import Episode
from registry.extensions import db
from tests.integration.caseload.conftest import NOW, TODAY, Team
from tests.integration.caseload.listed import chips, row_of, said_on
from tests.pages import page_of


def test_a_score_of_zero_is_a_fall_by_all_of_it(team: Team) -> None:
    team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 0}, family="Vega")

    row = row_of(team.page("/caseload"), "Ada Vega")

    assert "18 → to 0" in row
    assert "−100 %" in row


def test_a_baseline_of_zero_has_no_percentage(team: Team) -> None:
    team.person(scores={TODAY - timedelta(days=50): 0, TODAY - timedelta(days=5): 3}, family="Vega")

    row = row_of(team.page("/caseload"), "Ada Vega")

    assert "0 → to 3" in row
    assert "+3" in row
    assert "%" not in row


def test_the_latest_score_does_not_wait_for_a_contact(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=40): 15}, family="Vega")
    team.contact(person, TODAY - timedelta(days=45))
    team.measure(person, {TODAY - timedelta(days=1): 7})

    assert "18 → to 7" in row_of(team.page("/caseload"), "Ada Vega")


def test_a_score_entered_late_takes_its_place_by_its_date(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 9}, family="Vega")
    team.measure(person, {TODAY - timedelta(days=30): 21})

    assert "18 → to 9" in row_of(team.page("/caseload"), "Ada Vega")

    team.measure(person, {TODAY - timedelta(days=58): 24})

    assert "24 → to 9" in row_of(team.page("/caseload"), "Ada Vega")


def test_a_stale_score_reads_unknown_and_says_when_it_was_known(team: Team) -> None:
    team.person(
        scores={TODAY - timedelta(days=100): 17, TODAY - timedelta(days=43): 3},
        enrolled_on=TODAY - timedelta(days=100),
        family="Okafor",
    )

    page = team.page("/caseload")
    row = row_of(page, "Ada Okafor")

    assert "17 → to unknown" in row
    assert "was 3, 28 Jan" in row
    assert "43 days" in row
    assert chips(page)["At target"] == "0"


def test_no_score_is_not_a_score_of_zero(team: Team) -> None:
    team.person(family="Vega")

    assert "No PHQ-9 yet" in row_of(team.page("/caseload"), "Ada Vega")


def test_failed_attempts_are_counted_from_the_last_two_way_contact(team: Team) -> None:
    person = team.person(family="Vega")
    team.contact(person, TODAY - timedelta(days=40), kind="outreach", reached=False)
    team.contact(person, TODAY - timedelta(days=33))
    team.contact(person, TODAY - timedelta(days=20), kind="no-show", reached=False)
    team.contact(person, TODAY - timedelta(days=10), kind="outreach", reached=False)

    page = team.page("/caseload")

    assert "33 days 2 missed" in row_of(page, "Ada Vega")
    assert chips(page)["Not seen in 30 days"] == "1"


def test_the_patient_page_and_the_review_count_the_same_attempts_as_the_row(team: Team) -> None:
    """Whatever else was written down since: messages push older contacts off the review's few."""
    person = team.person(family="Vega")
    team.contact(person, TODAY - timedelta(days=33))
    team.contact(person, TODAY - timedelta(days=20), kind="no-show", reached=False)
    for days in range(13):
        team.contact(person, TODAY - timedelta(days=days), kind="message", reached=False)

    assert "33 days 1 missed" in row_of(team.page("/caseload"), "Ada Vega")
    assert "33 days ago, phone 1 attempt missed since" in said_on(team.page(f"/patients/{person}"))
    assert "1 missed attempt since the last two-way contact" in said_on(team.page(f"/review/{person}"))


def test_an_attempt_on_the_day_of_the_visit_is_not_denied(team: Team) -> None:
    """Nobody knows which of the two came first: the page says only what it knows."""
    person = team.person(family="Vega")
    team.contact(person, TODAY - timedelta(days=2))
    team.contact(person, TODAY - timedelta(days=2), kind="outreach", reached=False)

    assert "no attempts missed after that day" in said_on(team.page(f"/patients/{person}"))


def test_a_reason_counts_its_days_to_today(team: Team) -> None:
    person = team.person(family="Vega")
    team.contact(person, TODAY - timedelta(days=35))

    assert "No two-way contact for 35 days" in row_of(team.page("/caseload"), "Ada Vega")


def test_a_row_fetched_by_itself_says_what_was_stored_since_the_reader_looked(team: Team) -> None:
    team.many(1, rank=0)
    person = team.person(scores={TODAY - timedelta(days=50): 18}, family="Vega")
    browser = team.browser_of("psychiatrist")
    with team.app.app_context(), scope.all_patients(reason="test"):
        reader = db.session.get_one(User, team.users["psychiatrist"])
        mark_looked(patient_id=person, looked_at=NOW, by=reader)
        episode = db.session.scalars(select(Episode.id).where(Episode.patient_id == person)).one()
    before = row_of(page_of(browser.get("/caseload")), "Ada Vega")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        team.contact(person, TODAY - timedelta(days=3))
        row = browser.get(f"/caseload/rows/{episode}?named=no")

    assert " new " not in before
    assert " 1 new " in row_of(page_of(row), "Ada Vega")
    assert team.browser_of("stranger").get(f"/caseload/rows/{episode}").status_code == 404


def test_a_psychiatrist_is_offered_the_review_where_others_may_ask_for_it(team: Team) -> None:
    person = team.person(given="Ada", family="Vega")
    offered = {
        role: team.page("/caseload", role).select_one('tr[data-row] [data-key="r"]')
        for role in ("care_manager", "psychiatrist")
    }

    assert {role: each and each.get_text() for role, each in offered.items()} == {
        "care_manager": "Ask",
        "psychiatrist": "Review",
    }
    assert str(person) in str(offered["psychiatrist"])
