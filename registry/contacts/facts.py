"""What is entered of a contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of one contact. ``took_place_on`` is the local date of service; ``minutes`` 0 to 600."""

    took_place_on: date
    kind: str
    modality: str
    reached: bool
    minutes: int | None = None
    started_at: time | None = None
    participants: str = ""
    note: str = ""
