"""Many invented patients, quickly: rows in bulk, then everything derived from them by the program itself."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry import clock
from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import insert_rows
from registry.access.roles import Role
from registry.accounts import actions as accounts
from registry.accounts.models import User
from registry.alerts.reconcile import reconcile_patients
from registry.audit.recorder import record
from registry.clinics.actions import ClinicFacts, add_clinic, add_organisation
from registry.clinics.models import Clinic
from registry.contacts.models import Contact
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.models import Episode, PhaseSpell, TeamMember, TrackedMeasure, TreatmentCourse, TreatmentTarget
from registry.extensions import db
from registry.measurements.instruments import catalogue, sync_instruments
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.scoring import score
from registry.patients.models import Patient

PASSWORD = "measured lantern orchard"
CHUNK = 100
CONDITION = "major-depression"
WEEK = {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass(frozen=True, slots=True)
class Population:
    """What the load needs to know: who signs in, and some of their patients."""

    emails: Mapping[str, str]
    """Role → who signs in: everybody of the first clinic, the lead and the administrator of all."""
    clinic_id: uuid.UUID
    patient_ids: tuple[uuid.UUID, ...]
    patients: int
    scores: int


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic and its care manager, as values: rows would be forgotten between chunks."""

    clinic_id: uuid.UUID
    organisation_id: uuid.UUID
    manager_id: uuid.UUID
    today: date
    now: datetime


def populate(*, clinics: int, patients_each: int, scores_each: int, seed: int = 1) -> Population:
    """Fill an empty, migrated database. The first clinic is the one somebody signs in to."""
    roll = random.Random(seed)
    sync_instruments()
    organisation = add_organisation(name="Benchmark", time_zone="America/New_York", is_invented=True, by=None)
    places = [
        add_clinic(
            organisation=organisation,
            facts=ClinicFacts(name=f"Clinic {number}", time_zone="America/New_York", opening_hours=WEEK),
            by=None,
        )
        for number in range(clinics)
    ]
    managers = [
        _user(f"manager{number}@bench.example", Role.CARE_MANAGER, [place]) for number, place in enumerate(places)
    ]
    others = {
        "lead": _user("lead@bench.example", Role.CLINIC_LEAD, places),
        "administrator": _user("administrator@bench.example", Role.ADMINISTRATOR, places),
        "psychiatrist": _user("psychiatrist@bench.example", Role.PSYCHIATRIST, places[:1]),
    }
    emails = {"manager": managers[0].email, **{role: user.email for role, user in others.items()}}
    now = clock.now()
    staffed = [
        Place(place.id, place.organisation_id, manager.id, place.today(now), now)
        for place, manager in zip(places, managers, strict=True)
    ]
    first: list[uuid.UUID] = []
    with scope.all_patients(reason="benchmark"):
        for place in staffed:
            ids = [new_id() for _ in range(patients_each)]
            for start in range(0, patients_each, CHUNK):
                _store(ids[start : start + CHUNK], place, scores_each, roll)
            first = first or ids
    return Population(
        emails=emails,
        clinic_id=staffed[0].clinic_id,
        patient_ids=tuple(first),
        patients=clinics * patients_each,
        scores=clinics * patients_each * scores_each,
    )


def _user(email: str, role: Role, places: list[Clinic]) -> User:
    user = accounts.add_user(
        name=email.split("@", maxsplit=1)[0], email=email, password=PASSWORD, by=None, must_change_password=False
    )
    for place in places:
        accounts.give_role(user, clinic_id=place.id, role=role, starts_on=date(2020, 1, 1), by=None)
    return user


def _store(ids: list[uuid.UUID], place: Place, scores_each: int, roll: random.Random) -> None:
    with write():
        rows: dict[Any, list[dict[str, Any]]] = {}
        for patient_id in ids:
            for table, row in _person(patient_id, place, scores_each, roll):
                rows.setdefault(table, []).append(row)
        for table, many in rows.items():
            for row in many:
                row.setdefault("id", new_id())
            insert_rows(scope.current(), table, many)
        for patient_id in ids:
            record("patient.invented", by=None, patient_id=patient_id, clinic_id=place.clinic_id, kind="create")
        reconcile_patients(ids)
    db.session.expunge_all()


