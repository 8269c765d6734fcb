"""A course as a text that the list draws from: "2026-03-01=1200,2026-03-15=900", oldest first.

Kept with the row, so that a page of rows is one statement. It says nothing of today: what of it is drawn is cut out
when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from registry.charts.sparkline import Point
from registry.measures.course import DatedScore

SPARKLINE_DAYS = 364
"""Sparklines show at most the last 52 weeks."""

_KEPT = timedelta(days=SPARKLINE_DAYS + 2)
"""Before the last score: no day on earth is two days behind another, and no score is of tomorrow."""

_BETWEEN = "="


def course_text(scores: Sequence[DatedScore]) -> str:
    """All of ``scores``, oldest first, that may still be drawn. A score in hundredths."""
    if not scores:
        return ""
    since = scores[-1].on - _KEPT
    return ",".join(f"{each.on}{_BETWEEN}{int(each.value * 100)}" for each in scores if each.on >= since)


def read_course(text: str, *, since: date, until: date) -> Iterator[Point]:
    """The scores of a course between these days, both included, oldest first."""
    first, last = since.isoformat(), until.isoformat()
    for point in text.split(",") if text else ():
        on, _, hundredths = point.partition(_BETWEEN)
        if first <= on <= last:
            yield Point(date.fromisoformat(on), int(hundredths) / 100)
