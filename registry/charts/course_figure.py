"""One person's course as an interactive figure: every tracked score over the weeks in care, and beneath it, on the same
time axis, what was done and how the person lived. Always with the same numbers as a table.

Plain facts in, a mapping for plotly.js out, in its own names. It is not made of plotly's classes: they look every value
over, which took two thirds of the page's time. A clinic's months can afford that; here a test holds that they take the
mapping as it is. Colours are names of the style sheet's tokens, so that the figure follows the theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from registry.charts.course_facts import Lane, ScorePoint, Track

PANEL, SMALL_PANEL, LANE, GAP = 3.0, 1.9, 0.42, 0.34
"""Heights in proportion to each other: the main score, every other score, a lane, the space between panels."""

_COURSES: Final = ("var(--course-1)", "var(--course-2)", "var(--course-3)", "var(--course-4)")
_SPELL_COLOURS: Final = {
    "neutral": ("var(--severity-2)", "var(--text)"),
    "reminder": ("var(--reminder-wash)", "var(--reminder)"),
    "action": ("var(--action-wash)", "var(--action)"),
    "urgent": ("var(--urgent-wash)", "var(--urgent)"),
    "good": ("var(--good-wash)", "var(--good)"),
    "accent": ("var(--accent-wash)", "var(--accent-strong)"),
    "therapy": ("var(--therapy)", "var(--therapy-ink)"),
    "dose-1": ("var(--dose-1)", "var(--dose-ink)"),
    "dose-2": ("var(--dose-2)", "var(--dose-ink)"),
    "dose-3": ("var(--dose-3)", "var(--dose-ink)"),
}
_MARK_SYMBOLS: Final = {
    "done": "circle",
    "elsewhere": "circle-dot",
    "missed": "circle-open",
    "review": "diamond",
    "event": "square",
}
_MARK_COLOURS: Final = {
    "done": "var(--bar-done)",
    "elsewhere": "var(--bar-done)",
    "missed": "var(--action)",
    "review": "var(--accent)",
    "event": "var(--reminder)",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a panel or lane lies: the ends of its axis as shares of the figure's height, from the bottom."""

    bottom: float
    top: float


def course_figure(
    tracks: Sequence[Track], lanes: Sequence[Lane], *, starts_on: date, today: date, from_day: date | None = None
) -> dict[str, Any]:
    """The figure, ready to be written as JSON. Weeks count from ``starts_on``; the axis may begin at ``from_day``.

    Every track has a panel of its own, so that no scale is read against another's axis. A line is broken where a
    course of treatment began anew and between scores further apart than a score says how the person is.
    """
    first = min([starts_on, *([from_day] if from_day else [])])
    axis = _Weeks(starts_on)
    span = (axis.week(first) - 0.4, max(axis.week(today), axis.week(first) + 1) + 0.4)
    places = _places(len(tracks), len(lanes))
    traces: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    for number, (track, place) in enumerate(zip(tracks, places, strict=False), start=1):
        y = "y" if number == 1 else f"y{number}"
        layout[y.replace("y", "yaxis", 1)] = _score_axis(track, place)
        shapes += _bands(track, y, span)
        notes += _panel_notes(track, place, colour=_COURSES[(number - 1) % len(_COURSES)])
        traces += _course_traces(track, axis, y, _COURSES[(number - 1) % len(_COURSES)])
    for number, (lane, place) in enumerate(zip(lanes, places[len(tracks) :], strict=True), start=len(tracks) + 1):
        y = "y" if number == 1 else f"y{number}"
        layout[y.replace("y", "yaxis", 1)] = _lane_axis(lane, place)
        shapes += _spell_shapes(lane, axis, y)
        traces += _lane_traces(lane, axis, y)
    return {
        "data": [{"type": "scatter", **trace} for trace in traces],
        "layout": {
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": "pan",
            "margin": {"l": 66, "r": 10, "t": 22, "b": 30},
            "xaxis": _week_axis(span, anchor=f"y{len(places)}" if len(places) > 1 else "y"),
            "shapes": [*shapes, _start_line()],
            "annotations": notes,
            **layout,
        },
    }


