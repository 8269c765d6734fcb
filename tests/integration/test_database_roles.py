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


def test_no_function_of_the_owner_runs_what_the_program_left_in_its_way(postgresql_database: MigratedDatabase) -> None:
    """Whoever has the program's password puts a view named like a table before it, and code of their own in it."""
    url = postgresql_database.settings.app_database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _TRAP:
            connection.execute(statement)
        (known,) = connection.execute("SELECT registry_knows_mrn(gen_random_uuid(), 'M1')").fetchone() or (None,)
        who = connection.execute("SELECT who FROM pg_temp.was_run_as").fetchall()

    assert known is False
    assert who == []


_TRAP = (
    b"CREATE TEMP TABLE was_run_as (who text)",
    b"""CREATE FUNCTION pg_temp.trap() RETURNS uuid LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO pg_temp.was_run_as VALUES (current_user); RETURN gen_random_uuid(); END $$""",
    b"CREATE TEMP VIEW patient AS SELECT pg_temp.trap() AS organisation_id, 'M1' AS mrn",
    b"GRANT ALL ON pg_temp.patient, pg_temp.was_run_as TO PUBLIC",
)
