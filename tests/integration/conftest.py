"""Each of these tests is tried on one of the two databases: ``tests/dealing.py``.

What is about the databases themselves is tried on both: everything in ``db/``, and whatever is marked
``both_databases``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dealing import deal

HERE = f"{Path(__file__).parent}/"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before those that are marked are left out."""
    deal(item for item in items if str(item.path).startswith(HERE) and not _is_about_databases(item))


def _is_about_databases(item: pytest.Item) -> bool:
    return str(item.path).startswith(f"{HERE}db/") or item.get_closest_marker("both_databases") is not None
