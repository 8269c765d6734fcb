"""Reading measurements. Which patients may be seen is already bound to the session."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry.extensions import db
from registry.measurements.models import Measurement


def get_measurement(measurement_id: uuid.UUID, *, patient_id: uuid.UUID) -> Measurement | None:
    """One measurement of this patient, with its scores; a measurement of anybody else does not exist."""
    return db.session.scalars(
        select(Measurement)
        .where(Measurement.id == measurement_id, Measurement.patient_id == patient_id)
        .options(selectinload(Measurement.scores))
    ).one_or_none()


def list_measurements(patient_id: uuid.UUID, *, instrument: str | None = None) -> Sequence[Measurement]:
    """Every measurement of the patient with its scores, drafts and voided ones included, newest first."""
    query = (
        select(Measurement)
        .where(Measurement.patient_id == patient_id)
        .order_by(Measurement.taken_on.desc(), Measurement.recorded_at.desc())
        .options(selectinload(Measurement.scores))
    )
    if instrument is not None:
        query = query.where(Measurement.instrument == instrument)
    return db.session.scalars(query).all()


def list_drafts(patient_id: uuid.UUID) -> Sequence[Measurement]:
    """Drafts of the patient, newest first."""
    return db.session.scalars(
        select(Measurement)
        .where(Measurement.patient_id == patient_id, Measurement.status == "draft")
        .order_by(Measurement.recorded_at.desc())
    ).all()
