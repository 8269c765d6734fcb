"""Rows to be stored in bulk, each with every column of its table, so that one statement takes them all. Pure."""

from __future__ import annotations

import uuid
from collections import defaultdict
from functools import cache
from typing import Any, TypeAlias

from registry.db.base import Base, EpisodeLinked, PatientLinked
from registry.db.identifiers import new_id

Row: TypeAlias = dict[str, Any]
Tables: TypeAlias = dict[type[Base], list[Row]]


class Ledger:
    """The rows about one person at a time. A row may still be changed until all are stored."""

    def __init__(self) -> None:
        self.tables: Tables = defaultdict(list)
        self.patient_id: uuid.UUID | None = None
        self.episode_id: uuid.UUID | None = None

    def about(self, patient_id: uuid.UUID) -> None:
        """What is written down from here on is about this person, in no episode yet."""
        self.patient_id, self.episode_id = patient_id, None

    def write(self, table: type[Base], **columns: Any) -> Row:
        """Write down a row: about the present person and episode, other columns as they are by default."""
        blank, is_identified, is_linked, is_of_episode = _kind(table)
        row = {**blank, **columns}
        if is_identified and row["id"] is None:
            row["id"] = new_id()
        if is_linked:
            row["patient_id"] = self.patient_id
        if is_of_episode:
            row["episode_id"] = self.episode_id
        self.tables[table].append(row)
        return row


@cache
def _kind(table: type[Base]) -> tuple[Row, bool, bool, bool]:
    """A blank row, and whether a row has an identifier, is about a person, is about an episode.

    The blank has every column with its plain default; a default that has to be worked out is left to whoever writes
    the row.
    """
    blank = {
        column.name: column.default.arg if column.default is not None and column.default.is_scalar else None
        for column in table.__table__.columns
    }
    return blank, "id" in blank, issubclass(table, PatientLinked), issubclass(table, EpisodeLinked)
