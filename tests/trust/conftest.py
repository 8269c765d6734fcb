"""The clock stands still, and the small world is there.

What is about pages and not about what they are stored in is tried on one of the two databases: ``tests/dealing.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from registry.accounts.models import User
from registry.extensions import db
from tests.databases import MigratedDatabase
from tests.dealing import deal
from tests.trust.forms import forms
from tests.trust.history import NOW
from tests.trust.hostility import share
from tests.trust.routes import Route
from tests.trust.world import World, a_world
from tests.worlds import Worlds

HERE = Path(__file__).parent
ABOUT_PAGES = frozenset({"test_cookies.py", "test_refusals.py", "test_safety_banner.py"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before those that are marked are left out."""
    deal(item for item in items if item.path.parent == HERE and item.path.name in ABOUT_PAGES)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, worlds: Worlds, _frozen: None) -> World:
    """A world of the test's own, to do with as it likes."""
    return worlds.begin_with(a_world)


@pytest.fixture
def database_url(migrated_database: MigratedDatabase) -> Iterator[str]:
    """An empty database, though a standing world may have been in it a moment ago."""
    migrated_database.empty()
    yield migrated_database.settings.app_database_url
    migrated_database.empty()


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.trust)], ids=["sample", "everything"])
def is_everything(request: pytest.FixtureRequest) -> bool:
    """Whether the whole product is tried, or a sample."""
    return bool(request.param)


@pytest.fixture
def chosen_forms(app: Flask, migrated_database: MigratedDatabase, is_everything: bool) -> Sequence[Route]:
    """Every form of those who are signed in: half of them on each database, and all on both in ``make trust``."""
    return forms(app) if is_everything else share(forms(app), every=2, database=migrated_database.name)


@pytest.fixture(scope="module")
def _kept(migrated_database: MigratedDatabase) -> Iterator[list[World]]:
    """The standing world of a module, once somebody asked for it."""
    yield []
    migrated_database.empty()


@pytest.fixture
def standing_world(started_app: Flask, worlds: Worlds, _kept: list[World], _frozen: None) -> World:
    """One world for tests that only look, or are refused; put back after a test that wanted none."""
    if not _kept or not _is_there(started_app, _kept[-1]):
        _kept.append(worlds.begin_with(a_world))
    return _kept[-1]


def _is_there(app: Flask, world: World) -> bool:
    with app.app_context():
        return db.session.get(User, world.here.people["care_manager"]) is not None
