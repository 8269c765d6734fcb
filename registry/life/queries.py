"""Reading life events."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.db.among import among
from registry.extensions import db
from registry.life.models import LifeEvent

# Made once: building a statement costs more than running it.
_EVENTS = (
    select(LifeEvent)
    .where(among(LifeEvent.patient_id, "patient_ids"))
    .options(joinedload(LifeEvent.recorded_by), joinedload(LifeEvent.confirmed_by))
    .order_by(LifeEvent.starts_on.desc(), LifeEvent.recorded_at.desc(), LifeEvent.id)
)
_STANDING_EVENTS = _EVENTS.where(LifeEvent.status == "final")


def list_events(patient_id: uuid.UUID, *, only_standing: bool = False) -> Sequence[LifeEvent]:
    """The person's life events, newest first; ``only_standing``: without those entered in error. One statement."""
    statement = _STANDING_EVENTS if only_standing else _EVENTS
    return db.session.scalars(statement, {"patient_ids": [patient_id]}).all()


def get_event(patient_id: uuid.UUID, event_id: uuid.UUID) -> LifeEvent | None:
    """The event, if it is this person's."""
    return db.session.scalars(
        select(LifeEvent).where(LifeEvent.id == event_id, LifeEvent.patient_id == patient_id)
    ).one_or_none()
