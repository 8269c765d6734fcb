"""What is entered of a life event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """One event. Dates are local dates; ``ends_on`` only of a stay that is over, ``reason`` of an emergency visit."""

    kind: str
    starts_on: date
    ends_on: date | None = None
    words: str = ""
    source: str = ""
    reason: str = ""
