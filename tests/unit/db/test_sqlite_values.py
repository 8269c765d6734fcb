"""Values are spelt for SQLite as SQLAlchemy would spell them, so that either reads what the other wrote."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from registry.db.sqlite_values import KEPT_AS

VALUES = [
    (sa.Date(), date(2026, 3, 8)),
    (sa.Date(), date(1, 1, 1)),
    (sa.DateTime(), datetime.fromisoformat("2026-03-08 07:05")),
    (sa.DateTime(), datetime.fromisoformat("2026-12-31 23:59:59.999999")),
    (sa.Uuid(), uuid.UUID(int=7)),
]


def _dialect(*, is_ours: bool) -> sa.Dialect:
    dialect = sqlite.dialect()
    if is_ours:
        dialect.colspecs = {**dialect.colspecs, **KEPT_AS}
    return dialect


def _written(kind: sa.types.TypeEngine[Any], value: object, dialect: sa.Dialect) -> object:
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    assert bind is not None
    return bind(value)


def _read(kind: sa.types.TypeEngine[Any], value: object, dialect: sa.Dialect) -> object:
    read = kind.dialect_impl(dialect).result_processor(dialect, None)
    assert read is not None
    return read(value)


@pytest.mark.parametrize(("kind", "value"), [*VALUES, *((kind, None) for kind, _ in VALUES)])
def test_a_value_is_written_and_read_as_sqlalchemy_does_it(kind: sa.types.TypeEngine[Any], value: object) -> None:
    ours, theirs = _dialect(is_ours=True), _dialect(is_ours=False)
    written = _written(kind, value, ours)
    assert written == _written(kind, value, theirs)
    assert _read(kind, written, ours) == _read(kind, written, theirs) == value


@pytest.mark.parametrize("kind", [sa.Date(), sa.DateTime()])
def test_text_is_no_day_and_no_instant(kind: sa.types.TypeEngine[Any]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        _written(kind, "2026-03-08", _dialect(is_ours=True))
