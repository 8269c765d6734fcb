"""What the tables themselves guarantee, read from the databases and from the models."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from registry import create_app
from registry.access.scope import scoped_tables
from registry.db.base import Base, EpisodeLinked, PatientItself, PatientLinked
from registry.db.engine import build_engine
from registry.extensions import db
from tests.databases import MigratedDatabase
from tests.trust.world import World


def _rows(database: MigratedDatabase, statement: str) -> list[tuple[object, ...]]:
    engine = build_engine(database.settings.app_database_url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(statement)]
    engine.dispose()
    return rows


def _tables_of(kind: type[object]) -> set[sa.Table]:
    tables = (mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, kind))
    return {table for table in tables if isinstance(table, sa.Table)}


def test_every_sqlite_table_is_strict(sqlite_database: MigratedDatabase) -> None:
    tables = _rows(
        sqlite_database, "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
    )

    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_sequence"}
    assert len(tables) > 30


SAFE = {
    "foreign_keys": 1, "journal_mode": "wal", "recursive_triggers": 1, "secure_delete": 1, "synchronous": 2,
    "trusted_schema": 0,
}  # fmt: skip


def test_sqlite_connections_keep_foreign_keys_and_a_durable_journal(sqlite_database: MigratedDatabase) -> None:
    with create_app(sqlite_database.settings).app_context():
        with db.engine.connect() as connection:
            said = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SAFE}
        db.engine.dispose()

    assert said == SAFE


OF_CLINICS = {"panel_change", "panel_count"}
"""Numbers of clinics, of no interest to another clinic."""


def test_row_level_security_is_forced_on_every_table_about_people_and_on_the_numbers_of_clinics(
    postgresql_database: MigratedDatabase,
) -> None:
    protected = _rows(postgresql_database, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")

    assert {name for (name,) in protected} == scoped_tables() | OF_CLINICS


def test_every_protected_table_says_who_may_read_add_change_and_remove(postgresql_database: MigratedDatabase) -> None:
    policies = _rows(postgresql_database, "SELECT tablename, cmd FROM pg_policies WHERE schemaname = 'public'")

    for table in scoped_tables() | OF_CLINICS:
        acts = {act for name, act in policies if name == table}
        assert acts == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


@pytest.mark.parametrize("migrated_database", ["postgresql"], indirect=True)
def test_without_a_scope_postgresql_shows_the_program_nobody(
    standing_world: World, migrated_database: MigratedDatabase
) -> None:
    """SQLite has no second line of this kind."""
    seen = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted(scoped_tables()))

    assert _rows(migrated_database, " UNION ALL ".join(seen)) == []


def test_the_program_may_delete_only_what_is_derived_unfinished_passing_or_chosen(
    postgresql_database: MigratedDatabase,
) -> None:
    granted = _rows(
        postgresql_database,
        "SELECT table_name FROM information_schema.role_table_grants "
        "WHERE grantee = 'registry_app' AND privilege_type = 'DELETE' AND table_schema = 'public'",
    )

    assert {name for (name,) in granted} == {
        "caseload_row", "column_choice", "contact_draft", "failed_sign_in", "form_receipt", "heartbeat",
        "panel_change", "panel_count", "saved_view", "signed_in_session", "standing", "stopwatch", "timed_contact",
    }  # fmt: skip


def test_the_program_may_only_add_to_the_trails_and_to_what_is_a_safety_answer(
    postgresql_database: MigratedDatabase,
) -> None:
    for table in ("audit_event", "alert_event", "safety_item"):
        granted = _rows(
            postgresql_database,
            "SELECT privilege_type FROM information_schema.role_table_grants "
            f"WHERE grantee = 'registry_app' AND table_name = '{table}'",
        )
        assert {privilege for (privilege,) in granted} == {"SELECT", "INSERT"}


def test_no_function_of_ours_looks_among_temporary_tables_first(postgresql_database: MigratedDatabase) -> None:
    """A body that was bound when it was made looks nowhere."""
    open_to_it = _rows(
        postgresql_database,
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosqlbody IS NULL "
        "AND NOT coalesce(proconfig @> ARRAY['search_path=public, pg_temp'], false)",
    )

    assert open_to_it == []


def test_every_table_that_names_a_patient_is_within_the_scope() -> None:
    naming = {table.name for table in Base.metadata.tables.values() if "patient_id" in table.columns}

    assert naming | {"patient"} == set(scoped_tables())


def test_every_row_about_a_person_names_the_person() -> None:
    for table in _tables_of(PatientLinked):
        assert not table.columns["patient_id"].nullable, table.name
        assert {key.target_fullname for key in table.columns["patient_id"].foreign_keys} & {"patient.id"} or any(
            {column.name for column in key.columns} >= {"patient_id"} for key in table.foreign_key_constraints
        ), table.name
    assert {table.name for table in _tables_of(PatientItself)} == {"patient"}


def test_no_row_can_point_at_another_persons_episode() -> None:
    tables = _tables_of(EpisodeLinked)

    assert len(tables) > 5
    for table in tables:
        pairs = {tuple(key.column_keys) for key in table.foreign_key_constraints}
        assert ("episode_id", "patient_id") in pairs, table.name


def test_no_foreign_key_deletes_what_hangs_on_it() -> None:
    cascading = [
        f"{table.name}.{key.column_keys}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.ondelete != "RESTRICT"
    ]

    assert cascading == []


def test_every_constraint_has_a_name() -> None:
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]

    assert unnamed == []
