"""Every migration, down and up again, with something in every table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from registry import create_app
from registry.access import scope
from registry.caseload.models import CaseloadRow
from registry.caseload.panels import keep_counts
from registry.db import migrate
from registry.db.engine import build_engine
from registry.db.transaction import write
from registry.extensions import db
from tests.builders import sign_in
from tests.databases import MigratedDatabase, PostgresqlDatabase, SqliteDatabase
from tests.trust.world import World, a_world

REVISIONS = sorted(path.name[:4] for path in (migrate.FOLDER / "versions").glob("[0-9]*.py"))

KINDS: Mapping[str, Callable[[Path], MigratedDatabase]] = {"sqlite": SqliteDatabase, "postgresql": PostgresqlDatabase}


@pytest.fixture(scope="module", params=sorted(KINDS))
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigratedDatabase]:
    """A database of this module's own: what it does to the tables hurts nobody else."""
    made = KINDS[str(request.param)](tmp_path_factory.mktemp("migrations"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def program(database: MigratedDatabase) -> Flask:
    return create_app(database.settings)


@pytest.fixture(scope="module")
def _built(database: MigratedDatabase, program: Flask) -> tuple[int, World]:
    world = a_world(program)
    _open_a_page(program, world)
    _count_the_panels(program)
    with program.app_context():
        db.engine.dispose()
    return database.remember(), world


@pytest.fixture
def filled(database: MigratedDatabase, program: Flask, _built: tuple[int, World]) -> tuple[Flask, World]:
    number, world = _built
    database.put_back(number)
    return program, world


def _open_a_page(app: Flask, world: World) -> None:
    browser: FlaskClient = sign_in(app.test_client(), world.here.people["care_manager"])
    assert browser.get("/account/password").status_code == 200


def _count_the_panels(app: Flask) -> None:
    """And one of them changes again."""
    with app.app_context(), scope.all_patients(reason="test"):
        keep_counts()
        with write():
            db.session.scalars(sa.select(CaseloadRow).limit(1)).one().failed_attempts += 1


def _broken_keys(database: MigratedDatabase) -> list[tuple[object, ...]]:
    if not database.settings.app_database_url.startswith("sqlite"):
        return []  # PostgreSQL checks each key when it makes it
    engine = build_engine(database.settings.app_database_url)
    with engine.connect() as connection:
        broken = [tuple(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    engine.dispose()
    return broken


def _without_version(rows: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in rows.items() if name != "alembic_version"}


def test_every_table_holds_something(database: MigratedDatabase, filled: tuple[Flask, World]) -> None:
    """Else the test below would prove nothing about that table."""
    assert {name: number for name, number in database.rows_by_table().items() if not number} == {}


def test_the_tables_are_what_the_models_say(database: MigratedDatabase) -> None:
    migrate.check(database.settings)


def test_down_to_the_first_and_up_again_keeps_every_row(
    database: MigratedDatabase, filled: tuple[Flask, World]
) -> None:
    app, world = filled
    before = _without_version(database.rows_by_table())

    for revision in reversed(REVISIONS[:-1]):
        migrate.downgrade(database.settings, revision)
        assert _without_version(database.rows_by_table()).items() <= before.items()
        assert _broken_keys(database) == []
    for revision in REVISIONS[1:]:
        migrate.upgrade(database.settings, revision)
        assert _broken_keys(database) == []

    assert _without_version(database.rows_by_table()) == before
    migrate.check(database.settings)
    _open_a_page(app, world)
    with app.app_context():
        db.engine.dispose()


def test_down_to_nothing_leaves_nothing_and_up_again_is_whole(
    database: MigratedDatabase, filled: tuple[Flask, World]
) -> None:
    tables = set(_without_version(database.rows_by_table()))

    migrate.downgrade(database.settings, "base")
    assert _without_version(database.rows_by_table()) == {}

    migrate.upgrade(database.settings)
    assert set(_without_version(database.rows_by_table())) == tables
    migrate.check(database.settings)


def test_what_the_database_refuses_is_refused_again_after_down_and_up(
    database: MigratedDatabase, filled: tuple[Flask, World]
) -> None:
    migrate.downgrade(database.settings, "0001")
    migrate.upgrade(database.settings)

    engine = build_engine(database.settings.app_database_url)
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.execute(sa.text("DELETE FROM audit_event"))
    engine.dispose()
