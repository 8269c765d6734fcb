"""Reading observations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.physical.models import Observation


def list_observations(patient_id: uuid.UUID) -> Sequence[Observation]:
    """All that was ever observed of the person, in every state, newest first; one statement."""
    return db.session.scalars(
        select(Observation)
        .where(Observation.patient_id == patient_id)
        .options(joinedload(Observation.recorded_by))
        .order_by(Observation.taken_on.desc(), Observation.recorded_at.desc(), Observation.id)
    ).all()


def get_observation(patient_id: uuid.UUID, observation_id: uuid.UUID) -> Observation | None:
    """The observation, if it is this person's."""
    return db.session.scalars(
        select(Observation).where(Observation.id == observation_id, Observation.patient_id == patient_id)
    ).one_or_none()
