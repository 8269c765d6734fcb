"""Which test stands where, so that two workers have as little as possible to begin with.

Each worker is given one half of the tests, front to back, and takes from the end of the other's half once it has done
its own. So the journeys, which are long and need a browser, come first, the tests on the other database begin the
second half, and between and after them are those that need neither. In each group the order stays what it was: by
chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

_SHARED = ("served_database", "migrated_database", "database")
"""The fixtures that stand for one of the databases."""

_OF_ONE = {"postgresql_database": "postgresql", "sqlite_database": "sqlite"}
"""The fixtures that are one of them."""


def in_halves(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests: journeys, SQLite and some that need no database; PostgreSQL and the rest."""
    kinds: dict[str, list[pytest.Item]] = {"journey": [], "sqlite": [], "postgresql": [], "": []}
    for item in items:
        kinds[_kind_of(item)].append(item)
    first, free = kinds["journey"] + kinds["sqlite"], kinds[""]
    room = max(0, len(items) // 2 - len(first))
    return [*first, *free[:room], *kinds["postgresql"], *free[room:]]


def _kind_of(item: pytest.Item) -> str:
    database = database_of(item)
    return "journey" if item.get_closest_marker("e2e") and database != "postgresql" else database


def database_of(item: pytest.Item) -> str:
    """The database this test runs on: ``sqlite``, ``postgresql`` or none."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    named = [parameters[name] for name in _SHARED if name in parameters]
    asked = [name for fixture, name in _OF_ONE.items() if fixture in getattr(item, "fixturenames", ())]
    return next((str(name) for name in [*named, *asked] if name in _OF_ONE.values()), "")
