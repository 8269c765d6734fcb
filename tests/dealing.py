"""A test of a feature is tried on one of the two databases, dealt by its name, so that every file meets both.

``make trust`` tries the others too: every test on both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from zlib import crc32

import pytest

from tests.order import database_of


def deal(items: Iterable[pytest.Item]) -> None:
    """Mark for ``make trust`` alone what falls to the other database."""
    tables: dict[str, dict[str, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if database := database_of(item):
            tables[item.nodeid.partition("[")[0]][item.name.replace(database, "", 1)].append(item)
    for name, table in tables.items():
        _deal(name, table)


def _deal(name: str, table: dict[str, list[pytest.Item]]) -> None:
    """The cases of a test go to the one and the other in turn; which comes first hangs on the test's name alone."""
    for turn, case in enumerate(sorted(table), start=crc32(name.encode())):
        taken = ("sqlite", "postgresql")[turn % 2]
        if {database_of(item) for item in table[case]} > {taken}:
            for item in table[case]:
                if database_of(item) != taken:
                    item.add_marker(pytest.mark.trust)
