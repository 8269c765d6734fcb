"""``column IN (…)``, and a value for each row, with one parameter however many values it stands for.

SQLAlchemy's own writes the statement anew for each number of values: its text is put together at every execution,
and PostgreSQL plans and keeps each length by itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class _Many(TypeDecorator[Collection[Any]]):
    """Values of one type: an array for PostgreSQL, a JSON list for SQLite."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, each: type[sa.Uuid[uuid.UUID]] | type[sa.Text]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.each()) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        if dialect.name == "postgresql":
            return values
        if self.each is sa.Uuid:  # every statement about people names the clinics: nothing in an id is to be escaped
            return "[" + ",".join(['"' + each.hex + '"' for each in values]) + "]"
        return json.dumps(values)


class _Among(FunctionElement[bool]):
    """Whether the first is one of the second.

    Of no type: after a Boolean, SQLAlchemy would write "= 1" for SQLite, which then reads whole tables.
    """

    name = "among"
    inherit_cache = True


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: Any, **kw: Any) -> str:
    column, values = element.clauses
    spelt: str = compiler.process(column == sa.any_(values), **kw)
    return spelt


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: Any, **kw: Any) -> str:
    column, values = element.clauses
    spelt: str = compiler.process(column.in_(sa.select(sa.func.json_each(values).table_valued("value"))), **kw)
    return spelt


def among(column: Any, name: str, *, values: Callable[[], Collection[Any]] | None = None) -> sa.ColumnElement[bool]:
    """Whether ``column``, of ids or of words, is among the values given as ``name`` when the statement runs.

    ``values`` are asked for at that moment instead, where nobody who runs the statement knows them. None is among
    no values at all.
    """
    kind = _Many(sa.Uuid if isinstance(column.type, sa.Uuid) else sa.Text)
    return _Among(column, sa.bindparam(name, type_=kind, callable_=values, unique=values is not None))


class _Days(TypeDecorator[Mapping[uuid.UUID, date | None]]):
    """A day, or none, by the id of a row: a JSON object."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[uuid.UUID, date | None] | None, dialect: Dialect) -> str:
        spelt = str if dialect.name == "postgresql" else _hex
        return json.dumps({spelt(id_): None if day is None else day.isoformat() for id_, day in (value or {}).items()})


def _hex(id_: uuid.UUID) -> str:
    return id_.hex


class _DayOf(FunctionElement[date]):
    """The day given for the row with this id; none where none is given."""

    name = "day_of"
    inherit_cache = True
    type = sa.Date()


@compiles(_DayOf, "postgresql")
def _from_jsonb(element: _DayOf, compiler: Any, **kw: Any) -> str:
    id_, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(CAST({days} AS JSONB) ->> CAST({id_} AS TEXT) AS DATE)"


@compiles(_DayOf, "sqlite")
def _from_json(element: _DayOf, compiler: Any, **kw: Any) -> str:
    id_, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"({days} ->> {id_})"


def day_of(column: Any, name: str) -> sa.ColumnElement[date]:
    """Of the days by id given as ``name`` when the statement runs, that of the row whose id is in ``column``."""
    return _DayOf(column, sa.bindparam(name, type_=_Days()))
