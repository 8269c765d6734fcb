"""A stored measure taken out as a FHIR file: what is in it, what is recorded of it, and who may not."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.access.roles import Role
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.actions import correct_measurement, mark_entered_in_error
from registry.measurements.models import Measurement
from tests.builders import a_user, id_of, sign_in
from tests.integration.measurements.people import TODAY, Person, phq9, record
from tests.integration.measurements.statements import statements_of
from tests.pages import page_of


@dataclass
class Desk:
    """A care manager, and the measures of one patient."""

    app: Flask
    client: FlaskClient
    person: Person

    @contextmanager
    def at_the_database(self) -> Iterator[Person]:
        with self.app.app_context(), scope.within({self.person.clinic_id}):
            yield self.person

    def recorded(self, *answers: int | None, **others: Any) -> uuid.UUID:
        with self.at_the_database():
            return record(self.person, phq9(*answers) if answers else None, **others).id

    @property
    def measures(self) -> str:
        return f"/patients/{self.person.patient_id}/measures"

    def file(self, measurement_id: uuid.UUID) -> TestResponse:
        return self.client.get(f"{self.measures}/{measurement_id}/fhir")

    def statuses(self, measurement_id: uuid.UUID) -> set[tuple[str, str]]:
        """Of every resource about the patient: its kind and status."""
        answer = self.file(measurement_id)
        assert answer.status_code == 200
        entries = [entry["resource"] for entry in answer.get_json()["entry"]]
        return {(each["resourceType"], each["status"]) for each in entries if "subject" in each}


@pytest.fixture
def desk(app: Flask, client: FlaskClient, in_care: Person) -> Desk:
    sign_in(client, in_care.user_id)
    return Desk(app, client, in_care)


def test_the_page_of_a_measure_leads_to_its_file(desk: Desk) -> None:
    measure = desk.recorded(1, 2, 3, 0, 1, None, 2, 3, 0)

    (link,) = page_of(desk.client.get(f"{desk.measures}/{measure}")).select("a[href$='/fhir']")
    answer = desk.client.get(link["href"])

    assert answer.mimetype == "application/fhir+json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="phq-9-2026-03-16.fhir.json"'
    Bundle.model_validate(answer.get_json())
    kinds = Counter(entry["resource"]["resourceType"] for entry in answer.get_json()["entry"])
    assert kinds == {"Questionnaire": 1, "QuestionnaireResponse": 1, "Observation": 11}


def test_taking_it_out_is_recorded_with_who_whose_and_which(desk: Desk) -> None:
    measure, person = desk.recorded(1, 2), desk.person

    desk.file(measure)

    with desk.at_the_database():
        (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "measurement.exported")).all()
        assert (event.kind, event.actor_id, event.person_id) == ("export", person.user_id, person.patient_id)
        assert (event.entity, event.entity_id, event.clinic_id) == ("measurement", measure, person.clinic_id)


def test_it_tells_the_patient_by_an_id_alone(desk: Desk) -> None:
    text = desk.file(desk.recorded(1, 2)).text

    assert f"Patient/{desk.person.patient_id}" in text
    assert "Ada" not in text
    assert "1980" not in text


def test_a_correction_is_amended_and_what_it_replaces_counts_no_longer(desk: Desk) -> None:
    first = desk.recorded(*[1] * 9)
    with desk.at_the_database() as person:
        wrong = db.session.get_one(Measurement, first)
        second = correct_measurement(
            measurement=wrong, taken_on=TODAY, answers=phq9(*[2] * 9), mode="self-paper", why="misread", by=person.user
        ).id

    assert desk.statuses(first) == {("QuestionnaireResponse", "entered-in-error"), ("Observation", "entered-in-error")}
    assert desk.statuses(second) == {("QuestionnaireResponse", "amended"), ("Observation", "amended")}


def test_a_withdrawn_measure_is_in_error(desk: Desk) -> None:
    measure = desk.recorded(*[1] * 9)
    with desk.at_the_database() as person:
        mark_entered_in_error(
            measurement=db.session.get_one(Measurement, measure), why="another person's form", by=person.user
        )

    assert desk.statuses(measure) == {
        ("QuestionnaireResponse", "entered-in-error"),
        ("Observation", "entered-in-error"),
    }


def test_a_total_alone_is_told_without_items(desk: Desk) -> None:
    answer = desk.file(desk.recorded(total_only=14))

    assert [entry["resource"]["resourceType"] for entry in answer.get_json()["entry"]].count("Observation") == 2


def test_a_draft_says_nothing_yet(desk: Desk) -> None:
    assert desk.file(desk.recorded(1, as_draft=True)).status_code == 404


def test_a_peer_takes_nothing_out(desk: Desk) -> None:
    measure = desk.recorded(1)
    with desk.at_the_database() as person:
        peer = id_of(a_user(role=Role.PEER_SPECIALIST, clinic=db.session.get_one(Clinic, person.clinic_id)))
    sign_in(desk.client, peer)

    assert desk.file(measure).status_code == 403


def test_it_takes_a_bounded_number_of_statements(app: Flask, desk: Desk) -> None:
    measure = desk.recorded(*[1] * 9)
    with app.app_context():
        engine = db.engine

    assert len(statements_of(engine, lambda: desk.file(measure))) <= 12
