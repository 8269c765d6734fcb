"""The clinic of a journey, and the steps everybody takes in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from tests.builders import PASSWORD, a_clinic, a_patient, a_user, an_episode, id_of
from tests.e2e.windows import LiveServer

NINE_WEEKS = timedelta(days=63)

PHQ_9 = {
    18: {**{str(item): 3 for item in range(1, 7)}, "7": 0, "8": 0, "9": 0},
    16: {**{str(item): 2 for item in range(1, 9)}, "9": 0},
    15: {**{str(item): 2 for item in range(1, 8)}, "8": 0, "9": 1},
    14: {**{str(item): 2 for item in range(1, 8)}, "8": 0, "9": 0},
    9: {**{str(item): 3 for item in range(1, 4)}, **{str(item): 0 for item in range(4, 10)}},
    4: {"1": 2, "2": 2, **{str(item): 0 for item in range(3, 10)}},
}
"""Total → answers that add up to it; of 15, one point is a positive answer to the safety item."""


@dataclass(frozen=True, slots=True)
class Team:
    """A clinic with its people, and the patients a journey asked for."""

    clinic: uuid.UUID
    emails: Mapping[str, str]
    """Role → the address its person signs in with."""
    patients: dict[str, uuid.UUID] = field(default_factory=dict)
    """Given name → patient."""

    def person(self, given: str) -> str:
        """The address of a patient's page."""
        return f"/patients/{self.patients[given]}"


def a_team(live_server: LiveServer, *, name: str = "Harbor Street Clinic", time_zone: str = "America/New_York") -> Team:
    """A clinic of one care manager, one psychiatrist, one lead."""
    with live_server.app.app_context():
        sync_instruments()
        clinic = a_clinic(name, time_zone=time_zone)
        people = {
            Role.CARE_MANAGER: a_user(clinic=clinic, role=Role.CARE_MANAGER, name="R. Osei"),
            Role.PSYCHIATRIST: a_user(clinic=clinic, role=Role.PSYCHIATRIST, name="Dr. I. Solberg"),
            Role.CLINIC_LEAD: a_user(clinic=clinic, role=Role.CLINIC_LEAD, name="M. Tran"),
        }
        return Team(clinic=id_of(clinic), emails={role.value: user.email for role, user in people.items()})


def someone_in_care(
    live_server: LiveServer, team: Team, *, given: str, family: str, scores: Mapping[int, int] | None = None
) -> None:
    """A patient in care for nine weeks. ``scores``: days since enrolment → PHQ-9 total, one of ``PHQ_9``."""
    with live_server.app.app_context():
        clinic = db.session.get_one(Clinic, team.clinic)
        enrolled_on = today(clinic) - NINE_WEEKS
        patient = a_patient(clinic=clinic, given=given, family=family, pronouns="she/her", phone="212 555 0142")
        an_episode(
            patient=patient,
            clinic=clinic,
            enrolled_on=enrolled_on,
            care_manager=_user(team, Role.CARE_MANAGER),
            consultant=_user(team, Role.PSYCHIATRIST),
        )
        with scope.all_patients(reason="test"):
            for day, total in (scores or {}).items():
                record_measurement(
                    patient_id=id_of(patient),
                    clinic_id=team.clinic,
                    instrument="phq-9",
                    taken_on=enrolled_on + timedelta(days=day),
                    mode="self-paper",
                    answers=PHQ_9[total],
                    by=_user(team, Role.CARE_MANAGER),
                )
        team.patients[given] = id_of(patient)


def spoken_with(live_server: LiveServer, team: Team, given: str, *, days_ago: int = 0, note: str = "") -> uuid.UUID:
    """The care manager reached this patient by phone."""
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, team.clinic)
        facts = ContactFacts(
            took_place_on=today(clinic) - timedelta(days=days_ago),
            kind="treatment",
            modality="phone",
            reached=True,
            note=note,
        )
        return record_contact(
            patient_id=team.patients[given], clinic_id=team.clinic, facts=facts, by=_user(team, Role.CARE_MANAGER)
        ).id


def today(clinic: Clinic) -> date:
    """The clinic's date: the browser, the program and the database all live in the present."""
    return clinic.today(clock.now())


def _user(team: Team, role: Role) -> User:
    return db.session.scalars(select(User).where(User.email == team.emails[role.value])).one()


def sign_in(page: Page, email: str) -> None:
    """What the form sends, and no page drawn: for journeys that begin elsewhere."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.request.get("/sign-in").text())
    assert token is not None
    typed = {"csrf_token": token[1], "email": email, "password": PASSWORD}
    assert page.request.post("/sign-in", form=typed, max_redirects=0).status == 303


def sign_in_by_hand(page: Page, email: str) -> None:
    """By the form, as everybody does."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)


def open_place(page: Page, name: str) -> None:
    """Follow the navigation, until the new page listens to keys."""
    page.locator(".side__nav").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def type_answers(page: Page, digits: str) -> None:
    """Answer the items of a measure from the keyboard, once it is ready for them, and press Enter on Save."""
    expect(page.locator("[data-item] input").first).to_be_focused()
    for digit in digits:
        page.keyboard.press(digit)
    page.keyboard.press("Enter")
