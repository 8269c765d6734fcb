"""A course as a figure: honest gaps, its own axis for every scale, and the same numbers as a table."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from plotly.graph_objects import Figure

from registry.charts.course_facts import Lane, Mark, ScorePoint, SeverityBand, Spell, Track, course_table
from registry.charts.course_figure import course_figure

START = date(2026, 1, 5)
TODAY = date(2026, 3, 30)


def track(*scores: tuple[int, float], **facts: Any) -> Track:
    """A depression scale with scores so many days after the start."""
    points = [ScorePoint(START + timedelta(days=day), value) for day, value in scores]
    known: dict[str, Any] = {
        "name": "PHQ-9",
        "minimum": 0,
        "maximum": 27,
        "points": points,
        "baseline_on": points[0].on if points else None,
        "longest_gap": timedelta(days=42),
        "target_high": 4,
        "target_words": "4 or lower",
        "bands": (SeverityBand("minimal", 0, 4), SeverityBand("mild", 5, 9), SeverityBand("severe", 10, 27)),
    }
    return Track(**{**known, **facts})


def line(figure: dict[str, Any], name: str = "PHQ-9") -> dict[str, Any]:
    return next(trace for trace in figure["data"] if trace["name"] == name)


def draw(*tracks: Track, lanes: tuple[Lane, ...] = (), **facts: Any) -> dict[str, Any]:
    return course_figure(tracks, lanes, starts_on=START, today=TODAY, **facts)


def test_scores_lie_at_their_weeks_in_care() -> None:
    drawn = line(draw(track((0, 18), (7, 16), (24, 9))))

    assert drawn["x"] == [0, 1, 3.43]
    assert drawn["y"] == [18, 16, 9]


@pytest.mark.parametrize(("days", "is_broken"), [(42, False), (43, True)])
def test_a_line_is_broken_where_nobody_knew(days: int, is_broken: bool) -> None:
    drawn = line(draw(track((0, 18), (days, 12))))

    assert (None in drawn["y"]) is is_broken
    assert drawn["connectgaps"] is False


def test_a_new_course_of_treatment_breaks_the_line() -> None:
    anew = START + timedelta(days=14)

    assert line(draw(track((0, 18), (14, 12), breaks_on=(anew,))))["y"] == [18, None, 12]


def test_what_is_missing_is_never_drawn_as_zero() -> None:
    drawn = line(draw(track()))

    assert drawn["y"] == []


def test_a_score_of_zero_is_drawn() -> None:
    assert line(draw(track((0, 18), (28, 0))))["y"][-1] == 0


def test_the_baseline_has_a_ring_of_its_own() -> None:
    drawn = line(draw(track((-20, 22), (3, 18), baseline_on=START + timedelta(days=3))), "PHQ-9 baseline")

    assert (drawn["x"], drawn["y"]) == ([0.43], [18])


def test_every_scale_has_an_axis_of_its_own() -> None:
    figure = draw(track((0, 18)), track((0, 50), name="BPRS-18", minimum=18, maximum=126))
    first, second = figure["layout"]["yaxis"], figure["layout"]["yaxis2"]

    assert line(figure, "BPRS-18")["yaxis"] == "y2"
    assert first["range"][1] < 30
    assert second["range"][0] > 10
    assert first["domain"][0] > second["domain"][1]


def test_target_and_severity_are_bands_across_the_figure() -> None:
    shapes = draw(track((0, 18)))["layout"]["shapes"]
    target = [shape for shape in shapes if shape.get("fillcolor") == "var(--target-band)"]

    assert [(shape["y0"], shape["y1"]) for shape in target] == [(0, 4)]
    assert any(shape.get("fillcolor") == "var(--severity-1)" for shape in shapes)


def test_lanes_share_the_time_axis_of_the_scores() -> None:
    lanes = (
        Lane("Contacts", marks=(Mark(START + timedelta(days=7), "Treatment contact, phone", "done"),)),
        Lane("Phase", spells=(Spell(START, TODAY, "Active", "reminder"),)),
    )
    figure = draw(track((0, 18)), lanes=lanes)

    assert line(figure, "Contacts")["x"] == [1]
    assert any(shape.get("label", {}).get("text") == "Active" for shape in figure["layout"]["shapes"])


def test_the_axis_reaches_back_to_what_was_before_the_care_began() -> None:
    figure = draw(track((-14, 20), (0, 18)), from_day=START - timedelta(days=14))

    assert figure["layout"]["xaxis"]["range"][0] < -2


def test_plotly_takes_the_figure_as_it_is_and_adds_nothing() -> None:
    lanes = (
        Lane("Contacts", marks=(Mark(START + timedelta(days=7), "Treatment contact, phone", "done"),)),
        Lane("Phase", spells=(Spell(START, TODAY, "Active", "reminder"),)),
    )
    figure = draw(track((0, 18), (60, 12)), track((0, 50), name="BPRS-18", minimum=18, maximum=126), lanes=lanes)

    taken = Figure(figure).to_dict()
    taken["layout"].pop("template")  # plotly's own colours, where it draws itself
    assert taken == json.loads(json.dumps(figure))


def test_the_table_has_every_score_newest_first_and_a_dash_for_none() -> None:
    table = course_table([track((0, 18), (24, 0)), track((24, 9), name="ASRM", bands=())], starts_on=START)

    assert list(table.headings) == ["Date", "Week", "PHQ-9", "ASRM"]
    assert [list(row) for row in table.rows] == [
        ["29 Jan 2026", "3", "0 (minimal)", "9 (baseline)"],
        ["5 Jan 2026", "0", "18 (severe, baseline)", "–"],
    ]


def test_a_score_from_before_the_care_says_so_in_the_table() -> None:
    table = course_table([track((-3, 20))], starts_on=START)

    assert table.rows[0][1] == "before"
