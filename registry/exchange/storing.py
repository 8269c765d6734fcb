"""Storing many rows at once: people, measurements and scores; the events of each person name every row."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from registry import clock
from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import insert_rows
from registry.audit.recorder import added, record
from registry.clinics.models import Clinic
from registry.db.identifiers import new_id
from registry.exchange.rows import NewcomerFacts, Wish
from registry.measurements.models import Measurement, MeasurementScore
from registry.measurements.scores import score_columns
from registry.measures.instrument import Instrument
from registry.patients.actions import facts_as_columns
from registry.patients.models import Patient


def add_people(clinic: Clinic, newcomers: Mapping[str, NewcomerFacts], *, has_episode: bool) -> dict[str, uuid.UUID]:
    """Add people, seen by ``clinic`` from now on. Returns the id of each by record number.

    That the organisation does not know the numbers was asked in the same transaction.
    """
    now, people, grants, ids = clock.now(), [], [], dict[str, uuid.UUID]()
    for mrn, newcomer in newcomers.items():
        ids[mrn] = patient_id = new_id()
        person = {
            "id": patient_id,
            "organisation_id": clinic.organisation_id,
            "created_at": now,
            **facts_as_columns(newcomer.facts),
        }
        grant = {
            "patient_id": patient_id,
            "clinic_id": clinic.id,
            "why": "episode" if has_episode else "registered",
            "since": now,
        }
        why = "imported; the birth date was worked out from an age" if newcomer.is_estimated else "imported"
        record(
            "patient.added",
            by=None,
            patient_id=patient_id,
            clinic_id=clinic.id,
            kind="create",
            reason=why,
            changes=[added("patient", person), added("patient_clinic", grant)],
        )
        people.append(person)
        grants.append(grant)
    insert_rows(scope.current(), Patient, people)
    insert_rows(scope.current(), PatientClinic, grants)
    return ids


def add_measurements(
    wishes: Sequence[tuple[str, uuid.UUID, Wish]],
    *,
    instrument: Instrument,
    clinic_id: uuid.UUID,
    mode: str,
    language: str,
) -> None:
    """Store administrations, each with its source key and its patient, their scores and one event a person."""
    now = clock.now()
    measurements, scores = [], []
    by_person: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for key, patient_id, wish in wishes:
        measurement_id = new_id()
        measurement = {
            "id": measurement_id,
            "patient_id": patient_id,
            "clinic_id": clinic_id,
            "instrument": instrument.id,
            "instrument_version": instrument.version,
            "taken_on": wish.taken_on,
            "mode": mode,
            "language": language,
            "answers": None if wish.answers is None else dict(wish.answers),
            "total_only": wish.total_only,
            "status": "final",
            "source_key": key,
            "recorded_at": now,
        }
        measurements.append(measurement)
        scores += [
            {"id": new_id(), "patient_id": patient_id, "measurement_id": measurement_id, **columns}
            for columns in score_columns(instrument, wish.scoring, taken_on=wish.taken_on)
        ]
        by_person[patient_id].append(added("measurement", measurement))
    insert_rows(scope.current(), Measurement, measurements)
    insert_rows(scope.current(), MeasurementScore, scores)
    for patient_id, changes in by_person.items():
        record(
            "measurement.imported",
            by=None,
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind="create",
            changes=changes,
        )
