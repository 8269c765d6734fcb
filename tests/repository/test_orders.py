"""Rows of one day, or of one instant, come in one order: what is decided by the last of them is decided once.

A database that is asked for an order by date alone gives two of one date as they lie on its disk, and lays them anew
whenever one of them changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Index, Select, UniqueConstraint
from sqlalchemy.sql.elements import UnaryExpression

import registry


def _sorted_statements() -> Iterator[tuple[str, Select[tuple[object, ...]]]]:
    """Every statement a module keeps and sorts, by its name."""
    for module in pkgutil.walk_packages(registry.__path__, "registry."):
        if ".migrations." not in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Select) and value._order_by_clauses:
                    yield f"{module.name}.{name}", value


def test_what_is_kept_sorted_is_sorted_to_the_last_by_what_no_two_rows_share() -> None:
    statements = dict(_sorted_statements())
    in_any_order = [name for name, statement in statements.items() if not _tells_apart(_last(statement))]

    assert not in_any_order, "add the row's id to the order"
    assert len(statements) > 20


def _last(statement: Select[tuple[object, ...]]) -> ColumnElement[object]:
    """What decides between two rows that are alike in everything before it."""
    last: ColumnElement[object] = statement._order_by_clauses[-1]
    while isinstance(last, UnaryExpression):
        last = last.element
    return last


def _tells_apart(column: ColumnElement[object]) -> bool:
    """Whether it is a column that is part of what no two rows of its table share."""
    if not isinstance(column, Column):
        return False
    if column.primary_key or column.unique:
        return True
    rules = [*column.table.constraints, *column.table.indexes]
    return any(
        column.name in rule.columns
        for rule in rules
        if isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique)
    )
