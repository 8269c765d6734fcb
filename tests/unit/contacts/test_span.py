"""When a contact began and ended, on the clinic's clock."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from registry.contacts.span import ImpossibleSpan, minutes_of, span_of

NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 3, 12)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
"""Summer time begins, and ends, at two in the morning."""


@pytest.mark.parametrize(
    ("why", "day", "start", "end", "typed", "minutes"),
    [
        ("start and end", DAY, "10:00", "10:30", None, 30),
        ("minutes that agree", DAY, "10:00", "10:30", 30, 30),
        ("minutes alone", DAY, None, None, 25, 25),
        ("a start alone", DAY, "10:00", None, None, None),
        ("nothing", DAY, None, None, None, None),
        ("no time at all is not nothing", DAY, "10:00", "10:00", None, 0),
        ("past midnight", DAY, "23:50", "00:20", None, 30),
        ("an hour that was never there", SPRING, "01:30", "03:30", None, 60),
        ("an hour that was there twice", AUTUMN, "00:30", "02:30", None, 180),
        ("ten hours", DAY, "08:00", "18:00", None, 600),
    ],
)
def test_an_end_gives_the_minutes(
    why: str, day: date, start: str | None, end: str | None, typed: int | None, minutes: int | None
) -> None:
    assert minutes_of(day, _at(start), _at(end), typed, zone=NEW_YORK) == minutes, why


@pytest.mark.parametrize(
    ("start", "end", "typed", "field", "says"),
    [
        ("10:00", "10:30", 40, "minutes", "From 10:00 to 10:30 it took 30 minutes"),
        ("10:00", "10:30", 0, "minutes", "it took 30 minutes"),
        (None, "10:30", None, "started_at", "Enter the start time as well"),
        ("10:30", "10:00", None, "ended_at", "That would be 23 hours"),
        ("08:00", "18:01", None, "ended_at", "at most 10 hours after the start"),
    ],
)
def test_what_contradicts_itself_is_refused_beside_the_field(
    start: str | None, end: str, typed: int | None, field: str, says: str
) -> None:
    with pytest.raises(ImpossibleSpan, match=says) as refused:
        minutes_of(DAY, _at(start), _at(end), typed, zone=NEW_YORK)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("why", "day", "start", "minutes", "overlaps"),
    [
        ("within", DAY, "10:10", 5, True),
        ("the first minute", DAY, "09:31", 30, True),
        ("ends as the other begins", DAY, "09:30", 30, False),
        ("begins as the other ends", DAY, "10:30", 30, False),
        ("from the evening before", date(2026, 3, 11), "23:59", 600, False),
        ("no time at all", DAY, "10:10", 0, False),
        ("no start", DAY, None, 30, False),
        ("no minutes", DAY, "10:10", None, False),
    ],
)
def test_two_contacts_overlap_when_they_share_a_minute(
    why: str, day: date, start: str | None, minutes: int | None, overlaps: bool
) -> None:
    half_past_ten = span_of(DAY, time(10), 30, zone=NEW_YORK)
    other = span_of(day, _at(start), minutes, zone=NEW_YORK)
    assert half_past_ten is not None

    assert (other is not None and half_past_ten.overlaps(other)) == overlaps, why


def test_the_same_hour_in_two_zones_is_not_the_same_time() -> None:
    here = span_of(DAY, time(10), 30, zone=NEW_YORK)
    there = span_of(DAY, time(10), 30, zone=ZoneInfo("America/Los_Angeles"))
    assert here is not None
    assert there is not None

    assert not here.overlaps(there)


def _at(words: str | None) -> time | None:
    return None if words is None else time.fromisoformat(words)
