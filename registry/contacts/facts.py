"""What is entered of a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of one contact.

    ``took_place_on`` is the local date of service, ``started_at`` the clinic's clock, ``minutes`` 0 to 600.
    ``took_part`` are codes of ``contacts.rules.TOOK_PART``, ``participants`` who they were in words.
    """

    took_place_on: date
    kind: str
    modality: str
    reached: bool
    minutes: int | None = None
    started_at: time | None = None
    took_part: Sequence[str] = ()
    participants: str = ""
    note: str = ""
