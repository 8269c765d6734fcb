"""What may be entered: the instruments of the clinic, and those the person's care follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from tests.builders import a_choice, a_clinic, an_episode, id_of, sign_in
from tests.integration.measurements.people import ENROLLED, Person, phq9, record
from tests.integration.measurements.statements import statements_of
from tests.pages import fields_of, page_of, words


@pytest.fixture
def client(app: Flask, in_care: Person) -> FlaskClient:
    """Somebody at the clinic of a person whose care follows the PHQ-9."""
    return sign_in(app.test_client(), in_care.user_id)


@pytest.fixture
def inside(app: Flask, in_care: Person) -> Iterator[Person]:
    with app.app_context(), scope.within({in_care.clinic_id}):
        yield in_care


def _switch_off(app: Flask, person: Person, *instruments: str) -> None:
    with app.app_context():
        clinic = db.session.get_one(Clinic, person.clinic_id)
        a_choice(clinic=clinic, by=person.user, unused=instruments)


def _address(person: Person, path: str = "/new") -> str:
    return f"/patients/{person.patient_id}/measures{path}"


def _offered(client: FlaskClient, person: Person) -> list[str]:
    names = page_of(client.get(_address(person))).select("main .queue__name")
    return [name.get_text(strip=True) for name in names]


def test_what_the_clinic_does_not_use_is_not_offered(app: Flask, client: FlaskClient, in_care: Person) -> None:
    assert "ASRM" in _offered(client, in_care)

    _switch_off(app, in_care, "asrm")

    assert "ASRM" not in _offered(client, in_care)


def test_what_an_open_episode_follows_stays_offered(app: Flask, client: FlaskClient, in_care: Person) -> None:
    _switch_off(app, in_care, "phq-9")

    assert _offered(client, in_care)[0] == "PHQ-9"
    assert client.get(_address(in_care, "/new/phq-9")).status_code == 200


def test_what_another_clinics_open_episode_follows_is_offered_too(
    app: Flask, client: FlaskClient, in_care: Person
) -> None:
    _switch_off(app, in_care, "asrm")
    with app.app_context(), scope.all_patients(reason="test"):
        patient = db.session.get_one(Patient, in_care.patient_id)
        an_episode(patient=patient, clinic=a_clinic("Hillside"), enrolled_on=ENROLLED, tracked={"asrm:total"})

    assert "ASRM" in _offered(client, in_care)


def test_the_others_stand_by_domain(client: FlaskClient, in_care: Person) -> None:
    titles = [each.get_text(strip=True) for each in page_of(client.get(_address(in_care))).select("main h3")]

    assert titles == sorted(titles)
    assert "Mania" in titles


def test_the_page_of_an_instrument_not_in_use_does_not_exist(app: Flask, client: FlaskClient, in_care: Person) -> None:
    _switch_off(app, in_care, "gad-7")

    assert client.get(_address(in_care, "/new/gad-7")).status_code == 404


def test_a_form_that_was_open_when_its_instrument_was_switched_off_is_refused_with_what_was_typed(
    app: Flask, client: FlaskClient, in_care: Person
) -> None:
    form = fields_of(client.get(_address(in_care, "/new/gad-7")))
    _switch_off(app, in_care, "gad-7")

    answers = {f"item-{number}": "1" for number in range(1, 8)}
    refused = client.post(_address(in_care, "/new/gad-7"), data=form | answers)

    assert refused.status_code == 422
    assert "no longer uses GAD-7, so nothing was saved" in words(refused)
    assert len(page_of(refused).select("input[name^=item-][value='1'][checked]")) == 7
    with app.app_context(), scope.within({in_care.clinic_id}):
        assert db.session.scalars(select(Measurement.instrument)).all() == []


def test_a_form_sent_twice_leads_to_what_it_stored_although_it_was_switched_off_since(
    app: Flask, client: FlaskClient, in_care: Person
) -> None:
    form = fields_of(client.get(_address(in_care, "/new/gad-7"))) | {f"item-{number}": "1" for number in range(1, 8)}
    first = client.post(_address(in_care, "/new/gad-7"), data=form)
    _switch_off(app, in_care, "gad-7")

    again = client.post(_address(in_care, "/new/gad-7"), data=form)

    assert (again.status_code, again.location) == (303, first.location)


def test_a_form_for_non_commercial_use_is_not_taken_before_the_clinic_confirms_it(
    app: Flask, client: FlaskClient, in_care: Person
) -> None:
    form = fields_of(client.get(_address(in_care, "/new/gad-7")))

    answers = {f"item-{number}": "1" for number in range(1, 6)}
    assert client.post(_address(in_care, "/new/who-5"), data=form | answers).status_code == 404

    with app.app_context(), scope.within({in_care.clinic_id}):
        assert db.session.scalars(select(Measurement.id)).all() == []


def test_switching_an_instrument_off_hides_no_score(app: Flask, client: FlaskClient, inside: Person) -> None:
    kept = record(inside, phq9(1, 1, 1))
    other = record(inside, {str(number): 2 for number in range(1, 8)}, instrument="gad-7")
    kept_id, other_id = id_of(kept), id_of(other)

    _switch_off(app, inside, "phq-9", "gad-7")

    history = words(client.get(_address(inside, "")))
    assert "PHQ-9" in history
    assert "GAD-7" in history
    for measurement_id in (kept_id, other_id):
        assert client.get(_address(inside, f"/{measurement_id}")).status_code == 200


def test_a_draft_of_an_instrument_switched_off_can_be_finished(app: Flask, client: FlaskClient, inside: Person) -> None:
    draft = id_of(record(inside, {"1": 1}, instrument="gad-7", as_draft=True))

    _switch_off(app, inside, "gad-7")

    assert "GAD-7 of 16 Mar 2026" in " ".join(_offered(client, inside))
    form = fields_of(client.get(_address(inside, f"/{draft}/draft")))
    answers = {f"item-{number}": "1" for number in range(1, 8)}
    assert client.post(_address(inside, f"/{draft}/draft"), data=form | answers).status_code == 303


def test_choosing_costs_as_many_statements_whatever_is_offered(
    app: Flask, client: FlaskClient, in_care: Person
) -> None:
    with app.app_context():
        engine = db.engine
    client.get(_address(in_care))
    few = len(statements_of(engine, lambda: client.get(_address(in_care))))

    _switch_off(app, in_care, "asrm", "gad-7", "bprs-18", "employment")

    assert len(statements_of(engine, lambda: client.get(_address(in_care)))) == few
    assert few <= 22
