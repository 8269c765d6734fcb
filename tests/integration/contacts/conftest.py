"""What the tests of contacts share: one person in care at one clinic, and a browser for each of the team."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.episodes.facts import TeamPlace
from registry.measurements.instruments import sync_instruments
from tests.builders import a_clinic, a_patient, a_user, an_episode, sign_in
from tests.worlds import Worlds

NOW = datetime(2026, 3, 12, 19, tzinfo=UTC)
"""12 Mar 2026, 15:00 at the clinic."""

TODAY = date(2026, 3, 12)
BORN = date(1980, 5, 17)


@dataclass
class Case:
    """A person in care, and who cares."""

    app: Flask
    patient_id: uuid.UUID
    clinic_id: uuid.UUID
    users: dict[str, uuid.UUID]

    @property
    def url(self) -> str:
        return f"/patients/{self.patient_id}/contacts"

    def browser_of(self, role: str) -> FlaskClient:
        """A browser in which this member of the team is signed in."""
        return sign_in(self.app.test_client(), self.users[role])


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def case(app: Flask, worlds: Worlds, _frozen: None) -> Case:
    return worlds.begin_with(a_case)


def a_case(app: Flask) -> Case:
    """Somebody in active care on 12 Mar 2026 with a care manager and a peer; a second peer is on no team."""
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        clinic, elsewhere = a_clinic("Harbor Street"), a_clinic("Elsewhere")
        manager = a_user(role="care_manager", clinic=clinic, name="Rosa Osei")
        peer = a_user(role="peer_specialist", clinic=clinic)
        users = {
            "care_manager": manager.id,
            "colleague": a_user(role="care_manager", clinic=clinic, name="Kofi Boateng").id,
            "peer": peer.id,
            "other peer": a_user(role="peer_specialist", clinic=clinic).id,
            "clinic_lead": a_user(role="clinic_lead", clinic=clinic).id,
            "stranger": a_user(role="care_manager", clinic=elsewhere).id,
        }
        patient = a_patient(clinic=clinic, given="Marisol", family="Vega", born=BORN)
        an_episode(
            patient=patient,
            enrolled_on=date(2026, 1, 5),
            care_manager=manager,
            team=[TeamPlace(role="peer", user_id=peer.id)],
        )
        return Case(app, patient.id, clinic.id, users)
