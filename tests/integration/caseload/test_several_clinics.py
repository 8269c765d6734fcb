"""Somebody in care at two of the reader's clinics: two rows, and what is done from each is done at its clinic."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.clinics.models import Clinic
from registry.contacts.models import Contact
from registry.extensions import db
from registry.patients.models import Patient
from tests.builders import a_user, an_episode, sign_in
from tests.integration.caseload.conftest import TODAY, Team, token_of
from tests.pages import fill_in, soup


@pytest.fixture
def both(team: Team) -> FlaskClient:
    """A care manager of both clinics."""
    with team.app.app_context(), scope.all_patients(reason="test"):
        here, other = (db.session.get_one(Clinic, id_) for id_ in (team.clinic_id, team.other_clinic_id))
        reader = a_user(role="care_manager", clinic=here, also=[other]).id
    return sign_in(team.app.test_client(), reader)


@pytest.fixture
def person(team: Team) -> uuid.UUID:
    """In care here for long, and at the other clinic since last week."""
    patient_id = team.person(given="Ada", family="Vega")
    with team.app.app_context(), scope.all_patients(reason="test"):
        other = db.session.get_one(Clinic, team.other_clinic_id)
        patient = db.session.get_one(Patient, patient_id)
        an_episode(patient=patient, clinic=other, enrolled_on=TODAY - timedelta(days=7))
    return patient_id


def _address(browser: FlaskClient, clinic: str, key: str) -> str:
    """Where the button with this key leads in the person's row of this clinic."""
    rows = [row for row in soup(browser.get("/caseload")).select("tr[data-row]") if clinic in row.get_text()]
    (row,) = rows
    (button,) = row.select(f'[data-key="{key}"]')
    return str(button["href"])


def test_a_contact_is_logged_at_the_clinic_of_the_row(team: Team, both: FlaskClient, person: uuid.UUID) -> None:
    for clinic, clinic_id in (("Harbor Street", team.clinic_id), ("Elsewhere", team.other_clinic_id)):
        saved = fill_in(both, _address(both, clinic, "c"), {"reached": "yes", "note": clinic})
        assert saved.status_code == 303, saved.text

        with team.app.app_context(), scope.all_patients(reason="test"):
            assert db.session.scalar(select(Contact.clinic_id).where(Contact.note == clinic)) == clinic_id


def test_what_leads_on_from_a_row_keeps_its_clinic(both: FlaskClient, person: uuid.UUID) -> None:
    for clinic in ("Harbor Street", "Elsewhere"):
        address = _address(both, clinic, "m")
        (episode,) = parse_qs(urlsplit(address).query)["episode"]
        links = [str(link["href"]) for link in soup(both.get(address)).select("main a[href*='/measures/new/']")]
        assert links
        assert {episode} == {parse_qs(urlsplit(link).query)["episode"][0] for link in links}


def test_rows_and_files_say_where_to_whoever_lists_several_clinics(
    team: Team, both: FlaskClient, person: uuid.UUID
) -> None:
    said = [row.get_text() for row in soup(both.get("/caseload")).select("tr[data-row] th")]
    assert sorted(any(name in words for words in said) for name in ("Harbor Street", "Elsewhere")) == [True, True]
    (own,) = soup(team.browser_of("care_manager").get("/caseload")).select("tr[data-row] th")
    assert "Harbor Street" not in own.get_text()

    page = both.get("/caseload")
    file = both.post("/caseload/export", data={"csrf_token": token_of(page.data), "format": "csv"})
    rows = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))
    assert sorted(row["Clinic"] for row in rows) == ["Elsewhere", "Harbor Street"]
