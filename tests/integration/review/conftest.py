"""What the tests of case review share: one case with its team, and an ear for the signal."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode
from registry.episodes.signals import episode_changed
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measures.answers import Answer
from tests.builders import a_clinic, a_patient, a_user, an_episode, sign_in
from tests.worlds import Worlds

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
BASELINE, EIGHT_WEEKS_ON = date(2026, 1, 5), date(2026, 3, 9)


@pytest.fixture
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


PHQ_ITEMS = tuple(str(number) for number in range(1, 10))


@dataclass
class Case:
    """A person in care, and who cares."""

    app: Flask
    episode_id: uuid.UUID
    patient_id: uuid.UUID
    clinic_id: uuid.UUID
    manager_id: uuid.UUID
    consultant_id: uuid.UUID
    prescriber_id: uuid.UUID

    def browser_of(self, role: str) -> FlaskClient:
        """A browser in which this member of the team is signed in."""
        ids = {"manager": self.manager_id, "consultant": self.consultant_id, "prescriber": self.prescriber_id}
        return sign_in(self.app.test_client(), ids[role])

    def another(self, *, given: str, enrolled_on: date = date(2026, 1, 5)) -> uuid.UUID:
        """Somebody else in care at the same clinic; their id."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            clinic = db.session.get_one(Clinic, self.clinic_id)
            patient = a_patient(clinic=clinic, given=given)
            an_episode(patient=patient, enrolled_on=enrolled_on)
            return patient.id

    def scored(self, total: int, on: date, *, patient_id: uuid.UUID | None = None, item_9: int = 0) -> None:
        """A PHQ-9 of this total, its ninth item as given."""
        points = total - item_9
        answers: dict[str, Answer] = {}
        for item in PHQ_ITEMS[:8]:
            answers[item] = min(3, points)
            points -= min(3, points)
        with self.app.app_context(), scope.within({self.clinic_id}):
            record_measurement(
                patient_id=patient_id or self.patient_id,
                clinic_id=self.clinic_id,
                instrument="phq-9",
                taken_on=on,
                mode="self-paper",
                answers={**answers, "9": item_9},
                by=self.manager,
            )

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
def case(app: Flask, worlds: Worlds, _frozen: None, told: list[uuid.UUID]) -> Case:
    case = worlds.begin_with(a_case)
    told.clear()
    return case


def a_case(app: Flask) -> Case:
    """Somebody in active care with a care manager, a consultant and a prescriber, on 12 Mar 2026."""
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        clinic = a_clinic()
        manager = a_user(role="care_manager", clinic=clinic, name="Rosa Osei")
        consultant = a_user(role="psychiatrist", clinic=clinic, name="Dr Halloran")
        prescriber = a_user(role="clinician", clinic=clinic, name="Dr Mehta")
        patient = a_patient(clinic=clinic, given="Marisol", family="Vega")
        episode = an_episode(
            patient=patient,
            clinic=clinic,
            enrolled_on=date(2026, 1, 5),
            care_manager=manager,
            consultant=consultant,
            team=[TeamPlace(role="prescriber", user_id=prescriber.id)],
        )
        return Case(app, episode.id, patient.id, clinic.id, manager.id, consultant.id, prescriber.id)


@pytest.fixture
def told(app: Flask) -> Iterator[list[uuid.UUID]]:
    """The patients whose alerts were to be looked at again."""
    heard: list[uuid.UUID] = []

    def hear(_sender: object, patient_ids: Sequence[uuid.UUID]) -> None:
        heard.extend(patient_ids)

    with episode_changed.connected_to(hear):
        yield heard


@pytest.fixture
def off_target(app: Flask, worlds: Worlds, _frozen: None) -> Case:
    return worlds.begin_with(an_off_target_case)


def an_off_target_case(app: Flask) -> Case:
    """PHQ-9 21 → 19 over eight weeks, entered an hour ago, never reviewed."""
    case = a_case(app)
    with clock.at(NOW - timedelta(hours=1)):
        case.scored(21, BASELINE)
        case.scored(19, EIGHT_WEEKS_ON)
    return case
