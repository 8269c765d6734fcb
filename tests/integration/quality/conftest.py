"""Two clinics with people in every part of every metric."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes.actions import change_phase
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measures.answers import Answer
from registry.review.actions import record_review
from tests.builders import a_clinic, a_patient, a_referral, a_user, an_episode, at_once, id_of, sign_in
from tests.worlds import Worlds

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
TODAY = date(2026, 3, 12)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Region:
    """Clinics of one lead; people are added by what the test is about."""

    app: Flask
    clinics: dict[str, uuid.UUID]
    users: dict[str, uuid.UUID]
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def add(
        self,
        name: str,
        *,
        clinic: str = "Harbor",
        enrolled: int | None = 90,
        referred: int | None = None,
        scores: dict[int, int] | None = None,
        seen: int | None = None,
        reviewed: int | None = None,
        manager: str | None = "manager",
        tracked: str = "phq-9:total",
        mania: dict[int, int] | None = None,
    ) -> Episode:
        """Somebody; every number is days ago. ``scores``: days ago → PHQ-9 total, ``mania``: → ASRM total, which
        nobody tracks. ``enrolled=None``: referred.
        """
        with self.app.app_context(), at_once():
            place = db.session.get_one(Clinic, self.clinics[clinic])
            patient = a_patient(clinic=place, given=name)
            self.people[name] = patient.id
            if enrolled is None:
                return a_referral(patient=patient, clinic=place)
            by = db.session.get_one(User, self.users["manager"])
            episode = an_episode(
                patient=patient,
                enrolled_on=days_ago(enrolled),
                referred_on=None if referred is None else days_ago(referred),
                care_manager=db.session.get_one(User, self.users[manager]) if manager else None,
                tracked=[tracked],
            )
            for ago, total in (scores or {}).items():
                record_measurement(
                    patient_id=patient.id,
                    clinic_id=place.id,
                    instrument="phq-9",
                    taken_on=days_ago(ago),
                    mode="self-paper",
                    answers=phq_9(total),
                    by=by,
                )
            for ago, total in (mania or {}).items():
                record_measurement(
                    patient_id=patient.id,
                    clinic_id=place.id,
                    instrument="asrm",
                    taken_on=days_ago(ago),
                    mode="self-paper",
                    total_only=total,
                    by=by,
                )
            if seen is not None:
                facts = ContactFacts(took_place_on=days_ago(seen), kind="treatment", modality="phone", reached=True)
                record_contact(patient_id=patient.id, clinic_id=place.id, facts=facts, by=by)
            if reviewed is not None:
                record_review(
                    episode=episode,
                    reviewed_on=days_ago(reviewed),
                    minutes=None,
                    summary="Seen",
                    recommendations=[],
                    look_again_on=None,
                    by=by,
                )
            return episode

    def move(self, episode: Episode, phase: str, *, on: int, paused_until: date | None = None) -> None:
        """Another phase since so many days ago."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            change_phase(
                episode=db.session.get_one(Episode, id_of(episode)),
                phase=phase,
                on=days_ago(on),
                why="Agreed",
                paused_until=paused_until,
                by=db.session.get_one(User, self.users["manager"]),
            )

    def browser_of(self, role: str) -> FlaskClient:
        return sign_in(self.app.test_client(), self.users[role])


def phq_9(total: int) -> dict[str, Answer]:
    """Answers that add up to ``total`` (0 to 24), the ninth item 0."""
    answers: dict[str, Answer] = {}
    for item in range(1, 9):
        answers[str(item)] = min(3, total)
        total -= min(3, total)
    return {**answers, "9": 0}


@pytest.fixture
def region(app: Flask, worlds: Worlds, _frozen: None) -> Region:
    return worlds.begin_with(a_region)


def a_region(app: Flask) -> Region:
    """Two clinics of one lead, a care manager in both and one in the first; a third clinic is somebody else's."""
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        harbor, fulton, elsewhere = a_clinic("Harbor"), a_clinic("Fulton"), a_clinic("Elsewhere")
        users = {
            "lead": a_user(role="clinic_lead", clinic=harbor, also=[fulton]).id,
            "manager": a_user(role="care_manager", clinic=harbor, also=[fulton], name="Rosa Osei").id,
            "other manager": a_user(role="care_manager", clinic=harbor, name="Kofi Boateng").id,
            "stranger": a_user(role="clinic_lead", clinic=elsewhere).id,
            "clinician": a_user(role="clinician", clinic=harbor).id,
        }
        clinics = {"Harbor": harbor.id, "Fulton": fulton.id, "Elsewhere": elsewhere.id}
        return Region(app, clinics, users)


@pytest.fixture
def full(app: Flask, worlds: Worlds) -> Region:
    return worlds.begin_with(a_full_region)


def a_full_region(app: Flask) -> Region:
    """Somebody in each part of each metric, over two clinics and three ways of being cared for."""
    region = a_region(app)
    region.add("Better", scores={90: 20, 10: 9}, seen=5, reviewed=10)
    region.add("Halved", scores={90: 20, 10: 10}, seen=29, reviewed=55, clinic="Fulton")
    region.add("Stuck", scores={90: 20, 10: 19}, seen=30, reviewed=56)
    region.add("Lost", scores={90: 20}, clinic="Fulton", manager=None)
    region.add("Mild", scores={90: 8, 10: 3}, seen=1)
    region.add("Unmeasured", seen=1, manager="other manager")
    region.add("New", enrolled=69, scores={69: 20, 10: 5})
    region.add("Old enough", enrolled=70, scores={70: 20, 10: 5})
    region.add("Referred", enrolled=None)
    paused = region.add("Paused", scores={90: 20, 10: 5})
    region.move(paused, "paused", on=5, paused_until=TODAY.replace(month=4))
    return region
