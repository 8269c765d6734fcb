"""Reading observations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.physical.models import Observation
from registry.physical.rules import first_to_say


def list_observations(patient_id: uuid.UUID) -> Sequence[Observation]:
    """All that was ever observed of the person, in every state, newest first; one statement.

    Of one day what was entered last is first: a correction of anything but the value makes it no later.
    """
    found = db.session.scalars(
        select(Observation).where(Observation.patient_id == patient_id).options(joinedload(Observation.recorded_by))
    ).all()
    rows = {each.id: each for each in found}

    def entered(each: Observation) -> tuple[date, datetime, datetime, uuid.UUID]:
        return each.taken_on, first_to_say(each, rows).recorded_at, each.recorded_at, each.id

    return sorted(found, key=entered, reverse=True)


def get_observation(patient_id: uuid.UUID, observation_id: uuid.UUID) -> Observation | None:
    """The observation, if it is this person's."""
    return db.session.scalars(
        select(Observation).where(Observation.id == observation_id, Observation.patient_id == patient_id)
    ).one_or_none()
