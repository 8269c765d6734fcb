"""Where a person is dealt with: which of the reader's clinics an entry about them belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import bindparam, select

from registry.access.models import PatientClinic
from registry.clinics.models import Clinic
from registry.db.among import among
from registry.episodes.models import Episode
from registry.extensions import db


def get_clinic_of(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Clinic | None:
    """Of these clinics that of the open episode, else of the last one, else the first that sees the person.

    ``None`` when none of them does.
    """
    about = {"patient_id": patient_id, "clinic_ids": list(clinic_ids)}
    return db.session.scalars(_BY_EPISODE, about).first() or db.session.scalars(_BY_ACCESS, about).first()


_IS_ONE_OF_THESE = among(Clinic.id, "clinic_ids")
_BY_EPISODE = (
    select(Clinic)
    .join(Episode, Episode.clinic_id == Clinic.id)
    .where(Episode.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE)
    .order_by(Episode.ended_on.is_not(None), Episode.referred_on.desc(), Episode.id)
    .limit(1)
)
_BY_ACCESS = (
    select(Clinic)
    .join(PatientClinic, PatientClinic.clinic_id == Clinic.id)
    .where(PatientClinic.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE)
    .order_by(PatientClinic.since, PatientClinic.clinic_id)
    .limit(1)
)
