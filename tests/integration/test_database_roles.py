"""The program reaches PostgreSQL as a role that can neither see past row-level security nor change a table."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from registry.db.engine import build_engine
from registry.db.postgres import APP_ROLE
from tests.databases import MigratedDatabase


def _one_row(database: MigratedDatabase, statement: str) -> sa.Row[tuple[object, ...]]:
    engine = build_engine(database.settings.app_database_url)
    with engine.connect() as connection:
        row = connection.execute(sa.text(statement)).one()
    engine.dispose()
    return row


def test_the_program_connects_as_its_own_role_without_privileges(postgresql_database: MigratedDatabase) -> None:
    row = _one_row(
        postgresql_database,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    )

    assert tuple(row) == (APP_ROLE, False, False, False, False)


def test_the_program_owns_nothing(postgresql_database: MigratedDatabase) -> None:
    row = _one_row(postgresql_database, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")

    assert row[0] == 0


def test_the_program_cannot_change_a_table(postgresql_database: MigratedDatabase) -> None:
    url = postgresql_database.settings.app_database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE left_behind (id integer)")
