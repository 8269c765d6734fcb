"""When a contact began and ended, on the clinic's clock. Pure.

What is stored is the start and the minutes: the end follows from them, so the three can never contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.contacts.rules import LONGEST_MINUTES

MINUTE = timedelta(minutes=1)


class ImpossibleSpan(ValueError):
    """Start, end and minutes contradict each other; the message says how, ``field`` where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def minutes_between(day: date, start: time, end: time, *, zone: ZoneInfo) -> int:
    """Whole minutes from ``start`` on ``day`` to the next ``end`` by the clinic's clock.

    An end before the start is of the next day; a change to or from summer time in between is counted as it was lived.
    """
    began = datetime.combine(day, start, zone)
    ended = datetime.combine(day if end >= start else day + timedelta(days=1), end, zone)
    return int((ended.astimezone(UTC) - began.astimezone(UTC)) / MINUTE)


def minutes_of(day: date, start: time | None, end: time | None, minutes: int | None, *, zone: ZoneInfo) -> int | None:
    """How long a contact took, 0 to 600 minutes, from what was entered of it; ``None`` where nothing says so.

    Raises ``ImpossibleSpan`` for an end without a start, one too far from it, and minutes that are not those between.
    """
    if end is None:
        return minutes
    if start is None:
        raise ImpossibleSpan("started_at", "Enter the start time as well, or leave the end empty")
    between = minutes_between(day, start, end, zone=zone)
    if between > LONGEST_MINUTES:
        hours = between // 60
        raise ImpossibleSpan("ended_at", f"That would be {hours} hours: enter an end at most 10 hours after the start")
    if minutes is not None and minutes != between:
        raise ImpossibleSpan(
            "minutes",
            f"From {start:%H:%M} to {end:%H:%M} it took {between} minutes: enter {between}, or leave the minutes empty",
        )
    return between


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to, and not including, another."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: Span) -> bool:
        """Whether some of the time is in both. One that ends when the other begins does not overlap it."""
        return self.starts < other.ends and other.starts < self.ends


def span_of(day: date, start: time | None, minutes: int | None, *, zone: ZoneInfo) -> Span | None:
    """The time of a contact; ``None`` where its start or length is not known, or where it took no time."""
    if start is None or not minutes:
        return None
    starts = datetime.combine(day, start, zone).astimezone(UTC)
    return Span(starts, starts + minutes * MINUTE)


def overlapping(span: Span | None, others: Iterable[Span | None]) -> Sequence[int]:
    """Which of ``others``, by position, share time with ``span``."""
    if span is None:
        return ()
    return [place for place, other in enumerate(others) if other is not None and span.overlaps(other)]
