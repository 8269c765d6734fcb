"""The geometry of a sparkline: where the target band, the line and its dots lie, in SVG units.

Pure: scores and dates in, coordinates out. ``templates/components/sparkline.html`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

MARGIN = 3.0
"""Room around the drawing area, in SVG units, so that the dots at its ends are not cut."""


@dataclass(frozen=True, slots=True)
class Point:
    """One administration: its local date of service and its score, or None where it yielded none."""

    on: date
    score: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle's centre, in SVG units from the upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Band:
    """The target range as a rectangle, in SVG units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A drawn course. ``segments`` are SVG path data, one for each run of scores without a gap."""

    width: int
    height: int
    band: Band | None
    segments: tuple[str, ...]
    alone: tuple[Dot, ...]
    """Scores with a gap on both sides, which no line can show."""
    first: Dot | None
    """Where the course began; None when that lies before the period drawn."""
    last: Dot | None
    """The latest score; None when the only score is also the first."""
    title: str
    """The same course in words, for whoever does not see it."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps a date and a score to a place in the drawing."""

    starts_on: date
    ends_on: date
    minimum: float
    maximum: float
    width: int
    height: int

    def x(self, on: date) -> float:
        days = (self.ends_on - self.starts_on).days
        share = (on - self.starts_on).days / days if days else 1.0
        return round(MARGIN + share * (self.width - 2 * MARGIN), 1)

    def y(self, score: float) -> float:
        share = (score - self.minimum) / (self.maximum - self.minimum)
        return round(MARGIN + (1 - share) * (self.height - 2 * MARGIN), 1)

    def dot(self, point: Point) -> Dot:
        if point.score is None:
            raise ValueError("a point without a score has no place in the drawing")
        return Dot(self.x(point.on), self.y(point.score))


def sparkline(
    points: Sequence[Point],
    *,
    minimum: float,
    maximum: float,
    target_low: float | None = None,
    target_high: float | None = None,
    starts_on: date,
    ends_on: date,
    width: int = 96,
    height: int = 32,
    longest_gap: timedelta | None = None,
    name: str = "",
) -> Sparkline:
    """Draw ``points``, given oldest first, over the period from ``starts_on`` to ``ends_on``, both included.

    The scale runs from ``minimum`` (bottom) to ``maximum`` (top). The line is broken where an administration gave no
    score and between scores further apart than ``longest_gap``: a gap is drawn as a gap. Points outside the period are
    left out. One missing end of the target is the end of the scale. ``name`` opens the title ("PHQ-9").

    Raises ``ValueError`` for a scale or period without extent, points out of order, or a score outside the scale.
    """
    if maximum <= minimum:
        raise ValueError("the scale's maximum must lie above its minimum")
    if ends_on < starts_on:
        raise ValueError("the period must not end before it starts")
    _refuse_disorder(points, minimum, maximum)
    frame = _Frame(starts_on, ends_on, minimum, maximum, width, height)
    inside = [point for point in points if starts_on <= point.on <= ends_on]
    runs = [[frame.dot(point) for point in run] for run in _runs(inside, longest_gap)]
    scored = [point for point in points if point.score is not None]
    shown = [point for point in inside if point.score is not None]
    first = frame.dot(shown[0]) if shown and shown[0] is scored[0] else None
    last = frame.dot(shown[-1]) if shown and shown[-1] is not scored[0] else None
    return Sparkline(
        width=width,
        height=height,
        band=_band(frame, target_low, target_high),
        segments=tuple(_path(run) for run in runs if len(run) > 1),
        alone=tuple(run[0] for run in runs if len(run) == 1 and run[0] not in (first, last)),
        first=first,
        last=last,
        title=_title(shown, target_low, target_high, name),
    )


def _refuse_disorder(points: Sequence[Point], minimum: float, maximum: float) -> None:
    if any(later.on < earlier.on for earlier, later in pairwise(points)):
        raise ValueError("the points must be given oldest first")
    if any(point.score is not None and not minimum <= point.score <= maximum for point in points):
        raise ValueError("a score lies outside the scale")


def _runs(points: Sequence[Point], longest_gap: timedelta | None) -> Iterator[list[Point]]:
    run: list[Point] = []
    for point in points:
        is_far = bool(run) and longest_gap is not None and point.on - run[-1].on > longest_gap
        if run and (point.score is None or is_far):
            yield run
            run = []
        if point.score is not None:
            run.append(point)
    if run:
        yield run


def _band(frame: _Frame, low: float | None, high: float | None) -> Band | None:
    if low is None and high is None:
        return None
    bottom = frame.minimum if low is None else max(low, frame.minimum)
    top = frame.maximum if high is None else min(high, frame.maximum)
    if top < bottom:
        return None
    upper, lower = frame.y(top), frame.y(bottom)
    # A target of exactly one level, such as 0, must still be seen.
    return Band(x=0, y=upper, width=frame.width, height=max(round(lower - upper, 1), 1.5))


def _path(dots: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{dot.x:g} {dot.y:g}" for dot in dots)


def _title(shown: Sequence[Point], low: float | None, high: float | None, name: str) -> str:
    words = f"{name}: " if name else ""
    if not shown:
        return f"{words}no score in this period"
    first, last = shown[0], shown[-1]
    if len(shown) == 1:
        course = f"one score, {first.score:g} on {_day(first.on)}"
    else:
        course = f"{len(shown)} scores, from {first.score:g} on {_day(first.on)} to {last.score:g} on {_day(last.on)}"
    return f"{words}{course}{_target(low, high)}"


def _target(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"; target {low:g} to {high:g}"
    if high is not None:
        return f"; target {high:g} or less"
    if low is not None:
        return f"; target {low:g} or more"
    return ""


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
