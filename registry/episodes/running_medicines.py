"""What somebody takes now, for whoever is about to end the episode that reminds of it.

Treatment stands above this room, so ``create_app`` says who knows (``app.extensions[RUNNING_MEDICINES]``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import cast

from flask import current_app

RUNNING_MEDICINES = "running_medicines"
"""Where ``create_app`` puts the ``Teller``."""

Teller = Callable[[uuid.UUID], Sequence[str]]


def running_medicines(patient_id: uuid.UUID) -> Sequence[str]:
    """The person's medication and injections that have not been stopped, each with its dose in words.

    Raises ``KeyError`` in a program put together without a teller: no page hides an injection in silence.
    """
    tell = cast(Teller, current_app.extensions[RUNNING_MEDICINES])
    return tell(patient_id)
