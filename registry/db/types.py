"""Column types, and what SQLite and PostgreSQL disagree on.

SQLite tables are STRICT: a column takes TEXT, INTEGER, REAL or BLOB and nothing else. The compiler rules below
spell our types that way, for the models and for the migrations, which load this module too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

_NUMBERS_REMEMBERED = 10_000


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses a naive datetime (SQLite would silently shift it); always comes back in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Of SQLite's text in one step: a list of a clinic reads some thousand instants."""
        return _read_instant if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def fits_hundredths(value: Decimal) -> bool:
    """Whether ``Hundredths`` keeps all of it: at most two decimal places that say something. Of any finite number."""
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2


class Hundredths(TypeDecorator[Decimal]):
    """A decimal with at most two places, kept as a whole number of hundredths so that both databases sort it alike."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if not fits_hundredths(Decimal(value)):
            raise ValueError(f"{value} has more than two decimal places")
        return int(Decimal(value) * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return _read_hundredths(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """In one step: scores are few numbers, read by the thousand."""
        return _read_hundredths


@lru_cache(_NUMBERS_REMEMBERED)
def _read_hundredths(value: int | None) -> Decimal | None:
    if value is None:
        return None
    whole, rest = divmod(value, 100)
    return Decimal(whole) if rest == 0 else Decimal(value) / 100


Document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value: searched by nobody, read whole. One of dates by key may be sorted by: ``caseload.currency``."""


@compiles(CreateTable, "sqlite")
def _create_strict_table(element: CreateTable, compiler: Any, **kw: Any) -> str:
    statement: str = compiler.visit_create_table(element, **kw)
    return f"{statement.rstrip()} STRICT"


def _spell(name: str, *types: type[sa.types.TypeEngine[Any]]) -> None:
    for kind in types:
        compiles(kind, "sqlite")(lambda element, compiler, **kw: name)


_spell("TEXT", sa.String, sa.VARCHAR, sa.Text, sa.CHAR, sa.Date, sa.Time, sa.DateTime, sa.JSON, sa.Uuid)
_spell("INTEGER", sa.Boolean, sa.BigInteger)