@dataclass(frozen=True, slots=True)
class _Weeks:
    """The time axis: weeks since the care began, with one decimal a day apart kept."""

    starts_on: date

    def week(self, day: date) -> float:
        return round((day - self.starts_on).days / 7, 2)


def _places(tracks: int, lanes: int) -> list[_Place]:
    """Panels from the top down, then lanes, sharing the height of the figure."""
    heights = [PANEL if number == 0 else SMALL_PANEL for number in range(tracks)] + [LANE] * lanes
    spaces = [GAP] * tracks + [0.06] * lanes
    whole = sum(heights) + sum(spaces[:-1]) if heights else 1.0
    places, top = [], whole
    for height, space in zip(heights, spaces, strict=True):
        places.append(_Place(round(max(top - height, 0) / whole, 4), round(top / whole, 4)))
        top -= height + space
    return places


def _week_axis(span: tuple[float, float], *, anchor: str) -> dict[str, Any]:
    weeks = span[1] - span[0]
    step = next((each for each in (1, 2, 4, 8, 13, 26) if weeks / each <= 13), 52)
    ticks = list(range(0, int(span[1]) + 1, step))
    return {
        "range": list(span),
        "minallowed": span[0],
        "maxallowed": span[1],
        "tickvals": ticks,
        "ticktext": [f"week {week}" if week == 0 else str(week) for week in ticks],
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "anchor": anchor,
        "ticks": "",
    }


def _score_axis(track: Track, place: _Place) -> dict[str, Any]:
    room = (track.maximum - track.minimum) * 0.04
    return {
        "domain": [place.bottom, place.top],
        "range": [track.minimum - room, track.maximum + room],
        "fixedrange": True,
        "nticks": 6,
        "showline": False,
        "zeroline": False,
        "ticks": "",
    }


def _lane_axis(lane: Lane, place: _Place) -> dict[str, Any]:
    return {
        "domain": [place.bottom, place.top],
        "range": [0, 1],
        "fixedrange": True,
        "tickvals": [0.5],
        "ticktext": [lane.title],
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "ticks": "",
    }


def _bands(track: Track, y: str, span: tuple[float, float]) -> Iterator[dict[str, Any]]:
    """Severity in two greys, every other range; the target in its green, drawn last."""
    for number, band in enumerate(track.bands):
        if number % 2:
            yield _rectangle(y, span, band.low, band.high, "var(--severity-1)")
    if track.target_low is not None or track.target_high is not None:
        low = track.minimum if track.target_low is None else track.target_low
        high = track.maximum if track.target_high is None else track.target_high
        yield _rectangle(y, span, low, high, "var(--target-band)")


def _rectangle(y: str, span: tuple[float, float], low: float, high: float, colour: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "yref": y,
        "x0": span[0],
        "x1": span[1],
        "y0": low,
        "y1": high,
        "fillcolor": colour,
        "line": {"width": 0},
    }


def _start_line() -> dict[str, Any]:
    """Where the care began, through every panel and lane."""
    return {
        "type": "line",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "line": {"color": "var(--line-strong)", "width": 1, "dash": "dot"},
    }


def _panel_notes(track: Track, place: _Place, *, colour: str) -> Iterator[dict[str, Any]]:
    """The scale's name above its panel, and the target beside it: never over a line."""
    yield {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": place.top,
        "xanchor": "left",
        "yanchor": "bottom",
        "text": track.name,
        "showarrow": False,
        "font": {"color": colour, "size": 12, "weight": 600},
    }
    if track.target_words:
        yield {
            "xref": "paper",
            "yref": "paper",
            "x": 1,
            "y": place.top,
            "xanchor": "right",
            "yanchor": "bottom",
            "text": f"target {track.target_words}",
            "showarrow": False,
            "font": {"color": "var(--good)", "size": 12},
        }


