"""What reports say became of somebody, and whether mania stands beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from registry.episodes.models import Episode
from registry.episodes.scales import ClinicScales, ScalesInForce
from registry.measurements.courses import Courses
from registry.measurements.instruments import catalogue
from registry.measures.course import Course, DatedScore, Outcome, follow, outcome_of
from registry.measures.mania import DEPRESSION, MANIA, ManiaCourse, Reported, is_beside_mania


def outcome_scales(episodes: Iterable[Iterable[Episode]]) -> set[str]:
    """The keys of the outcome measures, tracked still or not, and of the mania scales that are read beside them."""
    primaries = {each.metric_primary for own in episodes for each in own if each.metric_primary is not None}
    return primaries | mania_scales()


def mania_scales() -> frozenset[str]:
    """The keys of every mania scale with numbers, whichever of them anybody tracks."""
    return catalogue().number_scales.get(MANIA, frozenset())


def mania_courses(
    scores: Mapping[str, Sequence[DatedScore]], *, read: ClinicScales, starts_on: date, ends_on: date | None
) -> dict[str, ManiaCourse]:
    """The mania scales given between these dates (an episode's), tracked or not; ``scores`` by scale key.

    ``read`` says how the episode's clinic reads them.
    """
    found = {}
    for key in sorted(mania_scales().intersection(scores)):
        scale = read.scale(key)
        course = follow(scores[key], scale=scale, starts_on=starts_on, ends_on=ends_on, target=None)
        if course.latest is not None:
            found[key] = ManiaCourse(scale, course, catalogue().instrument_of(key).cadence_days)
    return found


def outcomes(
    episodes: Iterable[Episode], courses: Courses, scores: Mapping[str, Sequence[DatedScore]], read: ScalesInForce
) -> dict[uuid.UUID, Reported]:
    """Episode → its outcome, of one patient; none before enrolment or without an outcome measure.

    Reports keep the baseline of the enrolment, also where treatment began anew since.
    """
    found = {}
    for episode in episodes:
        key = episode.metric_primary
        if key is None or episode.enrolled_on is None:
            continue
        own = read.at(episode.clinic_id)
        scale = own.scale(key)
        if not scale.has_total:
            found[episode.id] = Reported(Outcome.NO_CUT_OFF)
            continue
        manias = mania_courses(scores, read=own, starts_on=episode.referred_on, ends_on=episode.ended_on).values()
        tracked, course = courses.get(episode.id, {}).get(key, (None, None))
        if tracked is None or course is None or tracked.starts_on != episode.enrolled_on:
            course = follow(
                scores.get(key, ()), scale=scale, starts_on=episode.enrolled_on, ends_on=episode.ended_on, target=None
            )
        found[episode.id] = Reported(outcome_of(course, scale), beside_mania=stands_beside_mania(key, course, manias))
    return found


def stands_beside_mania(key: str, course: Course, manias: Iterable[ManiaCourse]) -> bool:
    """Whether the scale is of depression, and its last score stands beside an elevated or rising score of mania."""
    if course.latest is None or catalogue().domain_of(key) != DEPRESSION:
        return False
    return is_beside_mania(course.latest.on, manias)
