"""Mania beside depression: depression falling while mania rises is no improvement, and both elevated is mixed.

A measure belongs to either by the domain its instrument file names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from registry.measures.course import Course, Outcome, days_fresh, is_elevated, rose_by_reliable_change
from registry.measures.scale import Better, Scale

MANIA = "mania"
DEPRESSION = "depression"


@dataclass(frozen=True, slots=True)
class ManiaCourse:
    """A mania scale with the course of its scores, given every ``cadence_days`` days."""

    scale: Scale
    course: Course
    cadence_days: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What reports say of an episode: its outcome, and whether mania stood beside the last score of depression."""

    outcome: Outcome
    beside_mania: bool = False


def has_risen(scale: Scale, course: Course) -> bool:
    """Whether the latest score is up by the reliable change from the one before or from the baseline."""
    earlier = [score for score in (course.previous, course.baseline) if score is not None]
    return course.latest is not None and any(
        rose_by_reliable_change(scale, previous=score.value, latest=course.latest.value) for score in earlier
    )


def is_at_cutoff(scale: Scale, course: Course) -> bool:
    """Whether the latest score is at the cut-off or worse. Never, where the scale has no sourced cut-off."""
    return course.latest is not None and is_elevated(scale, course.latest.value) is True


def how_far(scale: Scale, course: Course) -> Decimal:
    """How far the latest score is from the best of its scale towards the worst, 0 to 1: to compare two measures."""
    if course.latest is None or scale.minimum is None or scale.maximum is None:
        return Decimal(0)
    best = scale.minimum if scale.better is Better.LOWER else scale.maximum
    return scale.worsening(before=best, after=course.latest.value) / (scale.maximum - scale.minimum)


def is_manic(scale: Scale, course: Course) -> bool:
    """Whether the latest score of mania is elevated, or up by the reliable change."""
    return is_at_cutoff(scale, course) or has_risen(scale, course)


def is_of_the_time(course: Course, *, other_on: date, cadence_days: int) -> bool:
    """Whether the latest score still said how the person was on ``other_on``, or was taken later.

    As long as a score is fresh: one and a half cadences.
    """
    if course.latest is None:
        return False
    return course.latest.on >= other_on - timedelta(days=days_fresh(cadence_days))


def is_beside_mania(depression_on: date, manias: Iterable[ManiaCourse]) -> bool:
    """Whether a score of depression of that day stands beside an elevated or rising score of mania of its time."""
    return any(
        is_manic(each.scale, each.course)
        and is_of_the_time(each.course, other_on=depression_on, cadence_days=each.cadence_days)
        for each in manias
    )
