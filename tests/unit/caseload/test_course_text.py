"""A course as it is kept with a row, and what is drawn of it on a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from registry.caseload.course_text import SPARKLINE_DAYS, course_text, read_course
from registry.charts.sparkline import Point
from registry.measures.course import DatedScore

LATEST = date(2026, 3, 12)


def _scores(*ages: int) -> list[DatedScore]:
    return [DatedScore(LATEST - timedelta(days=age), Decimal(age) / 4) for age in sorted(ages, reverse=True)]


def _drawn(text: str, today: date) -> list[Point]:
    return list(read_course(text, since=today - timedelta(days=SPARKLINE_DAYS), until=today))


def test_what_is_kept_holds_whatever_any_later_day_draws() -> None:
    scores = _scores(0, 1, 14, 363, 364, 365, 366, 367, 500)
    text = course_text(scores)

    for days in (-2, -1, 0, 1, 13, 363, 364, 365):
        today = LATEST + timedelta(days=days)
        first = today - timedelta(days=SPARKLINE_DAYS)
        wanted = [Point(each.on, float(each.value)) for each in scores if first <= each.on <= today]
        assert _drawn(text, today) == wanted


def test_what_no_day_draws_any_more_is_not_kept() -> None:
    assert course_text(_scores(0, 400)) == course_text(_scores(0))


def test_nobody_measured_has_nothing_to_draw() -> None:
    assert course_text([]) == ""
    assert _drawn("", LATEST) == []


def test_a_score_of_the_same_day_stands_in_the_order_it_came_in_and_a_part_of_a_point_is_kept() -> None:
    text = course_text([DatedScore(LATEST, Decimal("2.25")), DatedScore(LATEST, Decimal("-1"))])

    assert [point.score for point in _drawn(text, LATEST)] == [2.25, -1.0]
