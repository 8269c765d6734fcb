"""When a score is too old to speak, and when the next one is due."""

from datetime import date, timedelta

import pytest

from registry.measures.course import freshness
from registry.measures.schedule import due, due_on
from tests.unit.measures.builders import START, on_day


@pytest.mark.parametrize(
    ("cadence", "age", "stale"),
    [(28, 0, False), (28, 42, False), (28, 43, True), (7, 10, False), (7, 11, True), (91, 136, False), (91, 137, True)],
)
def test_a_score_is_stale_when_older_than_one_and_a_half_cadences(cadence: int, age: int, stale: bool) -> None:
    result = freshness(on_day(0, 4), cadence_days=cadence, today=START + timedelta(days=age))

    assert (result.age_days, result.is_stale) == (age, stale)


def test_the_first_stale_day_is_named() -> None:
    assert freshness(on_day(0, 4), cadence_days=28, today=START).stale_from == START + timedelta(days=43)


def test_without_a_score_nothing_is_fresh() -> None:
    result = freshness(None, cadence_days=28, today=START)

    assert (result.age_days, result.is_stale, result.stale_from) == (None, True, None)


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (None, START),
        (START - timedelta(days=3), START),
        (START, START + timedelta(days=28)),
        (date(2026, 3, 1), date(2026, 3, 29)),
    ],
)
def test_the_next_measurement_is_a_cadence_after_the_last_of_this_course(latest: date | None, expected: date) -> None:
    assert due_on(latest, cadence_days=28, starts_on=START) == expected


@pytest.mark.parametrize(("day", "is_due", "overdue"), [(27, False, 0), (28, True, 0), (29, True, 1), (58, True, 30)])
def test_due_today_is_due_and_not_yet_overdue(day: int, is_due: bool, overdue: int) -> None:
    result = due(START, cadence_days=28, starts_on=START, today=START + timedelta(days=day))

    assert (result.is_due, result.overdue_days) == (is_due, overdue)


def test_a_cadence_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be kept"):
        due_on(None, cadence_days=0, starts_on=START)
