"""The months in words, and as a figure with its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.charts.trend_figure import TrendPanel, TrendPoint, TrendTable, trend_figure, trend_table
from registry.quality.rules import ACTIVE, COUNTED, FEW_PEOPLE, IMPROVED, MET, NOT_SEEN, Tally
from registry.web.filters import THIN_SPACE

if TYPE_CHECKING:
    from registry.quality.trend import Month

LABEL = "Active, seen and improved, month by month"
SEEN = "Seen in 30 days"


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """The clinic month by month."""

    title: str
    subtitle: str
    tabs: Sequence[Mapping[str, str]]
    trend: TrendShown
    definitions: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TrendShown:
    """What ``components/chart.html`` prints, and how to read it."""

    label: str
    figure: dict[str, Any]
    table: TrendTable
    explained: str


def months_page(months: Sequence[Month], *, clinics: Sequence[str], tabs: Sequence[Mapping[str, str]]) -> MonthsPage:
    """The figure, its table, and what its numbers count."""
    return MonthsPage(
        title="Clinic",
        subtitle=", ".join(clinics),
        tabs=tabs,
        trend=show_trend(months),
        definitions=[
            {"label": metric.title, "value": metric.definition, "detail": f"{metric.source}."}
            for metric in (ACTIVE, NOT_SEEN, IMPROVED)
        ],
    )


def show_trend(months: Sequence[Month]) -> TrendShown:
    """Three panels: how many are in care, and which share of them is seen, and of whom it is expected, improved."""
    panels = [
        TrendPanel(ACTIVE.title, [TrendPoint(each.day, each.active, str(each.active)) for each in months], False),
        TrendPanel(SEEN, _shares(months, lambda month: month.seen)),
        TrendPanel(IMPROVED.title, _shares(months, lambda month: month.improved)),
    ]
    return TrendShown(
        label=LABEL,
        figure=trend_figure(panels),
        table=trend_table(panels, LABEL),
        explained=(
            "By the definitions below, each month as it stood on its last day and this month as it stands today. "
            f"{SEEN} is everybody active who is not counted as not seen. "
            f"A hollow point is a share of fewer than {FEW_PEOPLE} people: the table gives the numbers alone."
        ),
    )


def _shares(months: Sequence[Month], of: Callable[[Month], Tally]) -> list[TrendPoint]:
    return [_share(month.day, of(month)) for month in months]


def _share(day: date, tally: Tally) -> TrendPoint:
    counted = tally.of(COUNTED)
    if tally.percent is None:
        return TrendPoint(day, None, "nobody counted")
    words = f"{tally.of(MET)} of {counted}"
    if counted < FEW_PEOPLE:
        return TrendPoint(day, tally.percent, words, is_few=True)
    return TrendPoint(day, tally.percent, f"{words} ({tally.percent}{THIN_SPACE}%)")
