"""What the tests of administration share: two organisations, their people, and a browser for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from tests.builders import a_clinic, a_patient, a_user, an_episode, an_organisation, sign_in
from tests.worlds import Worlds

NOW = datetime(2026, 3, 12, 19, tzinfo=UTC)
TODAY = date(2026, 3, 12)
INVENTED = Path(__file__).parents[2] / "data" / "catalogue"


@dataclass(frozen=True)
class House:
    """Riverside with two clinics, Lakeside with one, and who works there."""

    app: Flask
    harbor: uuid.UUID
    mill: uuid.UUID
    lakeside: uuid.UUID
    users: dict[str, uuid.UUID]
    patient: uuid.UUID

    def browser_of(self, name: str) -> FlaskClient:
        return sign_in(self.app.test_client(), self.users[name])

    def user(self, name: str) -> User:
        """Read anew; inside an application context."""
        return db.session.get_one(User, self.users[name])

    def acts(self, prefix: str = "") -> list[AuditEvent]:
        with self.app.app_context():
            query = select(AuditEvent).where(AuditEvent.action.startswith(prefix)).order_by(AuditEvent.number)
            return list(db.session.scalars(query))


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(app: Flask, worlds: Worlds, _frozen: None) -> House:
    return worlds.begin_with(a_house)


@pytest.fixture
def invented(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house, with two invented instruments of its own beside those that ship."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], extra_instruments_folder=INVENTED))
    with app.app_context():
        sync_instruments()
    return house


def a_house(app: Flask) -> House:
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        harbor, mill = a_clinic("Harbor"), a_clinic("Mill")
        lakeside = a_clinic("Lakeside", organisation=an_organisation("Lakeside Health"))
        manager = a_user(role=Role.CARE_MANAGER, clinic=harbor, name="Rosa Osei")
        people = {
            "admin": a_user(role=Role.ADMINISTRATOR, clinic=harbor, name="Ada Min"),
            "manager": manager,
            "colleague": a_user(role=Role.CARE_MANAGER, clinic=harbor, name="Kofi Boateng"),
            "psychiatrist": a_user(role=Role.PSYCHIATRIST, clinic=harbor, name="Paul Hsu"),
            "lead": a_user(role=Role.CLINIC_LEAD, clinic=harbor, name="Lena Lead"),
            "auditor": a_user(role=Role.AUDITOR, clinic=harbor, name="Otto Audit"),
            "of mill": a_user(role=Role.CARE_MANAGER, clinic=mill, name="Milo Mill"),
            "of lakeside": a_user(role=Role.CARE_MANAGER, clinic=lakeside, name="Lara Lake"),
        }
        patient = a_patient(clinic=harbor, given="Marisol", family="Vega", mrn="MRN-771")
        an_episode(patient=patient, clinic=harbor, care_manager=manager, enrolled_on=date(2026, 1, 5))
        return House(
            app=app,
            harbor=harbor.id,
            mill=mill.id,
            lakeside=lakeside.id,
            users={name: each.id for name, each in people.items()},
            patient=patient.id,
        )
