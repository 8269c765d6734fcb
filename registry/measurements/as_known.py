"""One person's scores as they stood at an instant: what was stored, finished or corrected later is left out."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from registry.episodes.models import TrackedMeasure, TreatmentCourse
from registry.episodes.queries import list_parts
from registry.episodes.scales import scales_in_force
from registry.extensions import db
from registry.measurements.courses import SCORE_COLUMNS, dated_scores
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.course import Course, DatedScore, follow
from registry.measures.scale import Scale


@dataclass(frozen=True, slots=True)
class KnownScale:
    """A scale an episode followed on a day, with its course up to then."""

    key: str
    scale: Scale
    cadence_days: int
    course: Course
    corrected: frozenset[uuid.UUID]
    """Of its scores those that were corrected, or said to be in error, since."""


def scales_known(
    patient_id: uuid.UUID, episode_id: uuid.UUID, clinic_id: uuid.UUID, *, on: date, until: datetime
) -> list[KnownScale]:
    """What the episode followed on ``on``, in its order, over the course of treatment of that day, as known ``until``.

    Nothing before the first course. Each scale as the clinic reads it now.
    """
    courses = [course for course in list_parts(TreatmentCourse, episode_id) if course.starts_on <= on]
    if not courses:
        return []
    read = scales_in_force().at(clinic_id)
    tracked = {
        row.scale: row
        for row in sorted(list_parts(TrackedMeasure, episode_id), key=lambda row: row.position)
        if _was_followed(row, on, until) and read.scale(row.scale).has_total
    }
    scores, corrected = _scores(patient_id, tracked, until=until), _corrected(patient_id, since=until)
    return [
        KnownScale(
            key=key,
            scale=read.scale(key),
            cadence_days=row.cadence_days,
            course=follow(
                scores.get(key, ()), scale=read.scale(key), starts_on=courses[-1].starts_on, ends_on=on, target=None
            ),
            corrected=corrected,
        )
        for key, row in tracked.items()
    ]


def _was_followed(row: TrackedMeasure, on: date, until: datetime) -> bool:
    """Whether it was followed that day, as far as anybody knew: an end that was set later had not come."""
    is_over = row.ends_on is not None and row.ends_on <= on and (row.ended_at is None or row.ended_at <= until)
    return row.starts_on <= on and not is_over


def _scores(patient_id: uuid.UUID, scales: Collection[str], *, until: datetime) -> Mapping[str, Sequence[DatedScore]]:
    """By scale key; one statement."""
    rows = db.session.execute(
        select(*SCORE_COLUMNS)
        .join(Measurement, Measurement.id == MeasurementScore.measurement_id)
        .where(
            MeasurementScore.patient_id == patient_id,
            MeasurementScore.scale.in_(scales),
            Measurement.status != "draft",
            Measurement.recorded_at <= until,
            Measurement.voided_at.is_(None) | (Measurement.voided_at > until),
            Measurement.finished_at.is_(None) | (Measurement.finished_at <= until),
        )
        .order_by(MeasurementScore.taken_on, MeasurementScore.id)
    )
    return dated_scores(rows)


def _corrected(patient_id: uuid.UUID, *, since: datetime) -> frozenset[uuid.UUID]:
    """The measurements that count no longer since then; one statement."""
    ids = select(Measurement.id).where(Measurement.patient_id == patient_id, Measurement.voided_at > since)
    return frozenset(db.session.scalars(ids))
