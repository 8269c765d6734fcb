"""What happened to a person beside the care that some rules look at: stays on a ward or in jail, emergencies, homes
and jobs lost and found.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Row, select

from registry.access.reading import Read, rows_of
from registry.alerts.life_facts import Setback, Turn
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word, words
from registry.life.models import LifeEvent
from registry.life.rules import EMERGENCY, GAINS, KINDS, LOSSES, STAYS, is_stay

_Row: TypeAlias = Row[*tuple[Any, ...]]

EVENTS = (
    select(
        LifeEvent.patient_id,
        LifeEvent.id,
        LifeEvent.kind,
        LifeEvent.starts_on,
        LifeEvent.ends_on,
        LifeEvent.reason,
        LifeEvent.confirmed_on,
        LifeEvent.called_on,
        LifeEvent.recorded_at,
        LifeEvent.ended_at,
        LifeEvent.confirmed_at,
    )
    .where(
        among(LifeEvent.patient_id, "patient_ids"),
        LifeEvent.status == word("final"),
        LifeEvent.kind.in_(words((*STAYS, EMERGENCY, *LOSSES, *GAINS))),
    )
    .order_by(LifeEvent.starts_on, LifeEvent.id)
)


@dataclass(frozen=True, slots=True)
class Life:
    """What is on record of one person, oldest first."""

    setbacks: tuple[Setback, ...] = ()
    turns: tuple[Turn, ...] = ()


def load_life(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> dict[uuid.UUID, Life]:
    """Of those of whom anything is on record; one statement."""
    found = by_patient(read(EVENTS, {"patient_ids": list(patient_ids)}))
    return {
        patient_id: Life(
            setbacks=tuple(_setback(row) for row in rows if row.kind not in LOSSES.keys() | GAINS.keys()),
            turns=tuple(_turn(row) for row in rows if row.kind in LOSSES.keys() | GAINS.keys()),
        )
        for patient_id, rows in found.items()
    }


def load_setbacks(patient_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Setback, ...]]:
    """The stays and emergencies alone."""
    return {patient_id: life.setbacks for patient_id, life in load_life(patient_ids).items()}


def setbacks_among(events: Iterable[LifeEvent]) -> tuple[Setback, ...]:
    """The stays and emergencies among events that were read already."""
    return tuple(_setback(each) for each in events if is_stay(each.kind) or each.kind == EMERGENCY)


def _setback(row: _Row | LifeEvent) -> Setback:
    return Setback(
        kind=row.kind,
        words=KINDS[row.kind],
        began_on=row.starts_on,
        ended_on=row.ends_on if is_stay(row.kind) else row.starts_on,
        id=str(row.id),
        reason=row.reason,
        confirmed_on=row.confirmed_on,
        called_on=row.called_on,
        recorded_at=row.recorded_at,
        ended_at=row.ended_at,
        confirmed_at=row.confirmed_at,
    )


def _turn(row: _Row) -> Turn:
    is_loss = row.kind in LOSSES
    return Turn(row.starts_on, (LOSSES if is_loss else GAINS)[row.kind], is_loss, KINDS[row.kind])
