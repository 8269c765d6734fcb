"""Looking for somebody in the list."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.episodes import actions as episodes
from registry.episodes.models import Episode
from registry.extensions import db
from tests.integration.caseload.conftest import TODAY, Team, token_of
from tests.integration.caseload.listed import names
from tests.pages import page_of


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

    assert names(page_of(part)) == names(page_of(whole)) == ["Zoë Vega"]
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
    assert names(page_of(answer)) == []


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

    assert "vega" not in " ".join(link.get("href") for link in page.select("a")).lower()
    form = page.select_one("form[role=search]")
    assert form is not None
    assert form["method"] == "post"


def test_a_changed_name_is_found_by_its_new_one(team: Team) -> None:
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


def test_a_search_that_finds_nobody_among_the_filters_goes_on_among_everybody(team: Team) -> None:
    """Whoever is on the telephone may be a colleague's patient."""
    team.person(given="Ada", family="Vega")

    page = team.page("/caseload?team=nobody&phase=maintaining", q="vega")

    assert [each.get_text() for each in page.select("tr[data-row] .row-name")] == ["Ada Vega"]
    assert "Nobody among those you chose to list: found among everybody." in page.get_text()
    assert "found among everybody" not in team.page("/caseload?phase=active", q="vega").get_text()
