"""The course of every scale an episode follows, over the scores that count."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import select

from registry.access.reading import Read, rows_of
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.together import Statement
from registry.episodes.models import Episode, TrackedMeasure, TreatmentCourse
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.measurements.models import MeasurementScore
from registry.measurements.tracked import (
    MEASURES,
    AnyRow,
    Rows,
    TrackedScale,
    read_episodes,
    scales_followed,
    scales_in,
)
from registry.measures.course import Course, DatedScore, follow
from registry.measures.profile import ratings_of

SCORE_COLUMNS = (
    MeasurementScore.patient_id,
    MeasurementScore.scale,
    MeasurementScore.taken_on,
    MeasurementScore.value,
    MeasurementScore.is_prorated,
    MeasurementScore.measurement_id,
    MeasurementScore.band,
    MeasurementScore.category,
)
"""What ``dated_scores`` takes."""
SCORES = (
    select(*SCORE_COLUMNS)
    .where(among(MeasurementScore.patient_id, "patient_ids"), MeasurementScore.counts)
    .order_by(MeasurementScore.taken_on, MeasurementScore.id)
)
Courses: TypeAlias = Mapping[uuid.UUID, Mapping[str, tuple[TrackedScale, Course]]]
"""Of one patient: episode → scale key ("phq-9:total") → the scale as it is followed, and its course."""


def courses(episode: Episode) -> dict[str, Course]:
    """The course of every tracked scale of ``episode``, by scale key ("phq-9:total"), worked out anew."""
    followed = follow_patient(episode.patient_id).get(episode.id, {})
    return {key: course for key, (_, course) in followed.items()}


def follow_patient(patient_id: uuid.UUID) -> Courses:
    """As ``follow_patients``, of one."""
    return follow_patients([patient_id])[patient_id]


def follow_patients(patient_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Courses]:
    """Every tracked scale of every episode of each patient, with its course over the current treatment course.

    Five statements whatever the number of people, episodes, scales and scores.

    Raises:
        UnknownScale: an episode tracks a scale no instrument file defines any more.
    """
    tracked = scales_followed(patient_ids, read_episodes(patient_ids), scales_in_force())
    wanted = scales_in(tracked.values())
    scores = read_scores(patient_ids, wanted) if wanted else {}
    return {
        patient_id: follow_scores(tracked.get(patient_id, {}), dated_scores(scores.get(patient_id, ())))
        for patient_id in patient_ids
    }


def follow_episode(
    episode: Episode,
    parts: Iterable[TreatmentCourse],
    scores: Rows,
    *,
    as_read: ScalesInForce,
    measures: Sequence[TrackedMeasure] | None = None,
) -> Mapping[str, tuple[TrackedScale, Course]]:
    """As ``follow_patient``, of one episode, from what was read of it already: its treatment courses, the person's
    scores as ``list_scores`` gives them, and what it tracks, where that was read too. Two statements at most.
    """

    def read(statement: Statement, about: Mapping[str, Any]) -> Sequence[Any]:
        return measures if statement is MEASURES and measures is not None else rows_of(statement, about)

    last = max(parts, key=lambda each: (each.starts_on, each.ends_on is None, each.id), default=None)
    tracked = scales_followed([episode.patient_id], [(episode, last)], as_read, read).get(episode.patient_id, {})
    wanted = scales_in([tracked])
    followed = follow_scores(tracked, dated_scores(row for row in scores if row.scale in wanted))
    return followed.get(episode.id, {})


def list_scores(patient_id: uuid.UUID) -> Rows:
    """Every score of the person that counts, numbers and categories, oldest first; one statement."""
    return rows_of(SCORES, {"patient_ids": [patient_id]})


def read_scores(
    patient_ids: Collection[uuid.UUID], scales: Collection[str], read: Read = rows_of
) -> Mapping[uuid.UUID, Rows]:
    """Every score of each patient that counts on these scales, numbers and categories, oldest first; one statement."""
    rows = read(SCORES, {"patient_ids": list(patient_ids)})
    return by_patient([row for row in rows if row.scale in scales])


def dated_scores(rows: Iterable[AnyRow]) -> dict[str, list[DatedScore]]:
    """The numbers among the scores of one patient, by scale key, in order; a profile with its ratings."""
    found: dict[str, list[DatedScore]] = defaultdict(list)
    for _patient_id, scale, on, value, prorated, measurement_id, band, category in rows:
        if value is not None:
            ratings = () if category is None else ratings_of(category)
            found[scale].append(DatedScore(on, value, prorated, measurement_id, band, ratings))
    return found


def follow_scores(
    tracked: Mapping[uuid.UUID, Sequence[TrackedScale]], scores: Mapping[str, Sequence[DatedScore]]
) -> Courses:
    """The course of each tracked scale of each episode, from the person's ``scores`` by scale key."""
    return {
        episode_id: {each.key: (each, _follow(each, scores.get(each.key, ()))) for each in scales}
        for episode_id, scales in tracked.items()
    }


def _follow(tracked: TrackedScale, scores: Sequence[DatedScore]) -> Course:
    return follow(
        scores, scale=tracked.scale, starts_on=tracked.starts_on, ends_on=tracked.ends_on, target=tracked.target
    )
