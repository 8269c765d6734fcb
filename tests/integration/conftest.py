"""Each of these tests is tried on one of the two databases, dealt by its name, so that every file meets both.

What is about the databases themselves is tried on both: everything in ``db/``, and whatever is marked
``both_databases``. ``make trust`` tries the others too: every test on both.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from zlib import crc32

import pytest

from tests.order import database_of

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before those that are marked are left out."""
    tables: dict[str, dict[str, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        database = database_of(item)
        if database and item.path.is_relative_to(HERE) and not _is_about_databases(item):
            tables[item.nodeid.partition("[")[0]][item.name.replace(database, "", 1)].append(item)
    for name, table in tables.items():
        _deal(name, table)


def _is_about_databases(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE / "db") or item.get_closest_marker("both_databases") is not None


def _deal(name: str, table: dict[str, list[pytest.Item]]) -> None:
    """The cases of a test go to the one and the other in turn; which comes first hangs on the test's name alone."""
    for turn, case in enumerate(sorted(table), start=crc32(name.encode())):
        taken = ("sqlite", "postgresql")[turn % 2]
        if {database_of(item) for item in table[case]} > {taken}:
            for item in table[case]:
                if database_of(item) != taken:
                    item.add_marker(pytest.mark.trust)
