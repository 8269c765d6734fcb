"""An entry that is on record already, or another of the same day: held and asked about, lest it counts twice."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import BooleanField


@dataclass(frozen=True, slots=True)
class SecondTime:
    """What ``components/second_time.html`` prints of the entry that stands."""

    what: str
    """``PHQ-9 of 3 Mar 2026``."""
    how: str
    """``recorded by R. Osei, 3 Mar 2026, 14:05``."""
    url: str
    is_different: bool = False
    """What is on record says something else: two of one day, or one of them wrong."""
    says: str = ""
    """``14, moderate``."""
    version: int | None = None
    correct_url: str = ""
    """Where the form can be sent to replace the entry that stands; empty where one may not."""


def second_time_field() -> BooleanField:
    """Ticked by whoever says that it happened twice."""
    return BooleanField("Yes, record this one as well")
