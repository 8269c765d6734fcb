"""Months as a figure: honest gaps, shares of few people hollow, and the same numbers as a table."""

from __future__ import annotations

import json
from datetime import date

from registry.charts.trend_figure import TrendPanel, TrendPoint, trend_figure, trend_table

DAYS = [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 12)]


def panel(title: str, *values: float | None, few: int = -1, is_share: bool = True) -> TrendPanel:
    points = [
        TrendPoint(day, value, "nobody counted" if value is None else f"{value:g} said", is_few=number == few)
        for number, (day, value) in enumerate(zip(DAYS, values, strict=True))
    ]
    return TrendPanel(title, points, is_share)


def test_a_month_in_which_nobody_is_counted_is_a_gap() -> None:
    (drawn,) = trend_figure([panel("Improved", None, 50, None, 60)])["data"]

    assert drawn["y"] == [None, 50, None, 60]
    assert drawn["connectgaps"] is False


def test_a_share_of_few_people_is_hollow_and_says_how_many() -> None:
    (drawn,) = trend_figure([panel("Improved", 40, 50, 55, 60, few=0)])["data"]

    assert drawn["marker"]["symbol"] == ["circle-open", "circle", "circle", "circle"]
    assert drawn["text"][0] == "Improved: 40 said<br>30 Nov 2025"


def test_every_axis_begins_at_zero_and_a_share_ends_at_a_hundred() -> None:
    layout = trend_figure([panel("Active", 3, 4, 8, 6, is_share=False), panel("Seen", 1, 2, 3, 4)])["layout"]

    assert layout["yaxis"]["range"] == [0, 8 * 1.08]
    assert layout["yaxis2"]["range"] == [0, 108]
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]


def test_the_year_stands_where_it_begins() -> None:
    axis = trend_figure([panel("Active", 1, 2, 3, 4)])["layout"]["xaxis"]

    assert axis["ticktext"] == ["Dec<br>2025", "Feb<br>2026"]


def test_the_figure_is_plain_json() -> None:
    assert json.loads(json.dumps(trend_figure([panel("Active", 1, 2, 3, 4)])))["data"][0]["y"] == [1, 2, 3, 4]


def test_the_table_holds_every_month_the_latest_first() -> None:
    table = trend_table([panel("Active", 3, 4, 8, 6, is_share=False), panel("Seen", None, 2, 3, 4)], "By month")

    assert table.headings == ["Month to", "Active", "Seen"]
    assert table.rows[0] == ["12 Feb 2026", "6 said", "4 said"]
    assert table.rows[-1] == ["30 Nov 2025", "3 said", "nobody counted"]