def _person(
    patient_id: uuid.UUID, place: Place, scores_each: int, roll: random.Random
) -> Iterator[tuple[Any, dict[str, Any]]]:
    number = roll.randrange(10**9)
    enrolled_on = place.today - timedelta(days=roll.randrange(30, 400))
    episode_id = new_id()
    about = {"patient_id": patient_id, "episode_id": episode_id}
    family, given = f"Family{number:09}", f"Given{number % 977:03}"
    yield (
        Patient,
        {
            "id": patient_id,
            "organisation_id": place.organisation_id,
            "mrn": f"B{number:09}",
            "legal_given": given,
            "legal_family": family,
            "search_name": f"{family} {given}".lower(),
            "birth_date": date(1950 + number % 50, 1 + number % 12, 1 + number % 28),
            "races": [],
            "languages": [],
            "created_at": place.now,
        },
    )
    yield PatientClinic, {"patient_id": patient_id, "clinic_id": place.clinic_id, "why": "episode", "since": place.now}
    yield (
        Episode,
        {
            "id": episode_id,
            "patient_id": patient_id,
            "clinic_id": place.clinic_id,
            "referred_on": enrolled_on,
            "enrolled_on": enrolled_on,
            "phase": "active",
            "phase_since": enrolled_on,
            "metric_primary": "phq-9:total",
        },
    )
    yield PhaseSpell, {**about, "phase": "active", "starts_on": enrolled_on, "set_at": place.now}
    yield TreatmentCourse, {**about, "starts_on": enrolled_on}
    yield TeamMember, {**about, "role": "care_manager", "user_id": place.manager_id, "starts_on": enrolled_on}
    yield TrackedMeasure, {**about, "scale": "phq-9:total", "cadence_days": 28, "starts_on": enrolled_on}
    yield (
        TreatmentTarget,
        {**about, "scale": "phq-9:total", "at_most": 4, "starts_on": enrolled_on, "set_at": place.now},
    )
    yield from _contacts(patient_id, place, enrolled_on, roll)
    yield from _measurements(patient_id, place, enrolled_on, scores_each, roll)


def _contacts(
    patient_id: uuid.UUID, place: Place, enrolled_on: date, roll: random.Random
) -> Iterator[tuple[Any, dict[str, Any]]]:
    for _ in range(6):
        day = enrolled_on + timedelta(days=roll.randrange((place.today - enrolled_on).days + 1))
        yield (
            Contact,
            {
                "patient_id": patient_id,
                "clinic_id": place.clinic_id,
                "took_place_on": day,
                "minutes": 20,
                "staff_id": place.manager_id,
                "kind": "treatment",
                "modality": "phone",
                "reached": roll.random() < 0.7,
                "recorded_at": place.now,
                "recorded_by_id": place.manager_id,
            },
        )


def _measurements(
    patient_id: uuid.UUID, place: Place, enrolled_on: date, scores_each: int, roll: random.Random
) -> Iterator[tuple[Any, dict[str, Any]]]:
    instrument = catalogue().get("phq-9")
    days = max(1, (place.today - enrolled_on).days)
    severity = roll.uniform(0.8, 2.2)
    drift = roll.uniform(-1.6, 0.4)
    for step in range(scores_each):
        day = enrolled_on + timedelta(days=days * step // scores_each)
        level = severity + drift * step / scores_each
        answers = {str(n): max(0, min(3, round(roll.gauss(level, 0.7)))) for n in range(1, 9)}
        answers["9"] = 1 if roll.random() < 0.04 else 0
        answers = {item.id: answers.get(item.number, 0) for item in instrument.items if item.scored}
        result = score(instrument, answers).scores[instrument.primary_scale.id]
        measurement_id = new_id()
        yield (
            Measurement,
            {
                "id": measurement_id,
                "patient_id": patient_id,
                "clinic_id": place.clinic_id,
                "instrument": instrument.id,
                "instrument_version": instrument.version,
                "taken_on": day,
                "mode": "self-paper",
                "answers": answers,
                "recorded_at": place.now,
                "recorded_by_id": place.manager_id,
            },
        )
        yield (
            MeasurementScore,
            {
                "measurement_id": measurement_id,
                "patient_id": patient_id,
                "scale": "phq-9:total",
                "taken_on": day,
                "value": result.value,
                "band": result.band,
            },
        )
