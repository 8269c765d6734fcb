"""Which scales an episode followed on which days, and towards what."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from registry.episodes.scales import ClinicScales, ScalesInForce
from registry.extensions import db
from registry.measurements.tracked import MEASURES, TARGETS, AnyRow, Rows, TrackedScale, target_of


@dataclass(slots=True)
class ScalesOverTime:
    """Of one episode. ``courses`` are its courses of treatment by the day each began; rows as they began."""

    episode_ended_on: date | None
    read: ClinicScales
    courses: list[date] = field(default_factory=list)
    measures: list[AnyRow] = field(default_factory=list)
    targets: list[AnyRow] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        """Every scale it ever followed."""
        return {row.scale for row in self.measures}

    @property
    def days(self) -> Iterator[date]:
        """The days on which it began or ceased to follow one, or to aim elsewhere."""
        yield from self.courses
        for row in (*self.measures, *self.targets):
            yield row.starts_on
            if row.ends_on is not None:
                yield row.ends_on

    def on(self, day: date) -> list[TrackedScale]:
        """The numeric scales it followed on ``day``, over that day's course of treatment; none before the first."""
        starts_on = max((each for each in self.courses if each <= day), default=None)
        if starts_on is None:
            return []
        targets = self._in_force(self.targets, day)
        return [
            TrackedScale(
                key=key,
                scale=scale,
                starts_on=starts_on,
                ends_on=self.episode_ended_on,
                target=target_of(targets.get(key)),
                cadence_days=row.cadence_days,
                on_request=row.on_request,
            )
            for key, row in self._in_force(self.measures, day).items()
            if (scale := self.read.scale(key)).has_total
        ]

    def _in_force(self, rows: Iterable[AnyRow], day: date) -> dict[str, AnyRow]:
        return {row.scale: row for row in rows if row.starts_on <= day and self._goes_on(row, day)}

    def _goes_on(self, row: AnyRow, day: date) -> bool:
        """What ends with the episode was followed to its end."""
        return row.ends_on is None or row.ends_on > day or row.ends_on == self.episode_ended_on


def load_scales_over_time(
    patient_ids: Collection[uuid.UUID], episodes: Rows, read: ScalesInForce
) -> dict[uuid.UUID, ScalesOverTime]:
    """By episode. ``episodes`` as ``standings.read_episodes`` gives them; two statements."""
    found: dict[uuid.UUID, ScalesOverTime] = {}
    for episode, course in episodes:
        over_time = found.setdefault(episode.id, ScalesOverTime(episode.ended_on, read.at(episode.clinic_id)))
        if course is not None:
            over_time.courses.append(course.starts_on)
    about = {"patient_ids": list(patient_ids)}
    for row in db.session.execute(MEASURES, about):
        found[row.episode_id].measures.append(row)
    for target in db.session.execute(TARGETS, about):
        found[target.episode_id].targets.append(target)
    return found
