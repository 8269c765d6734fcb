"""The scales beside the form: what is known of each before, and what the browser needs to echo the new score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.measurements.presenters.words import category_words, range_words
from registry.measurements.queries import Latest
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course, Target
from registry.measures.instrument import Instrument
from registry.measures.outline import outline
from registry.measures.scale import Scale
from registry.measures.scoring import format_value
from registry.web.filters import short_date


@dataclass(frozen=True, slots=True)
class LiveScale:
    """A scale beside the form. ``latest`` and ``baseline`` are plain numbers, ``before`` and ``target`` words."""

    id: str
    name: str
    range: str
    is_first: bool
    is_level: bool
    before: str = ""
    target: str = ""
    latest: str = ""
    baseline: str = ""


def live_scales(
    instrument: Instrument,
    followed: Mapping[str, tuple[TrackedScale, Course]],
    latest: Mapping[str, Latest],
    *,
    today: date,
) -> tuple[LiveScale, ...]:
    """The instrument's scales, with the course where the episode follows them, else the last result.

    The browser says how far a score is from the last one, unless each is a comparison already.
    """
    shown: list[LiveScale] = []
    for scale in instrument.scales:
        key = instrument.scale_key(scale)
        tracked, course = followed.get(key, (None, None))
        before = latest.get(key)
        value = before.value if before is not None and scale.has_total else None
        baseline = course.baseline if course is not None else None
        target = tracked.target if tracked is not None else None
        shown.append(
            LiveScale(
                id=scale.id,
                name=scale.name,
                range=range_words(scale),
                is_first=not shown,
                is_level=not scale.has_total,
                before=f"{_result_words(before)} on {short_date(before.on, today=today)}" if before else "",
                target=target.words() if target is not None else "",
                latest=format_value(value) if value is not None and _is_compared(scale) else "",
                baseline=format_value(baseline.value) if baseline is not None and _is_compared(scale) else "",
            )
        )
    return tuple(shown)


def outline_for(instrument: Instrument, followed: Mapping[str, tuple[TrackedScale, Course]]) -> Mapping[str, Any]:
    """What the browser needs to echo the score."""
    tracked = followed.get(instrument.scale_key(instrument.primary_scale))
    target: Target | None = None if tracked is None else tracked[0].target
    return outline(instrument, target=target)


def _is_compared(scale: Scale) -> bool:
    """Whether one number less the other says anything: a profile is compared rating by rating."""
    return scale.has_course and not scale.is_profile


def _result_words(latest: Latest) -> str:
    if latest.value is None:
        return category_words(latest.category, latest.band)
    return latest.category or format_value(latest.value)
