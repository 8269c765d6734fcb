"""The consumer's sign of life."""

from __future__ import annotations

from datetime import timedelta

from registry import clock
from registry.db.transaction import write
from registry.extensions import db
from registry.jobs.models import Heartbeat

CONSUMER = "consumer"

OLD_AFTER = timedelta(minutes=5)
"""It beats every minute: five missed beats are no accident."""


def beat() -> None:
    """The consumer is alive now."""
    with write():
        row = db.session.get(Heartbeat, CONSUMER)
        if row is None:
            row = Heartbeat(name=CONSUMER, at=clock.now())
            db.session.add(row)
        row.at = clock.now()


def silence() -> timedelta | None:
    """How long the consumer has been silent; ``None`` where it never ran."""
    row = db.session.get(Heartbeat, CONSUMER)
    return None if row is None else clock.now() - row.at
