"""The geometry of lanes drawn beneath a sparkline, on its axis of time and in its SVG units.

Pure: lanes in, coordinates out. ``templates/components/lane_strip.html`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.charts.course_facts import Lane
from registry.charts.sparkline import MARGIN, Dot

ROW, BAR = 15, 13
"""Height of a lane and of a bar in it."""

_LETTER = 5.2
"""Width of a letter of the words in a bar, a little more than most take: what does not fit is left out."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted. ``kind`` as of a ``Spell``; ``label`` is what fits into it."""

    x: float
    y: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that happened on a day. ``kind`` as of a ``Mark``."""

    at: Dot
    kind: str


@dataclass(frozen=True, slots=True)
class LaneStrip:
    """The lanes between two days, one beneath the other."""

    width: int
    height: int
    bars: Sequence[Bar]
    spots: Sequence[Spot]
    title: str
    """The same in words, for whoever does not see it."""


def lane_strip(lanes: Sequence[Lane], *, starts_on: date, ends_on: date, width: int) -> LaneStrip | None:
    """What lies between ``starts_on`` and ``ends_on``; ``None`` where nothing does, or where no day passes."""
    days = (ends_on - starts_on).days
    drawn = [lane for lane in lanes if lane.spells or lane.marks]
    if days <= 0 or not drawn:
        return None
    day = (width - 2 * MARGIN) / days

    def x(on: date) -> float:
        return round(MARGIN + (min(max(on, starts_on), ends_on) - starts_on).days * day, 1)

    bars: list[Bar] = []
    spots: list[Spot] = []
    for number, lane in enumerate(drawn):
        top = number * ROW
        for spell in lane.spells:
            left, wide = x(spell.starts_on), round(x(spell.ends_on) - x(spell.starts_on), 1)
            bars.append(Bar(left, top, wide, spell.kind, _fitting(wide, spell.words, spell.brief)))
        spots += [Spot(Dot(x(mark.on), top + BAR / 2), mark.kind) for mark in lane.marks]
    return LaneStrip(width, len(drawn) * ROW, bars, spots, "; ".join(_told(drawn)))


def _fitting(width: float, *words: str) -> str:
    return next((each for each in words if each and len(each) * _LETTER + 6 <= width), "")


def _told(lanes: Sequence[Lane]) -> Iterator[str]:
    for lane in lanes:
        for spell in lane.spells:
            yield f"{spell.words}, {_day(spell.starts_on)} to {_day(spell.ends_on)}"
        for mark in lane.marks:
            yield f"{mark.words}, {_day(mark.on)}"


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
