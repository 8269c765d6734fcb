"""Word of what was changed about a person, sent inside the transaction that changed it."""

from __future__ import annotations

import uuid

from blinker import Signal

patient_changed = Signal("a person's identity was changed: lists that keep a copy to sort and search by follow")
"""Sent with ``patient_id``."""

attention_may_change = Signal("something beside the care itself was written that may change what needs attention")
"""Sent with ``patient_id``. Care stands above this room, so ``create_app`` says who hears it."""


class NobodyListens(RuntimeError):
    """The program was put together without the part that raises alerts: refuse the write."""


def tell_attention_may_change(patient_id: uuid.UUID) -> None:
    """Have alerts reconciled in this transaction. Raises ``NobodyListens`` without a receiver."""
    if not attention_may_change.receivers:
        raise NobodyListens("attention_may_change has no receiver: alerts would be lost in silence")
    attention_may_change.send(patient_id=patient_id)
