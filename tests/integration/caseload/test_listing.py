"""The list: who is on it, in which order, how many, and who never is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.caseload.rules import SORTS
from registry.extensions import db
from tests.integration.caseload.conftest import TODAY, Statements, Team
from tests.integration.caseload.listed import chips, names
from tests.pages import page_of


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
        yearly={"weight": TODAY.isoformat()},
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
            page = page_of(browser.get(f"/caseload?sort={key}&direction={direction}"))
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

    listed = [link["href"] for link in team.page("/caseload?sort=score&direction=descending").select("[data-row-link]")]

    assert [str(stale) in listed[0], str(fresh) in listed[1]] == [True, True]


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


def test_whom_nobody_answers_for_can_be_listed(team: Team) -> None:
    team.person(given="Ada", family="Vega")
    team.many(2)

    found = team.page("/caseload?team=nobody&sort=name").select("tr[data-row] .row-name")

    assert [each.get_text() for each in found] == ["Row 0000", "Row 0001"]
