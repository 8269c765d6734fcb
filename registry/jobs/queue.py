"""The queue: huey, in a file of its own beside the data, whichever database holds the records.

It carries no data: a task takes ids, if anything. What ran is a row of ``job_run`` in the registry's own database,
so that a queue that is lost loses nothing: the next quarter of an hour finds what is still due.
"""

from __future__ import annotations

from pathlib import Path

from huey import Huey, SqliteHuey

from config import Settings

FILE = "jobs.db"


def open_queue(settings: Settings) -> Huey:
    """The queue of this installation. A rollback journal and full syncs: it is small, and not a second WAL to tend."""
    return SqliteHuey("registry", filename=str(_file(settings)), journal_mode="delete", fsync=True, results=False)


def _file(settings: Settings) -> Path:
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.data_folder / FILE
