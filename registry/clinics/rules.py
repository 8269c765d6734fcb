"""What makes opening hours and a time zone acceptable; how often a clinic has decided. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol
from zoneinfo import available_timezones

WEEKDAYS: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-\u2013]\s*([01]\d|2[0-3]):([0-5]\d)")


class WrongHours(ValueError):
    """The message says how hours are written."""


def read_intervals(text: str) -> list[list[str]]:
    """``"08:30-12:00, 13:00-17:00"`` → intervals in local time; empty: closed. Raises ``WrongHours``."""
    intervals: list[list[str]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _INTERVAL.fullmatch(part)
        if match is None:
            raise WrongHours("Write hours as 08:30-17:00, several separated by commas; leave empty when closed")
        opens, closes = f"{match[1]}:{match[2]}", f"{match[3]}:{match[4]}"
        if opens >= closes:
            raise WrongHours("The clinic must open before it closes")
        if intervals and opens < intervals[-1][1]:
            raise WrongHours("Write the hours of a day in order, without overlap")
        intervals.append([opens, closes])
    return intervals


def write_intervals(intervals: list[list[str]]) -> str:
    """The inverse of ``read_intervals``."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in intervals)


def is_time_zone(name: str) -> bool:
    return name in available_timezones()


class Counted(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int: ...


def edition_of(rows: Iterable[Counted]) -> int:
    """How many decisions rows that are never deleted stand for: a form about all of them is opened at this number."""
    return sum(row.version for row in rows)
