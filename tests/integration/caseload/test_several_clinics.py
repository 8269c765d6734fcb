"""Somebody in care at two of the reader's clinics: what is begun for one of them is done there."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.clinics.models import Clinic
from registry.contacts.models import Contact, DangerReport
from registry.episodes.actions import end_episode
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode
from registry.extensions import db
from registry.life.models import LifeEvent
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from registry.plans.models import Goal
from registry.review.models import MeetingCase
from registry.treatment.models import TreatmentTrial
from tests.builders import a_user, an_episode, sign_in
from tests.integration.caseload.conftest import TODAY, Team, a_team, token_of
from tests.pages import fields_of, fill_in, page_of, send, words
from tests.worlds import Worlds

CLINICS = ("Harbor Street", "Elsewhere")


@dataclass
class Both:
    """Somebody in care at Harbor Street for long, and at Elsewhere since last week."""

    team: Team
    patient_id: uuid.UUID
    episodes: dict[str, uuid.UUID]
    users: dict[str, uuid.UUID]
    """A care manager and a peer of both clinics."""

    def browser_of(self, role: str) -> FlaskClient:
        return sign_in(self.team.app.test_client(), self.users[role])

    def clinic_of(self, note: str) -> str:
        """Where the contact with these words was stored."""
        with self.team.app.app_context(), scope.all_patients(reason="test"):
            stored = select(Clinic.name).join(Contact, Contact.clinic_id == Clinic.id).where(Contact.note == note)
            return db.session.scalars(stored).one()

    def end(self, clinic: str) -> None:
        """A colleague ends the care there."""
        with self.team.app.app_context(), scope.all_patients(reason="test"):
            episode = db.session.get_one(Episode, self.episodes[clinic])
            end_episode(episode=episode, reason="administrative", on=TODAY, by=None)


@pytest.fixture
def both(app: Flask, worlds: Worlds, _frozen: None) -> Both:
    return worlds.begin_with(_both)


def _both(app: Flask) -> Both:
    team = a_team(app)
    patient_id = team.person(given="Ada", family="Vega")
    with app.app_context(), scope.all_patients(reason="test"):
        here, other = (db.session.get_one(Clinic, id_) for id_ in (team.clinic_id, team.other_clinic_id))
        users = {role: a_user(role=role, clinic=here, also=[other]).id for role in ("care_manager", "peer_specialist")}
        an_episode(
            patient=db.session.get_one(Patient, patient_id),
            clinic=other,
            enrolled_on=TODAY - timedelta(days=7),
            team=[TeamPlace(role="peer", user_id=users["peer_specialist"])],
        )
        episodes = {row.clinic.name: row.id for row in db.session.scalars(select(Episode))}
        return Both(team, patient_id, episodes, users)


@pytest.fixture
def manager(both: Both) -> FlaskClient:
    return both.browser_of("care_manager")


def _address(browser: FlaskClient, clinic: str, key: str) -> str:
    """Where the button with this key leads in the person's row of this clinic."""
    rows = [row for row in page_of(browser.get("/caseload")).select("tr[data-row]") if clinic in row.get_text()]
    (row,) = rows
    (button,) = row.select(f'[data-key="{key}"]')
    return button["href"]


def _links(browser: FlaskClient, url: str, to: str) -> list[str]:
    """The different addresses of this ending that the page leads to."""
    return list(dict.fromkeys(link["href"] for link in page_of(browser.get(url)).select(f'a[href*="{to}"]')))


def test_a_contact_is_logged_at_the_clinic_of_the_row(both: Both, manager: FlaskClient) -> None:
    for clinic in CLINICS:
        saved = fill_in(manager, _address(manager, clinic, "c"), {"reached": "yes", "note": clinic})
        assert saved.status_code == 303, saved.text
        assert both.clinic_of(clinic) == clinic


def test_a_contact_begun_on_the_day_or_from_its_alert_is_logged_at_the_clinic_that_asks(
    both: Both, manager: FlaskClient
) -> None:
    (on_the_day,) = _links(manager, "/my-day?whose=clinic", "/contacts/new")
    alert = _links(manager, "/my-day?whose=clinic", "/alerts/")[0]
    (from_alert,) = _links(manager, alert, "/contacts/new")

    for address, way in ((on_the_day, "phone"), (from_alert, "video")):
        assert fill_in(manager, address, {"reached": "no", "note": way, "modality": way}).status_code == 303
        assert both.clinic_of(way) == "Harbor Street"


def test_what_is_timed_or_kept_for_a_clinic_is_logged_there_and_nowhere_else(both: Both, manager: FlaskClient) -> None:
    of_person = f"/patients/{both.patient_id}/contacts"
    here, there = (f"?episode={both.episodes[clinic]}" for clinic in CLINICS)
    fill_in(manager, f"{of_person}{here}", button="Start the timer")
    stop = page_of(manager.get("/my-day")).select_one('form[action$="/timer/stop"]')
    assert stop is not None
    stopped = manager.post(stop["action"], data={"csrf_token": token_of(manager.get("/my-day").data)})
    assert stopped.location == f"{of_person}/new{here}"
    assert fields_of(manager.get(f"{of_person}/new{there}"))["started_at"] == ""

    typed = fields_of(manager.get(stopped.location)) | {"note": "Rang twice", "reached": "no"}
    manager.post(f"{of_person}/draft{here}", data=typed)
    assert fields_of(manager.get(f"{of_person}/new{there}"))["note"] == ""
    assert _links(manager, "/my-day", "/contacts/new") == [f"{of_person}/new{here}"]
    page = manager.get(stopped.location)
    assert fields_of(page)["started_at"] == "15:00"
    assert send(manager, stopped.location, page).status_code == 303
    assert both.clinic_of("Rang twice") == "Harbor Street"


