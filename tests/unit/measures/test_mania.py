"""Mania beside depression: when an improvement is none."""

from datetime import timedelta

import pytest

from registry.measures.instrument import Instrument
from registry.measures.mania import ManiaCourse, is_beside_mania
from tests.unit.measures.builders import START, course_of, depression_scale, figure, on_day

DEPRESSION_ON = START + timedelta(days=70)


def a_mania(asrm: Instrument, *scores: tuple[int, float], rises_by: float | None = None) -> ManiaCourse:
    """The ASRM with scores by day; ``rises_by`` as if a reliable change were published."""
    scale = asrm.primary_scale
    if rises_by is not None:
        scale = depression_scale(cutoff=figure(6), reliable_change=figure(rises_by), bands=())
    course = course_of(*(on_day(day, value) for day, value in scores), scale=scale, target=None)
    return ManiaCourse(scale, course, cadence_days=asrm.cadence_days)


@pytest.mark.parametrize(
    ("why", "scores", "rises_by", "expected"),
    [
        ("elevated on the same day", [(70, 6)], None, True),
        ("below the cut-off", [(70, 5)], None, False),
        ("elevated before, not any more", [(40, 12), (70, 5)], None, False),
        ("elevated 42 days before: still fresh", [(28, 6)], None, True),
        ("elevated 43 days before: nobody knows any more", [(27, 6)], None, False),
        ("elevated later", [(120, 6)], None, True),
        ("up by less than the cut-off, nothing published", [(40, 1), (70, 5)], None, False),
        ("up by the reliable change", [(40, 1), (70, 5)], 4, True),
        ("never given", [], None, False),
    ],
)
def test_depression_stands_beside_mania(
    asrm: Instrument, why: str, scores: list[tuple[int, float]], rises_by: float | None, expected: bool
) -> None:
    assert is_beside_mania(DEPRESSION_ON, [a_mania(asrm, *scores, rises_by=rises_by)]) is expected, why


def test_no_mania_measure_is_no_mania() -> None:
    assert is_beside_mania(DEPRESSION_ON, []) is False
