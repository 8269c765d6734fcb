"""What the tests of case review share: one case with its team, and an ear for the signal."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from registry.access import scope
from registry.accounts.models import User
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode
from registry.episodes.signals import episode_changed
from registry.extensions import db
from tests.builders import a_clinic, a_patient, a_user, an_episode

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)


@pytest.fixture
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Case:
    """A person in care, and who cares."""

    episode_id: uuid.UUID
    patient_id: uuid.UUID
    clinic_id: uuid.UUID
    manager_id: uuid.UUID
    consultant_id: uuid.UUID
    prescriber_id: uuid.UUID

    @property
    def episode(self) -> Episode:
        return db.session.get_one(Episode, self.episode_id)

    @property
    def manager(self) -> User:
        return db.session.get_one(User, self.manager_id)

    @property
    def consultant(self) -> User:
        return db.session.get_one(User, self.consultant_id)

    @property
    def prescriber(self) -> User:
        return db.session.get_one(User, self.prescriber_id)


@pytest.fixture
def case(app: Flask, _frozen: None, told: list[uuid.UUID]) -> Case:
    """Somebody in active care with a care manager, a consultant and a prescriber, on 12 Mar 2026."""
    with app.app_context(), scope.all_patients(reason="test"):
        clinic = a_clinic()
        manager, consultant, prescriber = (
            a_user(role=role, clinic=clinic) for role in ("care_manager", "psychiatrist", "clinician")
        )
        patient = a_patient(clinic=clinic)
        episode = an_episode(
            patient=patient,
            clinic=clinic,
            enrolled_on=date(2026, 1, 5),
            care_manager=manager,
            consultant=consultant,
            team=[TeamPlace(role="prescriber", user_id=prescriber.id)],
        )
        told.clear()
        return Case(episode.id, patient.id, clinic.id, manager.id, consultant.id, prescriber.id)


@pytest.fixture
def told(app: Flask) -> Iterator[list[uuid.UUID]]:
    """The patients whose alerts were to be looked at again."""
    heard: list[uuid.UUID] = []

    def hear(_sender: object, patient_id: uuid.UUID) -> None:
        heard.append(patient_id)

    with episode_changed.connected_to(hear):
        yield heard
