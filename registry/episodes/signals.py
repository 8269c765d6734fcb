"""Word that something about patients changed which may change what needs attention.

Every write about a person that a rule reads sends it, inside its transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from blinker import Signal

episode_changed = Signal("something that may change what needs attention was written")
"""Sent with ``patient_ids``."""


class NobodyListens(RuntimeError):
    """The program was put together without the part that raises alerts: refuse the write."""


_gathered: ContextVar[dict[uuid.UUID, None] | None] = ContextVar("patients_to_tell_of", default=None)


def tell_episode_changed(patient_id: uuid.UUID) -> None:
    """Have alerts reconciled now, in this transaction. Raises ``NobodyListens`` without a receiver."""
    waiting = _gathered.get()
    if waiting is None:
        _tell([patient_id])
    else:
        waiting[patient_id] = None


def follow_person(_sender: object, *, patient_id: uuid.UUID) -> None:
    """Receiver of ``attention_may_change``."""
    tell_episode_changed(patient_id)


@contextmanager
def told_once() -> Iterator[None]:
    """Several writes in one ``write()``: all patients are told of together, at the end; after an error, nobody is."""
    waiting: dict[uuid.UUID, None] = {}
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    if waiting:
        _tell(list(waiting))


def _tell(patient_ids: Sequence[uuid.UUID]) -> None:
    if not episode_changed.receivers:
        raise NobodyListens("episode_changed has no receiver: alerts would be lost in silence")
    episode_changed.send(patient_ids=patient_ids)
