"""SQLite as the embedded default: one library, safe settings, and the lock taken before the first read.

The library is ``sqlcipher3`` (SQLite 3.53.4). The standard library's SQLite on Debian 12 (3.40.1) can lose
committed rows in WAL mode when several processes write (fixed in 3.51.3, 3.50.7 and 3.44.6), so where no
``sqlcipher3`` wheel exists the rollback journal is used, and encryption is refused.

Nothing else may open the live file: one ``open()``/``close()`` in this process drops SQLite's locks.
"""

from __future__ import annotations

import sqlite3
import time
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from registry.db.sqlite_values import KEPT_AS

try:
    from sqlcipher3 import dbapi2 as _cipher
except ImportError:  # no wheel for this platform
    _cipher = None

BUSY_MILLISECONDS = 10_000
ASK_AGAIN_SECONDS = 0.001


class EncryptionUnavailable(RuntimeError):
    """A key was given, but this platform has no SQLCipher library."""


def library() -> ModuleType:
    """The one SQLite library of this process."""
    chosen: ModuleType = _cipher or sqlite3
    return chosen


def has_safe_wal(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def prepare(engine: sa.Engine, *, key: str = "") -> None:
    """Put our settings on every connection of ``engine``, and let ``write()`` choose how a transaction begins."""
    if key and _cipher is None:
        raise EncryptionUnavailable("REGISTRY_DATABASE_KEY is set, but no SQLCipher library exists for this platform")
    engine.dialect.colspecs = {**engine.dialect.colspecs, **KEPT_AS}
    journal = "WAL" if has_safe_wal(library().sqlite_version_info) else "DELETE"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        cursor = connection.cursor()
        if key:
            cursor.execute(f"PRAGMA key = \"x'{key}'\"")
        for pragma in (
            f"journal_mode = {journal}",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # or INSERT OR REPLACE removes a row past the triggers that refuse it
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "secure_delete = ON",
            "cache_size = -32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("begin") == "IMMEDIATE":
            _take_write_lock(connection.connection.driver_connection)
        else:
            connection.exec_driver_sql("BEGIN DEFERRED")


def _take_write_lock(connection: Any) -> None:
    """Begin a transaction that holds the write lock, asking again every millisecond while somebody else does.

    SQLite's own waiting sleeps longer each time, up to 100 ms, and so misses the moment the lock is free: a sweep
    beside busy readers, whose every page records its access, took it once in 400 ms. Raises ``OperationalError``
    after ``BUSY_MILLISECONDS``.
    """
    cursor = connection.cursor()
    last_try = time.monotonic() + BUSY_MILLISECONDS / 1_000
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except library().OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > last_try:
                    raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, error) from error
                time.sleep(ASK_AGAIN_SECONDS)
            else:
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        cursor.close()
