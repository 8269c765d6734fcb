"""At which clinic a form about a person is filled in: said to whoever works at several, and stored at no other."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import request, url_for
from sqlalchemy import select

from registry.clinics.models import Clinic
from registry.db.among import among
from registry.episodes.models import Episode
from registry.extensions import db
from registry.patients.presenters import AtClinic, OtherClinic

FIELD = "at_clinic"
"""Of each such form: the clinic it was opened at, whatever the person's episodes have become since."""


def clinic_named() -> uuid.UUID | None:
    """The clinic the form that was sent was opened at."""
    return request.form.get(FIELD, type=uuid.UUID)


def at_clinic(clinic: Clinic, clinic_ids: Collection[uuid.UUID], *, patient_id: uuid.UUID | None = None) -> AtClinic:
    """``clinic_ids`` are those at which the reader may do this. With ``patient_id`` the others that have the person in
    care are offered; one statement, none for whoever works at one clinic.
    """
    if len(clinic_ids) < 2:
        return AtClinic(clinic.id)
    offered = [] if patient_id is None else _others(patient_id, clinic.id, clinic_ids)
    return AtClinic(clinic.id, clinic.name, offered)


def _others(patient_id: uuid.UUID, clinic_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> list[OtherClinic]:
    rows = db.session.execute(
        select(Clinic.name, Episode.id)
        .join(Episode, Episode.clinic_id == Clinic.id)
        .where(
            Episode.patient_id == patient_id,
            Episode.ended_on.is_(None),
            Clinic.id != clinic_id,
            among(Clinic.id, "clinic_ids"),
        )
        .order_by(Clinic.name, Episode.id),
        {"clinic_ids": list(clinic_ids)},
    )
    here = {**(request.view_args or {})}
    return [OtherClinic(name, url_for(request.endpoint or "", **here, episode=episode)) for name, episode in rows]
