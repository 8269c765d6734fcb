"""What happened to a person beside the care that some rules look at: stays on a ward or in jail, emergencies."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select

from registry.alerts.rulebook.stay import open_stays
from registry.alerts.snapshot import Setback
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.extensions import db
from registry.health.models import LifeEvent
from registry.health.rules import EMERGENCY, KINDS, STAYS, is_stay

_SETBACKS = (
    select(
        LifeEvent.patient_id,
        LifeEvent.id,
        LifeEvent.kind,
        LifeEvent.starts_on,
        LifeEvent.ends_on,
        LifeEvent.reason,
        LifeEvent.confirmed_on,
    )
    .where(
        among(LifeEvent.patient_id, "patient_ids"),
        LifeEvent.status == "final",
        LifeEvent.kind.in_((*STAYS, EMERGENCY)),
    )
    .order_by(LifeEvent.starts_on, LifeEvent.id)
)


def load_setbacks(patient_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Setback, ...]]:
    """Those on record, oldest first, of those who have any; one statement."""
    found = by_patient(db.session.execute(_SETBACKS, {"patient_ids": list(patient_ids)}))
    return {
        patient_id: tuple(
            Setback(
                kind=row.kind,
                words=KINDS[row.kind],
                began_on=row.starts_on,
                ended_on=row.ends_on if is_stay(row.kind) else row.starts_on,
                id=str(row.id),
                reason=row.reason,
                confirmed_on=row.confirmed_on,
            )
            for row in rows
        )
        for patient_id, rows in found.items()
    }


def suspended_since(setbacks: Iterable[Setback]) -> date | None:
    """The first day of the stay without an end that began first: most rules rest from it on. None outside of one."""
    return min((stay.began_on for stay in open_stays(setbacks)), default=None)
