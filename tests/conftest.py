"""What every test stands on: two databases, the program on each, and no network.

A test that takes ``app``, ``client`` or ``database_url`` runs twice, on SQLite and on PostgreSQL; pure tests take
none of them and run once. Never hold an application context across ``client.get``: the request would share its
session.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

# The program is imported by the fixtures that start it: a pure test pays for none of it.
if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from config import Settings
    from tests.databases import MigratedDatabase
    from tests.worlds import Worlds

# How long one example takes says more about the machine than about the code.
hypothesis.settings.register_profile("registry", deadline=None, max_examples=30)
hypothesis.settings.register_profile("trust", deadline=None, max_examples=300)
hypothesis.settings.load_profile("registry")

# What was imported stays to the end. Left to the collector, it is walked again and again, for a seventh of the run.
gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the plugin that shuffles them."""
    from tests.order import in_halves

    items[:] = in_halves(items)


def pytest_collection_finish() -> None:
    _hash_passwords_fast()
    gc.collect()
    gc.freeze()


def _hash_passwords_fast() -> None:
    """Argon2 is slow on purpose; what it costs in production has a test of its own, ``unit/accounts``."""
    if "registry.accounts.passwords" in sys.modules:
        from argon2 import PasswordHasher

        from registry.accounts import passwords

        passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigratedDatabase]:
    """A migrated SQLite file."""
    from tests.databases import SqliteDatabase

    database = SqliteDatabase(tmp_path_factory.mktemp("sqlite"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigratedDatabase]:
    """A migrated PostgreSQL database; its server starts when the first test asks for it."""
    from tests.databases import PostgresqlDatabase

    database = PostgresqlDatabase(tmp_path_factory.mktemp("postgresql"))
    yield database
    database.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_database(request: pytest.FixtureRequest) -> MigratedDatabase:
    """Each of the two databases in turn."""
    database: MigratedDatabase = request.getfixturevalue(f"{request.param}_database")
    return database


@pytest.fixture(scope="session")
def settings(migrated_database: MigratedDatabase) -> Settings:
    """What the program is started with."""
    return migrated_database.settings


@pytest.fixture
def database_url(migrated_database: MigratedDatabase) -> Iterator[str]:
    """The address of a database that holds nothing yet, as the program's own role."""
    yield migrated_database.settings.app_database_url
    migrated_database.empty()


@pytest.fixture(scope="session")
def started_app(settings: Settings) -> Iterator[Flask]:
    """The program, started once for each database. Tests take ``app``."""
    from registry.extensions import db
    from tests.programs import started

    app = started(settings)
    gc.freeze()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(started_app: Flask, database_url: str) -> Iterator[Flask]:
    """The program on an empty database."""
    from flask import has_app_context

    del database_url  # wanted for what it does after the test
    yield started_app
    assert not has_app_context(), "the test left an application context open"


@pytest.fixture(scope="session")
def worlds(started_app: Flask, migrated_database: MigratedDatabase) -> Worlds:
    """What many tests begin with. For a fixture that takes ``app``: ``return worlds.begin_with(a_clinic_of_two)``."""
    from tests.worlds import Worlds

    return Worlds(started_app, migrated_database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """Where the published data sets are, from REGISTRY_SAMPLE_DATA."""
    path = Path(__file__).parents[1] / os.environ.get("REGISTRY_SAMPLE_DATA", "../shared/data")
    if not path.is_dir():
        pytest.skip(f"skipped: the published data sets are not at {path}; set REGISTRY_SAMPLE_DATA")
    return path
