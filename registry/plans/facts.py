"""What is entered of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """One version of a plan. ``sections``: key → words; ``written_on`` the local date it was talked through."""

    written_on: date
    took_part: str
    sections: Mapping[str, str]
    review_on: date | None = None
