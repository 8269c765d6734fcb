"""An entry that is on record already, as after the browser's way back: held and asked about, lest it counts twice."""

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


def second_time_field() -> BooleanField:
    """Ticked by whoever says that it happened twice."""
    return BooleanField("Yes, record it a second time")
