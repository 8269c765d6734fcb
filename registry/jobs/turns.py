"""One turn at a job's occasion, whichever of several consumers takes it: the row of ``job_run`` is the turn.

Whoever holds it says now and then that it is alive. Where it has been silent for too long it was killed, and the next
to come takes over; should it wake after all, it finds the turn gone and stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from registry import clock
from registry.db.transaction import write
from registry.extensions import db
from registry.jobs.models import JobRun

SILENT_AFTER = timedelta(minutes=5)
"""Whoever said nothing for so long is gone. Far longer than the work between two signs of life takes."""

SAID_EVERY = timedelta(seconds=30)
"""A sign of life waits for the disk like any write: it is not worth one after every chunk of 50 milliseconds."""


class Overtaken(RuntimeError):
    """Another process took this turn over: it is not ours to go on with."""


@dataclass(slots=True)
class Turn:
    """A turn that is ours until it is finished, given back, or taken over."""

    kind: str
    occasion: str
    alive_at: datetime
    """When we last said so; while the row holds the same instant, the turn is ours."""

    def stay_alive(self) -> None:
        """Say that the work goes on.

        Raises:
            Overtaken: Somebody else goes on with it.
        """
        now = clock.now()
        if now - self.alive_at >= SAID_EVERY:
            self._store(alive_at=now)
            self.alive_at = now

    def finish(self, outcome: dict[str, Any]) -> None:
        """Nothing is left to do for this occasion.

        Raises:
            Overtaken: Somebody else goes on with it.
        """
        self._store(finished_at=clock.now(), alive_at=None, outcome=outcome)

    def give_back(self, outcome: dict[str, Any] | None = None) -> None:
        """Something is left to do: whoever comes next may begin at once.

        Raises:
            Overtaken: Somebody else goes on with it.
        """
        self._store(alive_at=None, outcome=outcome)

    def _store(self, **values: Any) -> None:
        with write():
            if not _changed(self.kind, self.occasion, JobRun.alive_at == self.alive_at, **values):
                raise Overtaken(self.occasion)


def take_turn(kind: str, occasion: str) -> Turn | None:
    """The turn at this occasion; None where it is finished, or somebody else is at it and alive."""
    now = clock.now()
    with write():
        db.session.execute(_first(kind, occasion, now))
        is_free = or_(JobRun.alive_at.is_(None), JobRun.alive_at <= now - SILENT_AFTER)
        is_ours = _changed(kind, occasion, is_free, alive_at=now)
    return Turn(kind, occasion, now) if is_ours else None


def _first(kind: str, occasion: str, now: datetime) -> postgresql.Insert | sqlite.Insert:
    """The row where there is none yet. Two who come first at once do not collide: one of them stores nothing."""
    values = {"kind": kind, "occasion": occasion, "started_at": now}
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return insert(JobRun).values(values).on_conflict_do_nothing()


def _changed(kind: str, occasion: str, condition: ColumnElement[bool], **values: Any) -> bool:
    """Whether the unfinished row was as it should be, and now holds these values."""
    done = db.session.execute(
        update(JobRun)
        .where(JobRun.kind == kind, JobRun.occasion == occasion, JobRun.finished_at.is_(None), condition)
        .values(values),
        execution_options={"synchronize_session": False},
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
