"""The list: who is on it, in which order, how many, and who never is."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.caseload.currency import is_known, is_stale, today_at
from registry.caseload.looked import mark_looked
from registry.caseload.models import CaseloadRow
from registry.caseload.rules import SORTS
from registry.episodes import actions as episodes
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measures.course import Standing
from registry.measures.course import is_stale as is_stale_in_the_core
from tests.integration.caseload.conftest import NOW, TODAY, Statements, Team, token_of
from tests.pages import soup


def names(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select("[data-row-link]")]


def said_on(page: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", page.get_text(" ", strip=True))


def row_of(page: BeautifulSoup, name: str) -> str:
    row = next(link.find_parent("tr") for link in page.select("[data-row-link]") if link.get_text(strip=True) == name)
    assert row is not None
    return re.sub(r"\s+", " ", row.get_text(" ", strip=True).replace("\N{NARROW NO-BREAK SPACE}", " "))


def chips(page: BeautifulSoup) -> dict[str, str]:
    found = {}
    for chip in page.select(".chip"):
        number = chip.select_one(".chip__count")
        assert number is not None
        found[chip.get_text(" ", strip=True).removesuffix(number.get_text(strip=True)).strip()] = number.get_text(
            strip=True
        )
    return found


# How many


@pytest.mark.parametrize(
    ("number", "on_first", "on_second"), [(1, 1, 0), (25, 25, 0), (26, 26, 0), (50, 50, 0), (51, 50, 1)]
)
def test_the_total_is_the_number_of_rows_over_all_pages(team: Team, number: int, on_first: int, on_second: int) -> None:
    team.many(number)

    first = team.page("/caseload")

    assert len(names(first)) == on_first
    assert chips(first)["Everyone"] == str(number)
    summary = first.select_one(".pagination-bar__summary")
    assert summary is not None
    assert summary.get_text(strip=True) == f"1–{on_first} of {number}"
    if on_second:
        second = team.page("/caseload?page=2")
        assert len(names(second)) == on_second
        assert not set(names(first)) & set(names(second))


def test_a_count_stops_at_a_thousand(team: Team) -> None:
    team.many(1_001)

    page = team.page("/caseload")

    assert chips(page)["Everyone"] == "1,000+"


def test_a_list_of_nobody_says_what_would_fill_it(team: Team) -> None:
    page = team.page("/caseload")

    assert "Nobody in care yet" in page.get_text()
    assert "Nobody in this view" in team.page("/caseload?view=at-target").get_text()


def test_thirty_people_ask_no_more_of_the_database_than_three(team: Team) -> None:
    counted: list[int] = []
    for _ in (3, 30):
        browser = team.browser_of("care_manager")
        browser.get("/caseload")
        team.many(3 if not counted else 27, first_scale="phq-9:total", first_stale_after_days=42)
        with Statements(team.app) as statements:
            assert browser.get("/caseload").status_code == 200
        counted.append(statements.number)

    assert counted[0] == counted[1]
    assert counted[0] <= 18


# What a row says


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


# Filters, order, search


def test_a_view_holds_as_many_as_its_chip_says(team: Team) -> None:
    team.person(scores={TODAY - timedelta(days=58): 18, TODAY - timedelta(days=5): 3}, family="Target")
    team.person(scores={TODAY - timedelta(days=58): 18, TODAY - timedelta(days=1): 17}, family="Off")

    page = team.page("/caseload")

    assert chips(page)["At target"] == "1"
    assert names(team.page("/caseload?view=at-target")) == ["Ada Target"]
    assert chips(page)["Off target"] == "1"
    assert names(team.page("/caseload?view=off-target")) == ["Ada Off"]
    assert names(team.page("/caseload?reason=target.off")) == ["Ada Off"]
    assert names(team.page("/caseload?standing=at+target")) == ["Ada Target"]


def test_a_condition_a_phase_and_a_team_narrow_the_list(team: Team) -> None:
    team.person(family="Vega")

    assert names(team.page("/caseload?condition=major-depression&phase=active&team=mine")) == ["Ada Vega"]
    assert names(team.page("/caseload?condition=bipolar-1")) == []
    assert names(team.page("/caseload?phase=maintaining")) == []
    assert names(team.page("/caseload?team=mine", role="psychiatrist")) == []
    manager = team.users["care_manager"]
    assert names(team.page(f"/caseload?team={manager}", role="psychiatrist")) == ["Ada Vega"]


def test_what_is_not_on_the_list_of_keys_neither_filters_nor_sorts(team: Team) -> None:
    team.person(family="Vega")

    for asked in (
        "sort=birth_date",
        "sort=rank;drop",
        "direction=sideways&sort=name",
        "phase=%27",
        "condition=%25",
        "reason=_",
        "standing=x",
        "clinic=nonsense",
        "team=nonsense",
        "view=%00",
        "page=-1",
        "page=999999999999",
        "course=' OR 1=1",
    ):
        assert names(team.page(f"/caseload?{asked}")) in (["Ada Vega"], []), asked
    assert names(team.page("/caseload?sort=birth_date&phase=%27&view=%00")) == ["Ada Vega"]


@pytest.mark.both_databases
def test_what_is_empty_comes_last_in_either_direction_of_every_order(team: Team) -> None:
    team.many(
        2,
        rank=1,
        last_two_way_on=TODAY,
        last_review_on=TODAY,
        due_on=TODAY,
        safety_state="negative",
        safety_on=TODAY,
        housing="stable",
        work="none",
        minutes_month=TODAY.replace(day=1),
        minutes=0,
        further_count=1,
        care_manager_id=team.users["care_manager"],
        **{
            f"{which}_{name}": value
            for which in ("first", "second", "function")
            for name, value in {
                "scale": "phq-9:total",
                "standing": "responding",
                "baseline": 20,
                "baseline_on": TODAY - timedelta(days=30),
                "latest": 10,
                "latest_on": TODAY,
                "stale_after_days": 42,
            }.items()
        },
        first_percent=-50,
    )
    (empty,) = team.many(1, enrolled_on=None, phase="referred", minutes_month=date(2026, 2, 1), minutes=90)
    browser = team.browser_of("care_manager")

    for key in SORTS:
        for direction in ("ascending", "descending"):
            page = soup(browser.get(f"/caseload?sort={key}&direction={direction}"))
            listed = page.select("[data-row-link]")
            assert len(listed) == 3
            assert key == "name" or str(empty) in str(listed[-1]["href"]), (key, direction)


def test_a_stale_score_sorts_with_what_is_not_at_target(team: Team) -> None:
    facts = {
        "first_scale": "phq-9:total",
        "first_stale_after_days": 42,
        "first_baseline": 20,
        "first_baseline_on": date(2025, 9, 1),
        "first_standing": "at target",
    }
    (fresh,) = team.many(1, first_latest=4, first_latest_on=TODAY, **facts)
    (stale,) = team.many(1, first_latest=2, first_latest_on=TODAY - timedelta(days=43), **facts)

    listed = [
        str(link["href"]) for link in team.page("/caseload?sort=score&direction=descending").select("[data-row-link]")
    ]

    assert [str(stale) in listed[0], str(fresh) in listed[1]] == [True, True]


@pytest.mark.both_databases
def test_a_search_finds_any_part_of_a_name_in_any_order_and_a_whole_number(team: Team) -> None:
    team.person(given="Zoë", family="O'Brien-Łukasz", mrn="20417")
    team.person(given="Ada", family="Vega")

    for text in ("zoe", "obrien", "lukasz zoe", "Zoë O’Brien", "20417", " 20417 "):
        assert names(team.page("/caseload", q=text)) == ["Zoë O'Brien-Łukasz"], text
    assert names(team.page("/caseload", q="0417")) == []


def test_a_search_as_one_types_brings_the_list_alone_and_the_same_list(team: Team) -> None:
    team.person(given="Zoë", family="Vega")
    browser = team.browser_of("care_manager")
    form = {"q": "zoe", "csrf_token": token_of(browser.get("/caseload").data)}

    whole, part = (browser.post("/caseload", data=form, headers=sent) for sent in ({}, {"HX-Request": "true"}))

    assert names(soup(part)) == names(soup(whole)) == ["Zoë Vega"]
    assert "1 found" in whole.text
    assert part.text.lstrip().startswith('<div id="list"')
    assert len(part.data) < len(whole.data) / 2


SIGNS = ["%", "_", "%%", "M%", "v_x", "'", '"', "\\", "x%", "' OR '1'='1", "\ud800", "x\x00y"]
"""What a database could take for a pattern, the end of a text, or a command."""


@pytest.mark.both_databases
@pytest.mark.parametrize("text", SIGNS)
def test_no_sign_in_a_search_stands_for_any_other(team: Team, text: str) -> None:
    team.person(given="Ada", family="Vega")

    browser = team.browser_of("care_manager")
    token = token_of(browser.get("/caseload").data)
    answer = browser.post("/caseload", data={"q": text.encode("utf-8", "surrogatepass"), "csrf_token": token})

    assert answer.status_code == 200
    assert names(soup(answer)) == []


def test_a_search_looks_beyond_the_view_and_in_ended_episodes(team: Team) -> None:
    person = team.person(given="Ada", family="Vega")
    with team.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        episodes.end_episode(episode=episode, reason="graduated", on=TODAY, by=None)

    assert names(team.page("/caseload")) == []
    assert names(team.page("/caseload?course=ended")) == ["Ada Vega"]
    assert names(team.page("/caseload?view=off-target", q="vega")) == ["Ada Vega"]


def test_a_name_never_stands_in_an_address(team: Team) -> None:
    team.person(given="Ada", family="Vega")

    page = team.page("/caseload", q="vega")

    assert "vega" not in " ".join(str(link.get("href")) for link in page.select("a")).lower()
    form = page.select_one("form[role=search]")
    assert form is not None
    assert form["method"] == "post"


def test_a_changed_name_is_found_by_its_new_one(team: Team) -> None:
    from registry.accounts.models import User
    from registry.patients.actions import change_patient
    from registry.patients.facts import PatientFacts
    from registry.patients.models import Patient

    person = team.person(given="Ada", family="Vega", mrn="M1")
    with team.app.app_context(), scope.within({team.clinic_id}):
        patient = db.session.get_one(Patient, person)
        change_patient(
            patient=patient,
            facts=PatientFacts(mrn="M1", legal_given="Ada", legal_family="Haddad", birth_date=patient.birth_date),
            opened_version=patient.version,
            by=db.session.get_one(User, team.users["care_manager"]),
        )

    assert names(team.page("/caseload", q="haddad")) == ["Ada Haddad"]
    assert names(team.page("/caseload", q="vega")) == []


# Nobody else's


def test_another_clinic_is_in_no_list_no_count_and_no_search(team: Team) -> None:
    team.person(family="Foreign", here=False, scores={TODAY - timedelta(days=58): 20, TODAY: 20})

    page = team.page("/caseload")

    assert names(page) == []
    assert set(chips(page).values()) == {"0"}
    assert names(team.page("/caseload", q="foreign")) == []
    assert names(team.page(f"/caseload?clinic={team.other_clinic_id}")) == []
    assert names(team.page(f"/caseload?team={team.users['stranger']}")) == []


def test_an_episode_at_another_clinic_of_a_shared_person_is_not_listed_here(team: Team) -> None:
    from registry.clinics.models import Clinic
    from registry.patients.models import Patient
    from tests.builders import an_episode

    person = team.person(family="Shared")
    with team.app.app_context(), scope.all_patients(reason="test"):
        an_episode(patient=db.session.get_one(Patient, person), clinic=db.session.get_one(Clinic, team.other_clinic_id))

    assert names(team.page("/caseload")) == ["Ada Shared"]
    assert names(team.page("/caseload", role="stranger")) == ["Ada Shared"]


def test_a_peer_specialist_has_no_caseload(team: Team) -> None:
    assert team.browser_of("peer_specialist").get("/caseload").status_code == 403


def test_whom_the_list_showed_is_on_record(team: Team) -> None:
    from registry.audit.models import AuditEvent

    person = team.person(family="Vega")
    team.page("/caseload")

    with team.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "caseload.listed")).one()
        assert event.changes == [{"shown": [str(person)]}]
        assert event.actor_id == team.users["care_manager"]


# The calendar, in the database as in the core


@pytest.mark.both_databases
def test_staleness_in_the_database_is_staleness_in_the_core(team: Team) -> None:
    cases = [
        (cadence, TODAY - timedelta(days=age))
        for cadence in (1, 14, 28, 30, 90)
        for age in (0, 1, 2, 21, 22, 41, 42, 43, 45, 46, 134, 135, 136)
    ]
    in_core = {}
    for cadence, latest_on in cases:
        (person,) = team.many(
            1,
            first_latest=5,
            first_latest_on=latest_on,
            first_stale_after_days=int(cadence * 1.5),
            first_standing="at target",
        )
        in_core[person] = is_stale_in_the_core(latest_on, cadence_days=cadence, today=TODAY)

    with team.app.app_context(), scope.all_patients(reason="test"):
        today = today_at({team.clinic_id: TODAY})
        found = db.session.execute(
            select(CaseloadRow.patient_id, is_stale(today), is_known(Standing.AT_TARGET, today))
        ).all()

    assert {person: bool(stale) for person, stale, _ in found} == in_core
    assert all(bool(known) is not bool(stale) for _, stale, known in found)


def test_nothing_is_known_without_a_score(team: Team) -> None:
    team.many(1)

    with team.app.app_context(), scope.all_patients(reason="test"):
        stale = db.session.scalar(select(is_stale(today_at({team.clinic_id: TODAY}))).select_from(CaseloadRow))

    assert stale


@pytest.mark.both_databases
def test_each_clinic_has_its_own_today(team: Team) -> None:
    team.many(1, first_latest=5, first_latest_on=TODAY - timedelta(days=42), first_stale_after_days=42)

    with team.app.app_context(), scope.all_patients(reason="test"):
        here_first = today_at({team.clinic_id: TODAY, team.other_clinic_id: TODAY + timedelta(days=1)})
        here_later = today_at({team.clinic_id: TODAY + timedelta(days=1), team.other_clinic_id: TODAY})
        stale = db.session.execute(select(is_stale(here_first), is_stale(here_later)).select_from(CaseloadRow)).one()

    assert [bool(each) for each in stale] == [False, True]


# What changed since the reader looked, and one row by itself


def test_a_row_fetched_by_itself_says_what_was_stored_since_the_reader_looked(team: Team) -> None:
    team.many(1, rank=0)
    person = team.person(scores={TODAY - timedelta(days=50): 18}, family="Vega")
    browser = team.browser_of("psychiatrist")
    with team.app.app_context(), scope.all_patients(reason="test"):
        reader = db.session.get_one(User, team.users["psychiatrist"])
        mark_looked(patient_id=person, looked_at=NOW, by=reader)
        episode = db.session.scalars(select(Episode.id).where(Episode.patient_id == person)).one()
    before = row_of(soup(browser.get("/caseload")), "Ada Vega")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        team.contact(person, TODAY - timedelta(days=3))
        row = browser.get(f"/caseload/rows/{episode}?named=no")

    assert " new " not in before
    assert " 1 new " in row_of(soup(row), "Ada Vega")
    assert team.browser_of("stranger").get(f"/caseload/rows/{episode}").status_code == 404


def test_a_search_that_finds_nobody_among_the_filters_goes_on_among_everybody(team: Team) -> None:
    """Whoever is on the telephone may be a colleague's patient."""
    team.person(given="Ada", family="Vega")

    page = team.page("/caseload?team=nobody&phase=maintaining", q="vega")

    assert [each.get_text() for each in page.select("tr[data-row] .row-name")] == ["Ada Vega"]
    assert "Nobody among those you chose to list: found among everybody." in page.get_text()
    assert "found among everybody" not in team.page("/caseload?phase=active", q="vega").get_text()


def test_whom_nobody_answers_for_can_be_listed(team: Team) -> None:
    team.person(given="Ada", family="Vega")
    team.many(2)

    found = team.page("/caseload?team=nobody&sort=name").select("tr[data-row] .row-name")

    assert [each.get_text() for each in found] == ["Row 0000", "Row 0001"]


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
