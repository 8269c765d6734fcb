"""Which tables a merge goes through: every one that says whose its rows are, known from the tables themselves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa

from registry.access.reviewed_sql import Key
from registry.db.base import Base
from registry.db.types import UtcDateTime

STAYS: Mapping[str, str] = {
    "patient_clinic": "which clinics see a record: carried over, and kept so that old addresses lead on",
    "look_mark": "when somebody last looked at that record",
    "patient_merge": "the history of merges itself",
    "merged_row": "what a merge moved",
}
"""Tables that name a patient and whose rows a merge leaves where they are, and why."""

_UNNAMED = frozenset({"caseload_row", "standing", "safety_signal", "timed_contact"})
"""Rows without an id of their own: they go with an episode or a measurement; what is being timed, by its clinic."""

_NO_TIE = frozenset({"joined_id"})
"""Of two alerts that were joined each belongs to its own record."""

_ANSWERED = frozenset({"safety_signal", "danger_report"})
"""An answer or a report belongs to whom it is about, whichever alert tells of it: once apart, each is told of anew."""

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, dict[Key, Row]]
"""By table, then by key."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A key of one table to another: the row that has it hangs on the row it names."""

    column: str
    table: str


@cache
def moved_tables() -> Mapping[str, sa.Table]:
    """Every table whose rows go with the person."""
    tables = Base.metadata.tables
    return {name: table for name, table in tables.items() if "patient_id" in table.c and name not in STAYS}


@cache
def ties_of(table: str) -> tuple[Tie, ...]:
    """What the rows of a table hang on, among the tables that move."""
    return tuple(_ties(moved_tables()[table]))


def _ties(table: sa.Table) -> Iterator[Tie]:
    for key in table.foreign_key_constraints:
        target = key.referred_table.name
        column = next(name for name in key.column_keys if name != "patient_id" or len(key.column_keys) == 1)
        is_told_of = table.name in _ANSWERED and column == "alert_id"
        if target in moved_tables() and column not in _NO_TIE and not is_told_of:
            yield Tie(column, target)


def key_of(table: str, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in moved_tables()[table].primary_key.columns)


def row_id(table: str, key: Key) -> uuid.UUID | None:
    """How a merge writes down a row it moved; None for one that follows another."""
    identifier: uuid.UUID = key[0]
    return None if table in _UNNAMED else identifier


def is_made_since(table: str, key: Key, instant: datetime) -> bool:
    """Whether the row was made after that millisecond, which its identifier tells (UUID 7)."""
    identifier = row_id(table, key)
    return identifier is not None and identifier.int >> 80 > int(instant.timestamp() * 1000)


def stored(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def read(column: sa.ColumnElement[Any], kept: Any) -> Any:
    """A column's value again."""
    if kept is None or not isinstance(kept, str):
        return kept
    if isinstance(column.type, sa.Uuid):
        return uuid.UUID(kept)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(kept)
    return date.fromisoformat(kept) if isinstance(column.type, sa.Date) else kept
