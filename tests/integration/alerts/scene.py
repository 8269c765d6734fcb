"""A clinic with its people, and what happens to a patient there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts.models import Alert, AlertEvent
from registry.audit.recorder import record
from registry.clinics.models import Clinic, DutyCover
from registry.contacts.actions import ContactFacts, record_contact
from registry.contacts.models import Contact
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.models import Measurement, SafetySignal
from registry.patients.models import Patient
from tests import builders

NOW = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
"""Wednesday, 10:00 in New York: the clinic is open until 17:00."""
TODAY = date(2026, 3, 11)
LEAD_TOLD = datetime(2026, 3, 12, 21, 0, tzinfo=UTC)
"""17:00 on the next working day: the lead is told of what is about safety, not urgent, and nobody acknowledged."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One clinic, who works there, and one patient in active care with a care manager."""

    clinic: Clinic
    care_manager: User
    psychiatrist: User
    duty: User
    lead: User
    patient: Patient
    episode: Episode


@contextmanager
def on_stage(app: Flask) -> Iterator[None]:
    """Inside the program, with everybody in sight of the test itself; what people do there has its own scope."""
    with app.app_context(), scope.all_patients(reason="test"):
        yield


def kept_scene() -> Scene | None:
    """The usual scene where it stands ready: ``kept_scenes.ready`` says where."""
    return None


def a_scene(*, enrolled_days_ago: int = 3, contact_days_ago: int | None = 1, reviewed: bool = True) -> Scene:
    """Somebody newly enrolled, in contact and reviewed, of whom nothing needs attention."""
    is_usual = (enrolled_days_ago, contact_days_ago, reviewed) == (3, 1, True)
    return (kept_scene() if is_usual else None) or new_scene(enrolled_days_ago, contact_days_ago, reviewed=reviewed)


def new_scene(enrolled_days_ago: int = 3, contact_days_ago: int | None = 1, *, reviewed: bool = True) -> Scene:
    """Set by the program's own actions."""
    with builders.at_once():
        return _set_scene(enrolled_days_ago, contact_days_ago, reviewed=reviewed)


def _set_scene(enrolled_days_ago: int, contact_days_ago: int | None, *, reviewed: bool) -> Scene:
    clinic = builders.a_clinic("Riverside")
    care_manager = builders.a_user(role=Role.CARE_MANAGER, clinic=clinic, name="Ana Care")
    psychiatrist = builders.a_user(role=Role.PSYCHIATRIST, clinic=clinic, name="Paul Psychiatrist")
    duty = builders.a_user(role=Role.CLINICIAN, clinic=clinic, name="Dora Duty")
    lead = builders.a_user(role=Role.CLINIC_LEAD, clinic=clinic, name="Lena Lead")
    on_duty(duty, clinic)
    patient = builders.a_patient(clinic=clinic)
    today = clinic.today(clock.now())
    episode = builders.an_episode(
        patient=patient,
        enrolled_on=today - timedelta(days=enrolled_days_ago),
        care_manager=care_manager,
        consultant=psychiatrist,
    )
    scene = Scene(clinic, care_manager, psychiatrist, duty, lead, patient, episode)
    if contact_days_ago is not None:
        spoke(scene, days_ago=contact_days_ago)
    if reviewed:
        reviewed_on(scene, today)
    return scene


def on_duty(
    user: User, clinic: Clinic, *, starts_on: date = date(2026, 1, 1), ends_on: date = date(2026, 12, 31)
) -> None:
    with write():
        cover = DutyCover(clinic_id=clinic.id, user_id=user.id, starts_on=starts_on, ends_on=ends_on)
        db.session.add(cover)
        record("clinic.duty-set", by=None, subject=cover, kind="create")


