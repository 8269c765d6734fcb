"""Each test finds the database as the migrations left it, append-only tables included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from registry.audit.models import AuditEvent
from registry.db.engine import build_engine
from tests.databases import MigratedDatabase

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
