"""Each test finds the database as the migrations left it, or as it was when its world was built: every table of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import DatabaseError

from registry.audit.models import AuditEvent
from registry.db.engine import build_engine
from tests.builders import sign_in
from tests.databases import MigratedDatabase
from tests.trust.history import NOW
from tests.trust.world import World, a_world, snapshot
from tests.worlds import Worlds

pytestmark = pytest.mark.both_databases

EVENT = {
    "number": 1,
    "at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    "kind": "system",
    "action": "test.ran",
    "actor_kind": "system",
    "outcome": "success",
    "previous_hash": "",
    "hash": "0" * 64,
}


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The program's way to the database, without the program."""
    engine = build_engine(database_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_another_test_stored_is_gone_even_where_nothing_may_be_deleted(engine: sa.Engine, time: str) -> None:
    with engine.begin() as connection:
        found = connection.scalars(sa.select(AuditEvent.action)).all()
        connection.execute(sa.insert(AuditEvent).values(EVENT | {"action": f"{time}.ran"}))

    assert found == []
    with engine.connect() as connection, pytest.raises(DatabaseError):
        connection.execute(sa.delete(AuditEvent))


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_the_migrations_wrote_is_there_again(
    migrated_database: MigratedDatabase, engine: sa.Engine, time: str
) -> None:
    del engine, time  # emptied between the first and the second
    owner = build_engine(migrated_database.settings.owner_database_url)
    with owner.connect() as connection:
        versions = connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
    owner.dispose()

    assert len(versions) == 1


def test_a_world_is_put_back_as_it_was_built_and_lives_on(app: Flask, worlds: Worlds) -> None:
    as_built: list[Mapping[str, list[str]]] = []

    def build(app: Flask) -> World:
        world = a_world(app)
        as_built.append(snapshot(app))
        return world

    with time_machine.travel(NOW, tick=False):
        for _time in ("first", "second"):
            world = worlds.begin_with(build)
            assert [snapshot(app)] == as_built

            browser = sign_in(app.test_client(), world.here.people["auditor"])
            assert browser.get("/administration/audit").status_code == 200
            assert [snapshot(app)] != as_built

    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
