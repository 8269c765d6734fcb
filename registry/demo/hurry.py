"""Filling a database nobody uses yet: as fast as the machine can, since it could be made again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from registry.extensions import db


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Wait for no disk and collect no garbage meanwhile: if the machine stops, the demo is simply made again."""

    def trust_the_disk(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    is_sqlite = db.engine.dialect.name == "sqlite"
    gc.disable()
    if is_sqlite:
        db.engine.dispose()
        event.listen(db.engine, "connect", trust_the_disk)
    try:
        yield
    finally:
        gc.enable()
        if is_sqlite:
            event.remove(db.engine, "connect", trust_the_disk)
            db.engine.dispose()
