"""The scales episodes follow, with their targets, as they are read from the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, select

from registry.access.reading import Read, rows_of
from registry.db.among import among
from registry.episodes.models import Episode, TrackedMeasure, TreatmentCourse, TreatmentTarget
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measures.course import Target
from registry.measures.scale import Scale

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[AnyRow]
# Made once: building a statement costs more than running it.
_EPISODES = (
    select(Episode, TreatmentCourse)
    .outerjoin(TreatmentCourse, TreatmentCourse.episode_id == Episode.id)
    .where(among(Episode.patient_id, "patient_ids"))
    .order_by(TreatmentCourse.starts_on, TreatmentCourse.ends_on.is_(None), TreatmentCourse.id)
)
MEASURES = (
    select(
        TrackedMeasure.patient_id,
        TrackedMeasure.episode_id,
        TrackedMeasure.scale,
        TrackedMeasure.cadence_days,
        TrackedMeasure.on_request,
        TrackedMeasure.starts_on,
        TrackedMeasure.ends_on,
    )
    .where(among(TrackedMeasure.patient_id, "patient_ids"))
    .order_by(TrackedMeasure.starts_on, TrackedMeasure.id)
)
TARGETS = (
    select(
        TreatmentTarget.patient_id,
        TreatmentTarget.episode_id,
        TreatmentTarget.scale,
        TreatmentTarget.at_most,
        TreatmentTarget.at_least,
        TreatmentTarget.is_hold,
        TreatmentTarget.starts_on,
        TreatmentTarget.ends_on,
    )
    .where(among(TreatmentTarget.patient_id, "patient_ids"))
    .order_by(TreatmentTarget.starts_on, TreatmentTarget.id)
)


@dataclass(frozen=True, slots=True)
class TrackedScale:
    """One scale an episode follows: over which dates, and towards what."""

    key: str
    scale: Scale
    starts_on: date
    ends_on: date | None
    target: Target | None
    cadence_days: int
    on_request: bool = False
    """Somebody asked to be told when it is off target."""


def scales_in(tracked: Iterable[Mapping[uuid.UUID, Sequence[TrackedScale]]]) -> set[str]:
    """The keys of the scales that any episode of any of the patients follows."""
    return {each.key for episodes in tracked for scales in episodes.values() for each in scales}


def tracked_scales(patient_id: uuid.UUID) -> Mapping[uuid.UUID, Sequence[TrackedScale]]:
    """The numeric scales each episode of the patient follows: all that is current, or was when the episode ended."""
    return scales_followed([patient_id], read_episodes([patient_id]), scales_in_force()).get(patient_id, {})


def read_episodes(patient_ids: Collection[uuid.UUID]) -> Rows:
    """Every episode of the patients with each of its treatment courses, earlier courses first; None without one."""
    return db.session.execute(_EPISODES, {"patient_ids": list(patient_ids)}).all()


def scales_followed(
    patient_ids: Collection[uuid.UUID], episodes: Iterable[Any], as_read: ScalesInForce, read: Read = rows_of
) -> dict[uuid.UUID, dict[uuid.UUID, list[TrackedScale]]]:
    """The numeric scales each episode of each patient follows: all that is current, or was when the episode ended.

    Each as the episode's clinic reads it. ``episodes`` as ``read_episodes`` gives them; two statements, none where no
    episode has a treatment course.
    """
    current: dict[uuid.UUID, tuple[Episode, TreatmentCourse]] = {
        episode.id: (episode, course) for episode, course in episodes if course is not None
    }
    if not current:
        return {}
    about = {"patient_ids": list(patient_ids)}
    measures = _in_force(current, read(MEASURES, about))
    targets = _in_force(current, read(TARGETS, about))
    found: dict[uuid.UUID, dict[uuid.UUID, list[TrackedScale]]] = defaultdict(dict)
    for episode_id, (episode, course) in current.items():
        own_targets = targets.get(episode_id, {})
        found[episode.patient_id][episode_id] = [
            TrackedScale(
                key=key,
                scale=scale,
                starts_on=course.starts_on,
                ends_on=course.ends_on or episode.ended_on,
                target=target_of(own_targets.get(key)),
                cadence_days=row.cadence_days,
                on_request=row.on_request,
            )
            for key, row in measures.get(episode_id, {}).items()
            if (scale := as_read.at(episode.clinic_id).scale(key)).has_total
        ]
    return found


def target_of(row: AnyRow | TreatmentTarget | None) -> Target | None:
    """The target a row sets; None where there is none, or where it is held at no level in particular."""
    if row is None or (row.at_most is None and row.at_least is None):
        return None
    return Target(at_most=row.at_most, at_least=row.at_least, hold=row.is_hold)


def _in_force(
    current: Mapping[uuid.UUID, tuple[Episode, TreatmentCourse]],
    rows: Iterable[AnyRow],
) -> dict[uuid.UUID, dict[str, AnyRow]]:
    """What each episode follows now, or followed on the day it ended, by scale; ``rows`` as they began."""
    found: dict[uuid.UUID, dict[str, AnyRow]] = defaultdict(dict)
    for row in rows:
        its = current.get(row.episode_id)
        if its is None:
            continue
        ended_on = its[0].ended_on
        if row.ends_on is None or (ended_on is not None and row.ends_on >= ended_on):
            found[row.episode_id][row.scale] = row
    return found
