"""How often a phase asks for contact, measures and review: the numbers are the rules'.

Rules stand above this room, so ``create_app`` says who tells of them (``app.extensions[PHASE_CADENCE]``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import cast

from flask import current_app

PHASE_CADENCE = "phase_cadence"
"""Where ``create_app`` puts the ``Teller``."""

Teller = Callable[[uuid.UUID, str], tuple[str, ...]]


def cadence_of(clinic_id: uuid.UUID, phase: str) -> tuple[str, ...]:
    """What the phase asks for at this clinic, each in a few words; nothing where no number is in force."""
    tell = cast(Teller, current_app.extensions[PHASE_CADENCE])
    return tell(clinic_id, phase)