def _course_traces(track: Track, axis: _Weeks, y: str, colour: str) -> Iterator[dict[str, Any]]:
    """One line with gaps left open, and the baseline as a ring of its own."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    words: list[str] = []
    for before, point in _with_previous(track.points):
        if before is not None and _is_gap(track, before, point):
            xs.append(None)
            ys.append(None)
            words.append("")
        xs.append(axis.week(point.on))
        ys.append(point.value)
        words.append(_hover(track, point))
    yield {
        "x": xs,
        "y": ys,
        "yaxis": y,
        "mode": "lines+markers",
        "connectgaps": False,
        "name": track.name,
        "text": words,
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 7},
    }
    baseline = [point for point in track.points if point.on == track.baseline_on]
    if baseline:
        yield {
            "x": [axis.week(baseline[0].on)],
            "y": [baseline[0].value],
            "yaxis": y,
            "mode": "markers",
            "name": f"{track.name} baseline",
            "text": [_hover(track, baseline[0])],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"color": "var(--card)", "size": 10, "line": {"color": colour, "width": 2}},
        }


def _with_previous(points: Sequence[ScorePoint]) -> Iterator[tuple[ScorePoint | None, ScorePoint]]:
    if points:
        yield None, points[0]
    yield from pairwise(points)


def _is_gap(track: Track, before: ScorePoint, after: ScorePoint) -> bool:
    began_anew = any(before.on < day <= after.on for day in track.breaks_on)
    return began_anew or after.on - before.on > track.longest_gap


def _hover(track: Track, point: ScorePoint) -> str:
    said = [track.band_of(point.value), "baseline" if point.on == track.baseline_on else "", point.note]
    detail = ", ".join(each for each in said if each)
    return f"{track.name} {point.value:g}{f' · {detail}' if detail else ''}<br>{point.on.day} {point.on:%b %Y}"


def _spell_shapes(lane: Lane, axis: _Weeks, y: str) -> Iterator[dict[str, Any]]:
    for spell in lane.spells:
        fill, ink = _SPELL_COLOURS[spell.kind]
        yield {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": y,
            "x0": axis.week(spell.starts_on),
            "x1": axis.week(spell.ends_on),
            "y0": 0.08,
            "y1": 0.92,
            "fillcolor": fill,
            "line": {"width": 1, "color": "var(--card)"},
            "name": spell.brief,
            "label": {"text": spell.words, "textposition": "middle left", "font": {"color": ink, "size": 11}},
        }


def _lane_traces(lane: Lane, axis: _Weeks, y: str) -> Iterator[dict[str, Any]]:
    """Marks; and for spells an unseen point in the middle, so that pointing at one says what it was."""
    if lane.marks or not lane.spells:
        yield {
            "x": [axis.week(mark.on) for mark in lane.marks],
            "y": [0.5 for _ in lane.marks],
            "yaxis": y,
            "mode": "markers",
            "name": lane.title,
            "text": [f"{mark.words}<br>{mark.on.day} {mark.on:%b %Y}" for mark in lane.marks],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {
                "size": 9,
                "symbol": [_MARK_SYMBOLS[mark.kind] for mark in lane.marks],
                "color": [_MARK_COLOURS[mark.kind] for mark in lane.marks],
            },
        }
    if lane.spells:
        yield {
            "x": [(axis.week(spell.starts_on) + axis.week(spell.ends_on)) / 2 for spell in lane.spells],
            "y": [0.5 for _ in lane.spells],
            "yaxis": y,
            "mode": "markers",
            "name": lane.title,
            "text": [
                f"{spell.words}<br>{spell.starts_on.day} {spell.starts_on:%b %Y} "
                f"to {spell.ends_on.day} {spell.ends_on:%b %Y}"
                for spell in lane.spells
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"size": 14, "opacity": 0, "color": "var(--card)"},
        }
