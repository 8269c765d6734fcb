"""Of a long table of cases each is tried on one of the two databases in turn, so that both have met the behaviour.

``make trust`` tries the others too: every case on both.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests.order import database_of

A_LONG_TABLE = 4
"""So many cases of one test, besides the database. Of fewer each is tried on both."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before those that are marked are left out."""
    here = Path(__file__).parent
    tables: dict[str, dict[str, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        database = database_of(item)
        if database and item.path.is_relative_to(here):
            tables[item.nodeid.partition("[")[0]][item.name.replace(database, "", 1)].append(item)
    for table in tables.values():
        if len(table) >= A_LONG_TABLE:
            _deal(table)


def _deal(table: dict[str, list[pytest.Item]]) -> None:
    for number, case in enumerate(sorted(table)):
        for item in table[case]:
            if (database_of(item) == "postgresql") is not bool(number % 2) and len(table[case]) > 1:
                item.add_marker(pytest.mark.trust)