def spoke(scene: Scene, *, days_ago: int = 0, reached: bool = True) -> Contact:
    """A treatment call: reached, or only tried."""
    today = scene.clinic.today(clock.now())
    with scope.within({scene.clinic.id}):
        return record_contact(
            patient_id=scene.patient.id,
            clinic_id=scene.clinic.id,
            facts=ContactFacts(
                took_place_on=today - timedelta(days=days_ago), kind="treatment", modality="phone", reached=reached
            ),
            by=scene.care_manager,
        )


def reviewed_on(scene: Scene, day: date) -> None:
    from registry.review.actions import record_review

    with scope.within({scene.clinic.id}):
        record_review(
            episode=scene.episode,
            reviewed_on=day,
            minutes=10,
            summary="",
            recommendations=[],
            look_again_on=None,
            by=scene.psychiatrist,
        )


def phq9(total: int = 10, *, item9: int | str | None = 0) -> dict[str, Any]:
    """Answers that add up to ``total`` with item 9 as given."""
    left = total - (item9 if isinstance(item9, int) else 0)
    answers: dict[str, Any] = {}
    for item in "12345678":
        answers[item] = min(3, max(0, left))
        left -= answers[item]
    return answers | {"9": item9}


def measured(
    scene: Scene,
    total: int = 10,
    *,
    item9: int | None = 0,
    days_ago: int = 0,
    clinic: Clinic | None = None,
    patient: Patient | None = None,
    **given: Any,
) -> Measurement:
    """A PHQ-9 on paper, unless ``given`` says otherwise."""
    place = clinic or scene.clinic
    today = place.today(clock.now())
    content = given if "total_only" in given or "answers" in given else {"answers": phq9(total, item9=item9), **given}
    with scope.within({place.id}):
        return record_measurement(
            patient_id=(patient or scene.patient).id,
            clinic_id=place.id,
            taken_on=today - timedelta(days=days_ago),
            by=scene.care_manager,
            **({"instrument": "phq-9", "mode": "self-paper"} | content),
        )


def mania_measured(
    scene: Scene, total: int, *, days_ago: int = 0, instrument: str = "asrm", mode: str = "self-paper"
) -> Measurement:
    """A mania measure of which only the total is known; nobody tracks it unless the test does."""
    today = scene.clinic.today(clock.now())
    with scope.within({scene.clinic.id}):
        return record_measurement(
            patient_id=scene.patient.id,
            clinic_id=scene.clinic.id,
            instrument=instrument,
            taken_on=today - timedelta(days=days_ago),
            mode=mode,
            total_only=total,
            by=scene.care_manager,
        )


def alerts_of(patient: Patient | uuid.UUID, *, rule: str | None = None, is_open: bool | None = None) -> Sequence[Alert]:
    """The patient's alerts, oldest first."""
    patient_id = patient if isinstance(patient, uuid.UUID) else patient.id
    query = select(Alert).where(Alert.patient_id == patient_id).order_by(Alert.opened_at, Alert.id)
    if rule is not None:
        query = query.where(Alert.rule == rule)
    if is_open is not None:
        query = query.where(Alert.closed_at.is_(None) if is_open else Alert.closed_at.is_not(None))
    return db.session.scalars(query).all()


def signals_of(patient: Patient) -> list[SafetySignal]:
    return list(db.session.scalars(select(SafetySignal).where(SafetySignal.patient_id == patient.id)))


def the_safety_alert(patient: Patient) -> Alert:
    (alert,) = [each for each in alerts_of(patient, is_open=True) if each.is_safety]
    return alert


def steps_of(alert: Alert) -> list[AlertEvent]:
    return list(
        db.session.scalars(
            select(AlertEvent).where(AlertEvent.alert_id == alert.id).order_by(AlertEvent.at, AlertEvent.id)
        )
    )


def kinds_of(alert: Alert) -> list[str]:
    """The kinds of its steps, by name: the clock stands still, so steps of one moment have no order."""
    return sorted(step.kind for step in steps_of(alert))


def words_of(alert: Alert, kind: str) -> str:
    """What the alert's one step of this kind says."""
    (step,) = [each for each in steps_of(alert) if each.kind == kind]
    return step.words
