"""Everything dated about one person, newest first, a page at a time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import joinedload, selectinload

from registry.alerts.models import Alert
from registry.contacts.models import Contact, DangerReport
from registry.episodes.models import PhaseSpell
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.review.models import Review

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Happening:
    """One dated row and what kind it is."""

    on: date
    kind: str
    row: Any


_KINDS: Mapping[str, tuple[Any, Any, Sequence[Any]]] = {
    "measurement": (Measurement, Measurement.taken_on, (selectinload(Measurement.scores),)),
    "contact": (Contact, Contact.took_place_on, (joinedload(Contact.staff),)),
    "danger": (DangerReport, DangerReport.reported_on, ()),
    "review": (Review, Review.reviewed_on, (joinedload(Review.consultant), selectinload(Review.recommendations))),
    "alert": (Alert, Alert.since, ()),
    "phase": (PhaseSpell, PhaseSpell.starts_on, ()),
}
"""Kind → its table, its date, and what is loaded with it."""


def count_happenings(patient_id: uuid.UUID) -> int:
    """How many there are in all; one statement."""
    return sum(
        db.session.execute(
            select(
                *(
                    select(func.count())
                    .select_from(table)
                    .where(table.patient_id == patient_id)
                    .scalar_subquery()
                    .label(kind)
                    for kind, (table, _, _) in _KINDS.items()
                )
            )
        ).one()
    )


def list_happenings(patient_id: uuid.UUID, *, page: int) -> list[Happening]:
    """One page, newest first. The keys of the newest of each kind are put in order; only those shown are loaded."""
    last = page * PER_PAGE
    keys: list[tuple[date, str, uuid.UUID]] = []
    for kind in _KINDS:
        keys += [(row.happened_on, kind, row.id) for row in db.session.execute(_keys(kind, patient_id, last))]
    shown = sorted(keys, key=lambda key: (key[0], key[1], str(key[2])), reverse=True)[last - PER_PAGE : last]
    rows = _load(shown)
    return [Happening(on, kind, rows[key]) for on, kind, key in shown]


def _keys(kind: str, patient_id: uuid.UUID, last: int) -> Select[Any]:
    table, on, _ = _KINDS[kind]
    return (
        select(table.id, on.label("happened_on"), literal(kind, sa.Text()).label("kind"))
        .where(table.patient_id == patient_id)
        .order_by(on.desc(), table.id.desc())
        .limit(last)
    )


def _load(keys: Sequence[tuple[date, str, uuid.UUID]]) -> Mapping[uuid.UUID, Any]:
    by_kind: dict[str, list[uuid.UUID]] = defaultdict(list)
    for _, kind, key in keys:
        by_kind[kind].append(key)
    found: dict[uuid.UUID, Any] = {}
    for kind, wanted in by_kind.items():
        table, _, loaded = _KINDS[kind]
        for row in db.session.scalars(select(table).where(table.id.in_(wanted)).options(*loaded)):
            found[row.id] = row
    return found
