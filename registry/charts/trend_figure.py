"""Months side by side: one panel a number, each with its own axis, over one axis of time; and the same as a table.

Plain numbers in, a mapping for plotly.js out, in the colours of the style sheet's tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

GAP = 0.11
"""Between two panels, as a share of the figure's height."""

_COLOURS: Final = ("var(--course-1)", "var(--course-2)", "var(--course-3)", "var(--course-4)")


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A number at the end of a month. ``value`` is nothing where nobody is counted."""

    day: date
    value: float | None
    words: str
    """What the table and the pointer say: ``412 of 640 (64 %)``."""
    is_few: bool = False
    """Drawn hollow: of so few people that a share says little."""


@dataclass(frozen=True, slots=True)
class TrendPanel:
    """One number over the months: how many, or a share from 0 to 100."""

    title: str
    points: Sequence[TrendPoint]
    is_share: bool = True

    @property
    def highest(self) -> float:
        """The top of the axis, which begins at zero."""
        return 100 if self.is_share else max((point.value or 0 for point in self.points), default=0) or 1


@dataclass(frozen=True, slots=True)
class TrendTable:
    """The same numbers in rows, the latest month first."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def trend_figure(panels: Sequence[TrendPanel]) -> dict[str, Any]:
    """The figure, ready to be written as JSON. The panels share their months."""
    import plotly.graph_objects as go

    traces, layout, notes = [], {}, []
    height = (1 - GAP * (len(panels) - 1)) / len(panels)
    for number, panel in enumerate(panels):
        y, bottom = "y" if number == 0 else f"y{number + 1}", round(1 - height - number * (height + GAP), 4)
        layout[y.replace("y", "yaxis", 1)] = _axis(panel, (max(bottom, 0), round(bottom + height, 4)))
        notes.append(_title(panel, round(bottom + height, 4), _COLOURS[number]))
        traces.append(go.Scatter(**_trace(panel, y, _COLOURS[number])))
    # All at once: what is added to a figure later is looked over together with all that was there.
    figure = go.Figure(
        traces,
        {
            "template": "none",
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": 46, "r": 14, "t": 24, "b": 40},
            "xaxis": _months(panels[0].points, anchor=f"y{len(panels)}" if len(panels) > 1 else "y"),
            "annotations": notes,
            **layout,
        },
    )
    found: dict[str, Any] = figure.to_dict()
    found["layout"].pop("template", None)
    return found


def trend_table(panels: Sequence[TrendPanel], caption: str) -> TrendTable:
    """A row a month, a column a panel."""
    months = list(zip(*(panel.points for panel in panels), strict=True))
    return TrendTable(
        caption=caption,
        headings=["Month to", *(panel.title for panel in panels)],
        rows=[[f"{of[0].day.day} {of[0].day:%b %Y}", *(point.words for point in of)] for of in reversed(months)],
    )


def _trace(panel: TrendPanel, y: str, colour: str) -> dict[str, Any]:
    return {
        "x": list(range(len(panel.points))),
        "y": [point.value for point in panel.points],
        "yaxis": y,
        "mode": "lines+markers",
        "connectgaps": False,
        "cliponaxis": False,
        "name": panel.title,
        "text": [f"{panel.title}: {point.words}<br>{point.day.day} {point.day:%b %Y}" for point in panel.points],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour, "width": 2},
        "marker": {
            "size": 8,
            "symbol": ["circle-open" if point.is_few else "circle" for point in panel.points],
            "color": colour,
        },
    }


def _months(points: Sequence[TrendPoint], *, anchor: str) -> dict[str, Any]:
    """Every second month is named, counted from the last, so that the names fit a phone; the year where it begins."""
    named = [place for place in range(len(points)) if (len(points) - 1 - place) % 2 == 0]
    words = []
    for place in named:
        day = points[place].day
        is_new = place == named[0] or day.year != points[place - 2].day.year
        words.append(f"{day:%b}<br>{day.year}" if is_new else f"{day:%b}")
    return {
        "range": [-0.4, len(points) - 0.6],
        "fixedrange": True,
        "tickvals": named,
        "ticktext": words,
        "tickangle": 0,
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "anchor": anchor,
        "ticks": "",
    }


def _axis(panel: TrendPanel, domain: tuple[float, float]) -> dict[str, Any]:
    return {
        "domain": list(domain),
        "range": [0, panel.highest * 1.08],
        "fixedrange": True,
        "nticks": 4,
        "tickformat": "d",
        "ticksuffix": "\N{NARROW NO-BREAK SPACE}%" if panel.is_share else "",
        "showline": False,
        "zeroline": False,
        "ticks": "",
    }


def _title(panel: TrendPanel, top: float, colour: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
        "text": panel.title,
        "showarrow": False,
        "font": {"color": colour, "size": 12, "weight": 600},
    }
