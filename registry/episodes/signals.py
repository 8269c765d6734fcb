"""Word that something about a patient changed which may change what needs attention.

Every write of measurements, contacts, episodes, health and review sends it, inside its transaction.
"""

from __future__ import annotations

import uuid

from blinker import Signal

episode_changed = Signal("something that may change what needs attention was written")


class NobodyListens(RuntimeError):
    """The program was put together without the part that raises alerts: refuse the write."""


def tell_episode_changed(patient_id: uuid.UUID) -> None:
    """Have alerts reconciled now, in this transaction. Raises ``NobodyListens`` without a receiver."""
    if not episode_changed.receivers:
        raise NobodyListens("episode_changed has no receiver: alerts would be lost in silence")
    episode_changed.send(patient_id=patient_id)