def test_a_peer_logs_a_contact_at_the_clinic_whose_team_they_are_on(both: Both) -> None:
    peer = both.browser_of("peer_specialist")
    (address,) = _links(peer, "/my-people", "/contacts/new")
    assert address.endswith(f"?episode={both.episodes['Elsewhere']}")


def test_what_leads_on_from_a_row_keeps_its_clinic(both: Both, manager: FlaskClient) -> None:
    for clinic in CLINICS:
        address = _address(manager, clinic, "m")
        (episode,) = parse_qs(urlsplit(address).query)["episode"]
        links = _links(manager, address, "/measures/new/")
        assert links
        assert {episode} == {parse_qs(urlsplit(link).query)["episode"][0] for link in links}


def test_what_leads_on_from_an_overview_is_for_the_episode_it_shows(both: Both, manager: FlaskClient) -> None:
    (address,) = _links(manager, f"/patients/{both.patient_id}", "/contacts/new")
    assert address.endswith(f"?episode={both.episodes['Elsewhere']}")


def test_a_form_opened_for_a_clinic_is_stored_there_when_its_care_has_ended_meanwhile(
    both: Both, manager: FlaskClient
) -> None:
    address = f"/patients/{both.patient_id}/contacts/new?episode={both.episodes['Harbor Street']}"
    page = manager.get(address)

    both.end("Harbor Street")

    assert send(manager, address, page, {"reached": "yes", "note": "Came in"}).status_code == 303
    assert both.clinic_of("Came in") == "Harbor Street"
    assert manager.get(address).location.endswith(f"?episode={both.episodes['Elsewhere']}")


@pytest.mark.parametrize("named", ["nonsense", str(uuid.UUID(int=7))])
def test_a_form_for_no_episode_of_the_person_is_refused(both: Both, manager: FlaskClient, named: str) -> None:
    for page in ("contacts/new", "health/new", "measures/new/phq-9", "question", "tasks/new"):
        address = f"/patients/{both.patient_id}/{page}"
        opened = manager.get(f"{address}?episode={named}")
        assert opened.location == f"{address}?episode={both.episodes['Elsewhere']}"
        token = {"csrf_token": token_of(manager.get(opened.location).data)}
        assert manager.post(f"{address}?episode={named}", data=token).status_code == 404, page

    token = {"csrf_token": token_of(manager.get("/caseload").data)}
    manager.post(f"/review/{both.patient_id}/list?episode={named}", data=token)
    with both.team.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(MeetingCase)).all() == []


def test_rows_and_files_say_where_to_whoever_lists_several_clinics(both: Both, manager: FlaskClient) -> None:
    said = [row.get_text() for row in page_of(manager.get("/caseload")).select("tr[data-row] th")]
    assert sorted(any(name in words for words in said) for name in CLINICS) == [True, True]
    (own,) = page_of(both.team.browser_of("care_manager").get("/caseload")).select("tr[data-row] th")
    assert "Harbor Street" not in own.get_text()

    page = manager.get("/caseload")
    file = manager.post("/caseload/export", data={"csrf_token": token_of(page.data), "format": "csv"})
    rows = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))
    assert sorted(row["Clinic"] for row in rows) == ["Elsewhere", "Harbor Street"]


@pytest.mark.parametrize(
    ("form", "typed", "table"),
    [
        ("contacts/new", {"reached": "yes"}, Contact),
        ("measures/new/phq-9", {"total": "7", "mode": "self-paper"}, Measurement),
        ("danger/new", {"kind": "self-harm", "said_by": "Her sister", "words": "Has put pills aside"}, DangerReport),
        ("life/new", {"kind": "hospital-psychiatric", "source": "the ward"}, LifeEvent),
        ("plan/goals/new", {"words": "A flat of my own"}, Goal),
        ("treatment/other/new", {"name": "Light therapy"}, TreatmentTrial),
    ],
)
def test_a_form_names_its_clinic_and_is_stored_at_no_other(
    both: Both, manager: FlaskClient, form: str, typed: dict[str, str], table: Any
) -> None:
    address, team = f"/patients/{both.patient_id}/{form}", both.team
    opened = manager.get(address)
    assert "At Elsewhere . At Harbor Street instead" in words(opened)
    (instead,) = page_of(opened).select("a:contains('At Harbor Street instead')")
    here = manager.get(instead["href"])
    assert "At Harbor Street . At Elsewhere instead" in words(here)
    assert "Harbor Street" not in words(team.browser_of("care_manager").get(address))

    answer = manager.post(address, data={**fields_of(here), **typed})  # to an address that names no episode

    assert answer.status_code == 303
    with team.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(table.clinic_id)).all() == [team.clinic_id]
    stranger = team.browser_of("stranger")
    named = {**fields_of(stranger.get(address)), **typed, "at_clinic": str(team.clinic_id)}
    assert stranger.post(address, data=named).status_code == 404
