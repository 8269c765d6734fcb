"""Minutes a clinic is open: the clock an unanswered urgent alert runs on.

Opening hours are local wall time; everything else is an instant in UTC. Minutes are counted as they
really pass, so the night the clocks change makes an interval an hour longer or shorter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_HORIZON_DAYS = 400
"""How far ahead to look for the next opening: past any closure a clinic can have meant."""


class NeverOpen(ValueError):
    """Hours without a single opening: an alert that waited for them would wait for ever."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from ``opens`` to ``closes``, local time, the end excluded. Midnight as ``closes`` is the day's end."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("Opening hours are local wall time, without a zone")
        if self.closes <= self.opens and self.closes != time(0):
            raise ValueError(f"Closes at {self.closes:%H:%M}, not after it opens at {self.opens:%H:%M}")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The intervals of each weekday, Monday first, and the days the clinic is closed whatever the weekday.

    Raises:
        NeverOpen: no weekday has an interval.
        ValueError: not seven days, or intervals of one day that overlap or are out of order.
    """

    week: tuple[tuple[Interval, ...], ...]
    closed_on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("Opening hours need seven days, Monday first")
        if not any(self.week):
            raise NeverOpen("Opening hours need at least one interval in the week")
        for intervals in self.week:
            for earlier, later in pairwise(intervals):
                if earlier.closes == time(0) or later.opens < earlier.closes:
                    raise ValueError("The intervals of a day must follow each other")

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals of ``day``, none where the clinic is closed."""
        return () if day in self.closed_on else self.week[day.weekday()]

    def closes_on(self, day: date) -> bool:
        """Whether there is an hour of ``day`` at which the clinic is closed."""
        return self.on(day) != (ROUND_THE_CLOCK,)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_hours(
    stored: Mapping[str, Sequence[Sequence[str]]], *, closed_on: frozenset[date] = frozenset()
) -> OpeningHours:
    """Opening hours as a clinic keeps them: ``{"mon": [["08:30", "17:00"]]}``, a missing day closed, "24:00" its end;
    ``closed_on`` are the days it is closed whatever the weekday.

    A clinic that has stated no hours at all counts as always open, so that nothing waits for an
    opening that never comes.

    Raises:
        ValueError: a day that is not "mon" to "sun", a time that is not "HH:MM", or hours nobody could keep.
    """
    if unknown := stored.keys() - set(_WEEKDAYS):
        raise ValueError(f"No such weekday: {', '.join(sorted(unknown))}")
    if not any(stored.values()):
        return replace(ALWAYS_OPEN, closed_on=closed_on)
    return OpeningHours(
        week=tuple(
            tuple(Interval(_wall_time(opens), _wall_time(closes)) for opens, closes in stored.get(day, ()))
            for day in _WEEKDAYS
        ),
        closed_on=closed_on,
    )


def _wall_time(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


ROUND_THE_CLOCK = Interval(time(0), time(0))
ALWAYS_OPEN = OpeningHours(week=((ROUND_THE_CLOCK,),) * 7)


@dataclass(frozen=True, slots=True)
class _Span:
    """One opening, as instants in UTC, on the local day ``day``."""

    day: date
    opens: datetime
    closes: datetime


def add_open_minutes(start: datetime, minutes: int, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """The instant at which ``minutes`` of opening hours have passed since ``start``.

    Minutes that run out exactly at closing time end then, not at the next opening. No minutes at
    all end at ``start``, or at the next opening where the clinic is closed.

    Raises:
        ValueError: ``start`` has no zone, or ``minutes`` is negative.
        NeverOpen: the clinic does not open again within a year.
    """
    if minutes < 0:
        raise ValueError("Opening minutes cannot be counted backwards")
    return add_open_time(start, timedelta(minutes=minutes), hours, tz)


def add_open_time(start: datetime, left: timedelta, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """As ``add_open_minutes``, of a length of time."""
    for span in _spans_from(start, hours, tz):
        if span.opens + left <= span.closes:
            return span.opens + left
        left -= span.closes - span.opens
    raise NeverOpen("The clinic does not open again within a year")


def open_minutes_between(start: datetime, end: datetime, hours: OpeningHours, tz: ZoneInfo) -> int:
    """Full minutes of opening hours from ``start`` to ``end``; 0 where ``end`` is not after ``start``."""
    return int(open_time_between(start, end, hours, tz).total_seconds() // 60)


def open_time_between(start: datetime, end: datetime, hours: OpeningHours, tz: ZoneInfo) -> timedelta:
    """Opening time from ``start`` to ``end``, to the second; none where ``end`` is not after ``start``."""
    _require_zone(end)
    passed = timedelta()
    for span in _spans_from(start, hours, tz):
        if span.opens >= end:
            break
        passed += min(span.closes, end) - span.opens
    return passed


def is_open(at: datetime, hours: OpeningHours, tz: ZoneInfo) -> bool:
    """Whether the clinic is open at ``at``. The minute of closing is closed."""
    return next_open(at, hours, tz) == at


def next_open(at: datetime, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """``at`` itself while the clinic is open, else the instant it opens next, in UTC. Raises NeverOpen."""
    for span in _spans_from(at, hours, tz):
        return span.opens
    raise NeverOpen("The clinic does not open again within a year")


def end_of_day(at: datetime, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """When the clinic closes for the day: the day of ``at``, or after closing time the next day it opens.

    In UTC. Raises NeverOpen.
    """
    last: _Span | None = None
    for span in _spans_from(at, hours, tz):
        if last is not None and span.day != last.day:
            break
        last = span
    if last is None:
        raise NeverOpen("The clinic does not open again within a year")
    return last.closes


def _spans_from(start: datetime, hours: OpeningHours, tz: ZoneInfo) -> Iterator[_Span]:
    """What is left of each opening from ``start`` on, in order and without overlap."""
    _require_zone(start)
    not_before = start.astimezone(UTC)
    first_day = not_before.astimezone(tz).date() - timedelta(days=1)
    for offset in range(_HORIZON_DAYS):
        day = first_day + timedelta(days=offset)
        for interval in hours.on(day):
            opens = max(_instant(day, interval.opens, tz, fold=0), not_before)
            ends_on = day + timedelta(days=1) if interval.closes == time(0) else day
            closes = _instant(ends_on, interval.closes, tz, fold=0 if interval.closes == time(0) else 1)
            if opens < closes:
                yield _Span(day, opens, closes)
                not_before = closes


def _instant(day: date, at: time, tz: ZoneInfo, *, fold: int) -> datetime:
    """The instant of a wall time. ``fold`` picks the first (0) or second (1) of an hour that comes twice.

    A wall time the clocks skip becomes the instant they jump, so no opening minute is made up.
    """
    wall = datetime.combine(day, at.replace(fold=fold), tzinfo=tz)
    instant = wall.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall.replace(tzinfo=None, fold=0):
        return instant
    return _jump(wall, tz)


def _jump(wall: datetime, tz: ZoneInfo) -> datetime:
    """The instant the clocks jump over ``wall``, to the second."""
    earlier = wall.replace(fold=1).astimezone(UTC)  # read with the offset after the jump
    later = wall.replace(fold=0).astimezone(UTC)  # read with the offset before it
    before = earlier.astimezone(tz).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) // 2
        if middle.astimezone(tz).utcoffset() == before:
            earlier = middle
        else:
            later = middle
    return later.replace(microsecond=0)


def _require_zone(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError("An instant needs its zone: pass UTC")
