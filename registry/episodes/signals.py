"""Word that something about a patient changed which may change what needs attention.

Every write of measurements, contacts, episodes, health and review sends it, inside its transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from blinker import Signal

episode_changed = Signal("something that may change what needs attention was written")


class NobodyListens(RuntimeError):
    """The program was put together without the part that raises alerts: refuse the write."""


_gathered: ContextVar[dict[uuid.UUID, None] | None] = ContextVar("patients_to_tell_of", default=None)


def tell_episode_changed(patient_id: uuid.UUID) -> None:
    """Have alerts reconciled now, in this transaction. Raises ``NobodyListens`` without a receiver."""
    if not episode_changed.receivers:
        raise NobodyListens("episode_changed has no receiver: alerts would be lost in silence")
    waiting = _gathered.get()
    if waiting is not None:
        waiting[patient_id] = None
        return
    episode_changed.send(patient_id=patient_id)


@contextmanager
def told_once() -> Iterator[None]:
    """Several writes in one ``write()``: each patient is told of once, at the end. Nothing is told after an error."""
    waiting: dict[uuid.UUID, None] = {}
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    for patient_id in waiting:
        tell_episode_changed(patient_id)
