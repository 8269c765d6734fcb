"""Whole days between two stored dates, worked out in the database: for filters and order that depend on today."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class days_between(GenericFunction[int]):  # noqa: N801  # used as a function in statements, and named like one
    """``days_between(later, earlier)``: 1 for tomorrow and today; NULL where either is NULL."""

    type = sa.Integer()
    name = "days_between"
    inherit_cache = True

    def __init__(self, later: Any, earlier: Any) -> None:
        super().__init__(_as_date(later), _as_date(earlier))


def _as_date(value: Any) -> Any:
    return sa.literal(value, sa.Date()) if isinstance(value, date) else value


@compiles(days_between)
def _subtract(element: days_between, compiler: Any, **kw: Any) -> str:
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"(CAST({later} AS DATE) - CAST({earlier} AS DATE))"


@compiles(days_between, "sqlite")
def _subtract_in_sqlite(element: days_between, compiler: Any, **kw: Any) -> str:
    """Dates are text there; the difference of two midnights is whole."""
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"
