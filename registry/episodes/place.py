"""Where a person is dealt with: which of the reader's clinics an entry about them belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from registry.access.models import PatientClinic
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.extensions import db


def get_clinic_of(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Clinic | None:
    """Of these clinics that of the open episode, else of the last one, else the first that sees the person.

    ``None`` when none of them does.
    """
    by_episode = (
        select(Clinic)
        .join(Episode, Episode.clinic_id == Clinic.id)
        .where(Episode.patient_id == patient_id, Clinic.id.in_(clinic_ids))
        .order_by(Episode.ended_on.is_not(None), Episode.referred_on.desc(), Episode.id)
    )
    by_access = (
        select(Clinic)
        .join(PatientClinic, PatientClinic.clinic_id == Clinic.id)
        .where(PatientClinic.patient_id == patient_id, Clinic.id.in_(clinic_ids))
        .order_by(PatientClinic.since)
    )
    return db.session.scalars(by_episode.limit(1)).first() or db.session.scalars(by_access.limit(1)).first()
