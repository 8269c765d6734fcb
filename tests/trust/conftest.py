"""The clock stands still, and the small world is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.databases import MigratedDatabase
from tests.trust.world import NOW, World, a_world


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, _frozen: None) -> World:
    """A world of the test's own, to do with as it likes."""
    return a_world(app)


@pytest.fixture(scope="module")
def standing_world(started_app: Flask, migrated_database: MigratedDatabase) -> Iterator[World]:
    """One world for a module whose tests only look, or are refused: each proves that nothing changed."""
    migrated_database.empty()
    with time_machine.travel(NOW, tick=False):
        yield a_world(started_app)
    migrated_database.empty()
