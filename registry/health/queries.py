"""Reading life events."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.health.models import LifeEvent


def list_events(patient_id: uuid.UUID, *, only_standing: bool = False) -> Sequence[LifeEvent]:
    """The person's life events, newest first; ``only_standing``: without those entered in error. One statement."""
    query = (
        select(LifeEvent)
        .where(LifeEvent.patient_id == patient_id)
        .options(joinedload(LifeEvent.recorded_by))
        .order_by(LifeEvent.starts_on.desc(), LifeEvent.recorded_at.desc(), LifeEvent.id)
    )
    if only_standing:
        query = query.where(LifeEvent.status == "final")
    return db.session.scalars(query).all()


def get_event(patient_id: uuid.UUID, event_id: uuid.UUID) -> LifeEvent | None:
    """The event, if it is this person's."""
    return db.session.scalars(
        select(LifeEvent).where(LifeEvent.id == event_id, LifeEvent.patient_id == patient_id)
    ).one_or_none()
