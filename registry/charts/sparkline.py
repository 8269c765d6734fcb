"""The geometry of a sparkline: where the target band, the line and its dots lie, in SVG units.

Pure: scores and dates in, coordinates out. ``templates/components/sparkline.html`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
    """Where the course began; at the left edge, joined to nothing, where that lies before the period drawn."""
    last: Dot | None
    """The latest score; None when the only score is also the first."""
    title: str
    """The same course in words, for whoever does not see it."""


class _Frame:
    """Maps dates and scores to places in the drawing. A page draws a hundred courses: the steps are worked out once."""

    __slots__ = ("_day", "_left", "_lowest", "_point", "_right", "_single", "maximum", "minimum", "width")

    def __init__(self, starts_on: date, ends_on: date, minimum: float, maximum: float, width: int, height: int) -> None:
        days = (ends_on - starts_on).days
        self.minimum, self.maximum, self.width = minimum, maximum, width
        self._left, self._right, self._single = starts_on.toordinal(), width - MARGIN, days == 0
        self._day = (width - 2 * MARGIN) / days if days else 0.0
        self._lowest, self._point = height - MARGIN, (height - 2 * MARGIN) / (maximum - minimum)

    def x(self, on: date) -> float:
        return round(self._right if self._single else MARGIN + (on.toordinal() - self._left) * self._day, 1)

    def y(self, score: float) -> float:
        return round(self._lowest - (score - self.minimum) * self._point, 1)

    def dot(self, on: date, score: float) -> Dot:
        return Dot(self.x(on), self.y(score))


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
    before: Point | None = None,
    name: str = "",
) -> Sparkline:
    """Draw ``points``, given oldest first, over the period from ``starts_on`` to ``ends_on``, both included.

    The scale runs from ``minimum`` (bottom) to ``maximum`` (top). The line is broken where an administration gave no
    score and between scores further apart than ``longest_gap``: a gap is drawn as a gap. Points outside the period are
    left out; ``before`` is where the course began if that is earlier, marked at the left edge. One missing end of the
    target is the end of the scale. ``name`` opens the title ("PHQ-9").

    Raises ``ValueError`` for a scale or period without extent, points out of order, a score outside the scale, or a
    beginning that lies within the period.
    """
    if maximum <= minimum:
        raise ValueError("the scale's maximum must lie above its minimum")
    if ends_on < starts_on:
        raise ValueError("the period must not end before it starts")
    if before is not None and before.on >= starts_on:
        raise ValueError("what lies before the period must not lie within it")
    _refuse_disorder([before, *points] if before else points, minimum, maximum)
    frame = _Frame(starts_on, ends_on, minimum, maximum, width, height)
    runs = list(_runs(points, starts_on, ends_on, longest_gap))
    shown = [each for run in runs for each in run]
    began = next(((each.on, each.score) for each in points if each.score is not None), None)
    has_begun_here = before is None and bool(shown) and shown[0] == began
    first = frame.dot(*shown[0]) if has_begun_here else _beginning(frame, before, starts_on)
    last = frame.dot(*shown[-1]) if shown and (len(shown) > 1 or not has_begun_here) else None
    return Sparkline(
        width=width,
        height=height,
        band=_band(frame, target_low, target_high),
        segments=tuple(_path(frame, run) for run in runs if len(run) > 1),
        alone=tuple(dot for run in runs if len(run) == 1 and (dot := frame.dot(*run[0])) not in (first, last)),
        first=first,
        last=last,
        title=_title(shown, before, target_low, target_high, name),
    )


_Scored = tuple[date, float]
"""A day, and the score of that day."""


def _refuse_disorder(points: Sequence[Point], minimum: float, maximum: float) -> None:
    before = date.min
    for point in points:
        if point.on < before:
            raise ValueError("the points must be given oldest first")
        if point.score is not None and not minimum <= point.score <= maximum:
            raise ValueError("a score lies outside the scale")
        before = point.on


def _beginning(frame: _Frame, before: Point | None, starts_on: date) -> Dot | None:
    return None if before is None or before.score is None else frame.dot(starts_on, before.score)


def _runs(
    points: Sequence[Point], starts_on: date, ends_on: date, longest_gap: timedelta | None
) -> Iterator[list[_Scored]]:
    """The scores of the period without the gaps between them."""
    run: list[_Scored] = []
    for point in points:
        on, score = point.on, point.score
        if not starts_on <= on <= ends_on:
            continue
        if run and (score is None or (longest_gap is not None and on - run[-1][0] > longest_gap)):
            yield run
            run = []
        if score is not None:
            run.append((on, score))
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


def _path(frame: _Frame, run: Sequence[_Scored]) -> str:
    return "M" + "L".join(f"{frame.x(on):g} {frame.y(score):g}" for on, score in run)


def _title(shown: Sequence[_Scored], before: Point | None, low: float | None, high: float | None, name: str) -> str:
    words = f"{name}: " if name else ""
    if before is not None and before.score is not None:
        words += f"began at {before.score:g} on {_day(before.on)}, before this period; "
    if not shown:
        return f"{words}no score in this period"
    (first_on, first), (last_on, last) = shown[0], shown[-1]
    if len(shown) == 1:
        course = f"one score, {first:g} on {_day(first_on)}"
    else:
        course = f"{len(shown)} scores, from {first:g} on {_day(first_on)} to {last:g} on {_day(last_on)}"
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
