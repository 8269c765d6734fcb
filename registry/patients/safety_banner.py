"""The banner under a person's header, on every page about them: their open safety alert.

Alerts stand above this room, so ``create_app`` says who tells of them (``app.extensions[SAFETY_BANNER]``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

SAFETY_BANNER = "safety_banner"
"""Where ``create_app`` puts the ``Teller``."""


@dataclass(frozen=True, slots=True)
class SafetyBanner:
    """What ``components/safety_banner.html`` prints."""

    tier: str
    """``urgent`` or ``action``."""
    sentence: str
    since: str
    owner: str
    clock: str = ""
    url: str = ""
    """Where it is acted on; empty on that very page, and for a reader whose business it is not."""


Teller = Callable[[uuid.UUID], SafetyBanner | None]


def safety_banner(patient_id: uuid.UUID) -> SafetyBanner | None:
    """The person's open safety alert, as far as the signed-in reader may know of it; nothing without one.

    Raises ``KeyError`` in a program put together without a teller: no page hides an alert in silence.
    """
    tell = cast(Teller, current_app.extensions[SAFETY_BANNER])
    return tell(patient_id)
