"""The queue: huey, beside the data on SQLite, in tables of its own in the database on PostgreSQL.

It carries no data: a task takes ids, if anything, signed so that nobody who can write there makes the consumer run
what they like. What ran is a row of ``job_run``, so that a queue that is lost loses nothing: the next quarter of an
hour finds what is still due.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from huey import Huey, PostgresHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy.engine import make_url

from config import Settings
from registry.db.engine import is_sqlite

NAME = "registry"
FILE = "jobs.db"
SCHEMA = "queue"
"""Made by a migration: the program's role makes no tables."""

WAITS = f"-c search_path={SCHEMA} -c statement_timeout=60s -c lock_timeout=10s"


def open_queue(settings: Settings) -> Huey:
    """The queue of this installation."""
    signed = SignedSerializer(secret=settings.secret_key, salt="jobs")
    if is_sqlite(settings.app_database_url):
        # A rollback journal and full syncs: it is small, and not a second WAL to tend.
        file = str(_file(settings))
        return SqliteHuey(NAME, filename=file, journal_mode="delete", fsync=True, results=False, serializer=signed)
    address = make_url(settings.app_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey(
        NAME,
        connection=lambda: psycopg.connect(address, application_name="registry jobs", options=WAITS),
        create_tables=False,
        results=False,
        serializer=signed,
    )


def _file(settings: Settings) -> Path:
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.data_folder / FILE
