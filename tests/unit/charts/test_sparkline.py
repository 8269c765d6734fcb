"""A sparkline shows a course of scores truly: where it began, where it stands, and where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.charts.sparkline import MARGIN, Point, Sparkline, sparkline

START = date(2026, 1, 5)


def week(number: int) -> date:
    return START + timedelta(weeks=number)


def draw(*scores: tuple[int, float | None], **changes: object) -> Sparkline:
    """A PHQ-9 over ten weeks, 100 by 40 units; ``scores`` as (week, score)."""
    settings: dict[str, object] = {
        "minimum": 0,
        "maximum": 27,
        "starts_on": START,
        "ends_on": week(10),
        "width": 100,
        "height": 40,
    }
    return sparkline([Point(week(number), score) for number, score in scores], **(settings | changes))  # type: ignore[arg-type]  # a builder's defaults


def test_the_scale_runs_from_bottom_to_top_and_the_period_from_left_to_right() -> None:
    line = draw((0, 27), (10, 0))
    assert line.segments == ("M3 3L97 37",)


def test_the_first_score_is_marked_as_first_and_the_latest_as_last() -> None:
    line = draw((0, 20), (4, 12), (10, 5))
    assert line.first is not None
    assert line.last is not None
    assert (line.first.x, line.last.x) == (MARGIN, 100 - MARGIN)


def test_a_course_that_began_before_the_period_shows_where_it_began_at_the_edge_and_joined_to_nothing() -> None:
    began = Point(week(-60), 27)

    line = draw((2, 18), (4, 12), before=began)

    assert line.first is not None
    assert (line.first.x, line.first.y) == (MARGIN, MARGIN)
    assert len(line.segments) == 1
    assert not line.segments[0].startswith(f"M{MARGIN:g} ")
    assert line.title.startswith("began at 27 on 11 Nov 2024, before this period; 2 scores, from 18")
    alone = draw((9, 12), before=began)
    assert alone.last is not None
    assert alone.last.x > MARGIN
    assert draw(before=began).title == "began at 27 on 11 Nov 2024, before this period; no score in this period"


def test_an_administration_without_a_score_breaks_the_line() -> None:
    line = draw((0, 20), (2, 18), (4, None), (6, 15), (8, 14))
    assert len(line.segments) == 2


def test_scores_far_apart_are_not_joined() -> None:
    line = draw((0, 20), (2, 18), (9, 17), (10, 16), longest_gap=timedelta(weeks=6))
    assert len(line.segments) == 2


def test_scores_exactly_the_longest_gap_apart_are_joined() -> None:
    assert len(draw((0, 20), (6, 18), longest_gap=timedelta(weeks=6)).segments) == 1


def test_a_score_between_two_gaps_stays_visible_as_a_dot() -> None:
    line = draw((0, 20), (1, 19), (2, None), (4, 12), (6, None), (8, 14), (10, 13))
    assert len(line.alone) == 1
    assert len(line.segments) == 2


def test_a_score_of_zero_is_drawn() -> None:
    line = draw((0, 9), (5, 0))
    assert line.last is not None
    assert line.last.y == 40 - MARGIN
    assert "to 0 on" in line.title


def test_a_single_score_is_a_beginning_and_not_yet_a_course() -> None:
    line = draw((3, 14))
    assert line.first is not None
    assert (line.last, line.segments, line.alone) == (None, (), ())
    assert line.title == "one score, 14 on 26 Jan 2026"


def test_without_scores_nothing_is_drawn_and_the_title_says_so() -> None:
    line = draw((2, None))
    assert (line.first, line.last, line.segments) == (None, None, ())
    assert line.title == "no score in this period"


def test_points_outside_the_period_are_left_out_and_the_first_shown_is_not_called_the_first() -> None:
    line = draw((-4, 22), (2, 15), (6, 10), (12, 3))
    assert line.first is None
    assert line.last is not None
    assert line.title.startswith("2 scores, from 15 on 19 Jan 2026 to 10 on 16 Feb 2026")


def test_the_target_band_lies_where_the_target_is() -> None:
    band = draw((0, 20), target_low=0, target_high=27 / 2).band
    assert band is not None
    assert (band.x, band.y, band.width, band.height) == (0, 20, 100, 17)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 4, "; target 0 to 4"), (None, 4, "; target 4 or less"), (41, None, "; target 41 or more"), (None, None, "")],
)
def test_the_target_is_also_said_in_words(low: float | None, high: float | None, words: str) -> None:
    line = draw((0, 20), (4, 12), target_low=low, target_high=high, maximum=60, name="PHQ-9")
    assert line.title == f"PHQ-9: 2 scores, from 20 on 5 Jan 2026 to 12 on 2 Feb 2026{words}"


def test_a_target_of_one_level_is_still_seen() -> None:
    band = draw((0, 20), target_low=0, target_high=0).band
    assert band is not None
    assert band.height > 0


def test_without_a_target_there_is_no_band() -> None:
    assert draw((0, 20)).band is None


def test_a_period_of_one_day_draws_at_its_right_edge() -> None:
    line = draw((0, 20), ends_on=START)
    assert line.first is not None
    assert line.first.x == 100 - MARGIN


@pytest.mark.parametrize("score", [-1, 28])
def test_a_score_outside_its_scale_is_refused_rather_than_drawn_elsewhere(score: float) -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        draw((0, score))


def test_points_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="oldest first"):
        draw((4, 10), (0, 20))


def test_a_scale_without_extent_is_refused() -> None:
    with pytest.raises(ValueError, match="maximum"):
        draw((0, 0), maximum=0)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        draw((0, 5), ends_on=week(-1))
