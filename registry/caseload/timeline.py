"""Everything dated about one person, newest first, a page at a time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, bindparam, func, literal, select, union_all

from registry.caseload.happenings import SOURCES, Source, sources_of
from registry.caseload.looked import is_news
from registry.db.types import UtcDateTime
from registry.extensions import db
from registry.patients.models import Patient

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the timeline is asked for. No kinds: all of them."""

    kinds: frozenset[str] = frozenset()
    new_to: uuid.UUID | None = None
    """Only what others stored after ``looked_at``, for this reader."""
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One dated row, what it is, and when and by whom it was stored where that is known."""

    on: date
    source: str
    row: Any
    stored_at: datetime | None = None
    stored_by: uuid.UUID | None = None


def count_by_kind(patient_id: uuid.UUID) -> Mapping[str, int]:
    """How many entries there are of each kind, whatever is filtered; one statement."""
    found: dict[str, int] = defaultdict(int)
    counted = db.session.execute(_counts(), {"patient_id": patient_id}).one()
    for source, number in zip(SOURCES, counted, strict=True):
        found[source.kind] += number
    return found


def list_happenings(patient_id: uuid.UUID, wanted: Wanted, *, page: int) -> list[Happening]:
    """One page, newest first. One statement puts their keys in order; only the rows shown are loaded."""
    keys = db.session.execute(
        _keys(wanted.kinds, wanted.new_to is not None),
        {
            "patient_id": patient_id,
            "last": page * PER_PAGE,
            "skipped": (page - 1) * PER_PAGE,
            "reader_id": wanted.new_to,
            "looked_at": wanted.looked_at,
        },
    ).all()
    rows = _load(keys)
    return [
        Happening(key.happened_on, SOURCES[key.place].name, rows[key.id], key.stored_at, key.stored_by) for key in keys
    ]


@cache
def _counts() -> Select[Any]:
    return select(
        *(
            select(func.count(source.on))
            .where(source.table.patient_id == bindparam("patient_id"))
            .scalar_subquery()
            .label(f"of_{place}")
            for place, source in enumerate(SOURCES)
        )
    )


@cache
def _keys(kinds: frozenset[str], only_new: bool) -> Select[Any]:
    """Of each source its newest; of those the newest. Joined to the person, so that it is read within the scope."""
    sources = [source for source in sources_of(kinds) if source.stored is not None or not only_new]
    newest = union_all(*(select(_newest(source, only_new)) for source in sources)).subquery("newest")
    return (
        select(Patient.id.label("of"), *newest.c)
        .join(newest, newest.c.patient_id == Patient.id)
        .order_by(newest.c.happened_on.desc(), newest.c.place, newest.c.id.desc())
        .limit(bindparam("page_size", PER_PAGE))
        .offset(bindparam("skipped"))
    )


def _newest(source: Source, only_new: bool) -> sa.Subquery:
    table, stored = source.table, source.stored
    statement = select(
        table.id.label("id"),
        table.patient_id.label("patient_id"),
        source.on.label("happened_on"),
        literal(SOURCES.index(source), sa.Integer()).label("place"),
        sa.type_coerce(stored.at if stored else sa.cast(sa.null(), UtcDateTime()), UtcDateTime()).label("stored_at"),
        sa.type_coerce(stored.by if stored else sa.cast(sa.null(), sa.Uuid()), sa.Uuid()).label("stored_by"),
    ).where(table.patient_id == bindparam("patient_id"), source.on.is_not(None))
    if only_new and stored is not None:
        statement = statement.where(is_news(stored, bindparam("looked_at"), bindparam("reader_id")))
    return statement.order_by(source.on.desc(), table.id.desc()).limit(bindparam("last")).subquery()


def _load(keys: Iterable[Any]) -> Mapping[uuid.UUID, Any]:
    """The rows by id: a table is asked once, whichever of its dates they stand at."""
    wanted: dict[type[Any], set[uuid.UUID]] = defaultdict(set)
    options: dict[type[Any], Sequence[Any]] = {}
    for key in keys:
        source = SOURCES[key.place]
        wanted[source.table].add(key.id)
        options[source.table] = source.loaded
    found: dict[uuid.UUID, Any] = {}
    for table, ids in wanted.items():
        for row in db.session.scalars(select(table).where(table.id.in_(ids)).options(*options[table])):
            found[row.id] = row
    return found
