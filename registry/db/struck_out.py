"""An entry that was wrong is kept, struck through, and counts nowhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Protocol

from registry import clock
from registry.db.conflict import EditConflict, Edited, refuse_stale


class Entry(Edited, Protocol):
    """A row with a status, of which only "final" counts (``Withdrawable``)."""

    status: str
    why: str
    withdrawn_at: datetime | None
    withdrawn_by_id: uuid.UUID | None


def refuse_superseded(row: Entry, *, opened_version: int | None) -> None:
    """Raise ``EditConflict`` unless ``row`` still counts, at the version the form was opened at."""
    refuse_stale(row, opened_version=opened_version)
    if row.status != "final":
        raise EditConflict(row)


def strike_out(row: Entry, *, why: str, opened_version: int | None, by_id: uuid.UUID) -> None:
    """Mark ``row`` as entered in error, in the running transaction. Raises as ``refuse_superseded``."""
    refuse_superseded(row, opened_version=opened_version)
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), by_id
    row.status, row.why = "entered-in-error", why
