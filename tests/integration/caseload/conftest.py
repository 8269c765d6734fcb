"""What the tests of the caseload share: a clinic on 12 Mar 2026 with its team, and another clinic."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import insert_rows
from registry.accounts.models import User
from registry.caseload.models import CaseloadRow
from registry.caseload.view_days import view_days
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.patients.models import Patient
from tests.builders import a_clinic, a_patient, a_user, an_episode, an_organisation, at_once, sign_in
from tests.elements import Element, read
from tests.pages import page_of
from tests.worlds import Worlds

NOW = datetime(2026, 3, 12, 19, tzinfo=UTC)
"""12 Mar 2026, 15:00 at the clinic."""

TODAY = date(2026, 3, 12)


@dataclass
class Team:
    """The clinic and who works there."""

    app: Flask
    clinic_id: uuid.UUID
    other_clinic_id: uuid.UUID
    users: dict[str, uuid.UUID]

    def browser_of(self, role: str) -> FlaskClient:
        """A browser in which this member of the team is signed in."""
        return sign_in(self.app.test_client(), self.users[role])

    def page(self, address: str, role: str = "care_manager", **form: str) -> Element:
        """The page as this member sees it; with ``form``, what posting it shows."""
        browser = self.browser_of(role)
        answer = browser.get(address)
        if form:
            answer = browser.post(address, data={**form, "csrf_token": token_of(answer.data)})
        assert answer.status_code == 200, answer.status
        return page_of(answer)

    def person(
        self,
        *,
        scores: dict[date, int] | None = None,
        scale: str = "phq-9:total",
        tracked: tuple[str, ...] = (),
        enrolled_on: date = TODAY - timedelta(days=60),
        here: bool = True,
        **facts: Any,
    ) -> uuid.UUID:
        """Somebody in active care with total scores on these days; in the other clinic with ``here=False``."""
        with self.app.app_context(), at_once():
            clinic = db.session.get_one(Clinic, self.clinic_id if here else self.other_clinic_id)
            manager = db.session.get_one(User, self.users["care_manager" if here else "stranger"])
            patient = a_patient(clinic=clinic, **facts)
            patient_id = patient.id
            an_episode(
                patient=patient,
                clinic=clinic,
                enrolled_on=enrolled_on,
                tracked=(scale, *tracked),
                care_manager=manager,
            )
            self._measure(patient_id, clinic, manager, scale, scores or {})
            return patient_id

    def measure(self, patient_id: uuid.UUID, scores: dict[date, int], *, scale: str = "phq-9:total") -> None:
        """Enter total scores."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            clinic = db.session.get_one(Clinic, self.clinic_id)
            manager = db.session.get_one(User, self.users["care_manager"])
            self._measure(patient_id, clinic, manager, scale, scores)

    def contact(self, patient_id: uuid.UUID, on: date, *, kind: str = "treatment", reached: bool = True) -> None:
        """Log a contact by phone."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            record_contact(
                patient_id=patient_id,
                clinic_id=self.clinic_id,
                facts=ContactFacts(took_place_on=on, kind=kind, modality="phone", reached=reached),
                by=db.session.get_one(User, self.users["care_manager"]),
            )

    def many(self, number: int, **columns: Any) -> list[uuid.UUID]:
        """So many people with a row each and nothing else, stored at once: for tests about the list itself."""
        with self.app.app_context(), scope.all_patients(reason="test"), write():
            organisation_id = an_organisation().id
            people: list[dict[str, Any]] = []
            grants: list[dict[str, Any]] = []
            episodes: list[dict[str, Any]] = []
            rows: list[dict[str, Any]] = []
            for place in range(number):
                patient_id, episode_id = new_id(), new_id()
                name = f"row {patient_id.hex}"
                people.append(
                    {
                        "id": patient_id,
                        "version": 1,
                        "organisation_id": organisation_id,
                        "mrn": patient_id.hex.upper(),
                        "legal_given": "Row",
                        "legal_family": f"{place:04}",
                        "search_name": name,
                        "birth_date": date(1980, 1, 1),
                        "created_at": NOW,
                    }
                )
                grants.append({"patient_id": patient_id, "clinic_id": self.clinic_id, "why": "episode", "since": NOW})
                episodes.append(
                    {
                        "id": episode_id,
                        "version": 1,
                        "patient_id": patient_id,
                        "clinic_id": self.clinic_id,
                        "referred_on": date(2026, 1, 5),
                        "enrolled_on": date(2026, 1, 5),
                        "phase": "active",
                        "phase_since": date(2026, 1, 5),
                    }
                )
                row: dict[str, Any] = defaultdict(lambda: None)
                row |= {
                    "episode_id": episode_id,
                    "patient_id": patient_id,
                    "clinic_id": self.clinic_id,
                    "is_open": True,
                    "sort_name": name,
                    "mrn": patient_id.hex.upper(),
                    "phase": "active",
                    "referred_on": date(2026, 1, 5),
                    "enrolled_on": date(2026, 1, 5),
                    "conditions": [],
                    "rank": 9,
                    "reasons": [],
                    "refreshed_at": NOW,
                    "rules": "",
                    **columns,
                }
                rows.append(row | view_days(row))
            for table, stored in ((Patient, people), (PatientClinic, grants), (Episode, episodes), (CaseloadRow, rows)):
                insert_rows(scope.current(), table, stored)
            return [row["patient_id"] for row in rows]

    def _measure(
        self, patient_id: uuid.UUID, clinic: Clinic, manager: User, scale: str, scores: dict[date, int]
    ) -> None:
        for on, total in scores.items():
            record_measurement(
                patient_id=patient_id,
                clinic_id=clinic.id,
                instrument=scale.partition(":")[0],
                taken_on=on,
                mode="self-paper",
                total_only=total,
                by=manager,
            )


def token_of(page: bytes) -> str:
    """The token against forged requests of a page."""
    found = Element(read(page)).select_one('meta[name="csrf-token"]')
    assert found is not None
    return found["content"]


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team(app: Flask, worlds: Worlds, _frozen: None) -> Team:
    return worlds.begin_with(a_team)


def a_team(app: Flask) -> Team:
    """Two clinics; ``stranger`` works in the other one."""
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        clinic, elsewhere = a_clinic("Harbor Street"), a_clinic("Elsewhere")
        users = {
            role: a_user(role=role, clinic=clinic).id
            for role in ("care_manager", "psychiatrist", "peer_specialist", "clinic_lead")
        }
        users["stranger"] = a_user(role="care_manager", clinic=elsewhere).id
        return Team(app, clinic.id, elsewhere.id, users)


class Statements:
    """Counts what one piece of work asks of the database."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._engine = db.engine
        self.number = 0

    def __enter__(self) -> Statements:
        self.number = 0
        event.listen(self._engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_statement: object) -> None:
        self.number += 1
