"""Many invented patients: the crowd of the demo (``registry.demo.crowd``), with what the load needs to know."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.caseload.models import CaseloadRow
from registry.clinics.models import Clinic
from registry.db.transaction import end_read
from registry.demo.clinic import PASSWORD
from registry.demo.crowd.filling import invent
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.patients.models import Patient

__all__ = ["CONDITION", "PASSWORD", "Population", "populate"]

CONDITION = "major-depression"


@dataclass(frozen=True, slots=True)
class Population:
    """What the load needs to know: who signs in, and some of their patients."""

    emails: Mapping[str, str]
    """Role → who signs in: everybody of the first clinic, the lead and the administrator of all."""
    clinic_id: uuid.UUID
    patient_ids: tuple[uuid.UUID, ...]
    unmeasured: tuple[uuid.UUID, ...]
    """Those of them without a PHQ-9 of today: a second one would be asked about."""
    mrn: str
    """The whole number of one of them, to be searched for."""
    patients: int
    scores: int


def populate(*, clinics: int, patients_each: int, scores_each: int, seed: int = 1) -> Population:
    """Fill an empty, migrated database. The first clinic is the one somebody signs in to.

    ``scores_each`` is about how many forms a patient fills in: some have come for a year, some since last week.
    """
    crowd = invent(
        seed=seed,
        patients=clinics * patients_each,
        clinics=clinics,
        scores=scores_each,
        numbered=True,
        progress=lambda _stored: None,
    )
    in_care = _in_care(crowd.clinic_ids[0])
    return Population(
        emails={**crowd.emails, "manager": crowd.emails["care_manager"]},
        clinic_id=crowd.clinic_ids[0],
        patient_ids=in_care,
        unmeasured=_unmeasured(crowd.clinic_ids[0], in_care),
        mrn=_mrn_of(in_care[0]),
        patients=clinics * patients_each,
        scores=crowd.scores,
    )


def _in_care(clinic_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The people whose pages are opened: nobody who has left, or was only referred."""
    with scope.all_patients(reason="benchmark"):
        found = db.session.scalars(
            select(CaseloadRow.patient_id)
            .where(CaseloadRow.clinic_id == clinic_id, CaseloadRow.is_open, CaseloadRow.phase == "active")
            .order_by(CaseloadRow.patient_id)
        ).all()
        end_read()
    return tuple(found)


def _mrn_of(patient_id: uuid.UUID) -> str:
    with scope.all_patients(reason="benchmark"):
        mrn = db.session.get_one(Patient, patient_id).mrn
        end_read()
    return mrn


def _unmeasured(clinic_id: uuid.UUID, patient_ids: Sequence[uuid.UUID]) -> tuple[uuid.UUID, ...]:
    with scope.all_patients(reason="benchmark"):
        today = db.session.get_one(Clinic, clinic_id).today(clock.now())
        measured = set(
            db.session.scalars(
                select(Measurement.patient_id).where(Measurement.instrument == "phq-9", Measurement.taken_on == today)
            )
        )
        end_read()
    return tuple(patient_id for patient_id in patient_ids if patient_id not in measured)
