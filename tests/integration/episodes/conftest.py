"""A clinic with a care manager signed in, a second clinic beside it, and who hears of a change."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.episodes.signals import episode_changed
from registry.extensions import db
from registry.patients.models import Patient
from tests.builders import a_clinic, a_patient, a_referral, a_user, an_episode, id_of, sign_in

NOON = datetime.fromisoformat("2026-03-12T16:00:00+00:00")
"""12 March 2026, midday in New York."""


@dataclass(frozen=True)
class World:
    """Identifiers only: rows do not outlive their application context."""

    app: Flask
    browser: FlaskClient
    clinic_id: uuid.UUID
    other_clinic_id: uuid.UUID
    user_id: uuid.UUID
    psychiatrist_id: uuid.UUID
    stranger_id: uuid.UUID
    """A care manager of the other clinic."""

    def person(self, *, elsewhere: bool = False, **facts: object) -> uuid.UUID:
        with self.app.app_context():
            clinic = db.session.get_one(Clinic, self.other_clinic_id if elsewhere else self.clinic_id)
            return id_of(a_patient(clinic=clinic, **facts))  # type: ignore[arg-type]  # the builder's own keywords

    def referred(self, **facts: object) -> tuple[uuid.UUID, uuid.UUID]:
        """A person and their episode, not enrolled."""
        person = self.person()
        with self.app.app_context(), scope.all_patients(reason="test"):
            patient = db.session.get_one(Patient, person)
            return person, id_of(a_referral(patient=patient, **facts))  # type: ignore[arg-type]  # as above

    def in_care(self, *, elsewhere: bool = False, **facts: object) -> tuple[uuid.UUID, uuid.UUID]:
        """A person and their episode, enrolled."""
        person = self.person(elsewhere=elsewhere)
        with self.app.app_context(), scope.all_patients(reason="test"):
            patient = db.session.get_one(Patient, person)
            return person, id_of(an_episode(patient=patient, **facts))  # type: ignore[arg-type]  # as above

    def episode(self, episode_id: uuid.UUID) -> Episode:
        with self.app.app_context(), scope.all_patients(reason="test"):
            return db.session.get_one(Episode, episode_id)


@pytest.fixture(autouse=True)
def told() -> Iterator[list[uuid.UUID]]:
    """The patients word was sent of, in order."""
    heard: list[uuid.UUID] = []

    def listen(_sender: object, *, patient_ids: Sequence[uuid.UUID]) -> None:
        heard.extend(patient_ids)

    with episode_changed.connected_to(listen):
        yield heard


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    with app.app_context():
        clinic, other = a_clinic("Harbor Street"), a_clinic("Hill Road")
        ids = clinic.id, other.id
        user = id_of(a_user(clinic=clinic, name="Maria Santos"))
        psychiatrist = id_of(a_user(role="psychiatrist", clinic=clinic, name="Dr Halloran"))
        stranger = id_of(a_user(clinic=other, name="Some Stranger"))
    sign_in(client, user)
    return World(app, client, *ids, user, psychiatrist, stranger)
