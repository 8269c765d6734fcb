"""The stored standing of each tracked scale: what the pure core says of the scores, kept for lists that sort by it.

``restate`` recomputes it in the transaction of every write that could change it. Nothing in a standing moves with the
calendar. ``registry.measurements.verification`` proves that what is stored is what the answers say.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from sqlalchemy import Row, bindparam, delete, select

from registry.access import scope
from registry.access.reviewed_sql import insert_rows, update_rows
from registry.db.among import among
from registry.db.base import columns_of
from registry.db.grouping import by_patient
from registry.episodes.models import Episode, TrackedMeasure, TreatmentCourse, TreatmentTarget
from registry.episodes.scales import ClinicScales, ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import MeasurementScore, StandingRow
from registry.measures.course import Course, DatedScore, Outcome, Target, follow, outcome_of
from registry.measures.mania import DEPRESSION, MANIA, ManiaCourse, Reported, is_beside_mania
from registry.measures.profile import ratings_of
from registry.measures.scale import Scale

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[AnyRow]

_HUNDREDTH = Decimal("0.01")

# Made once: building a statement costs more than running it.
_EPISODES = (
    select(Episode, TreatmentCourse)
    .outerjoin(TreatmentCourse, TreatmentCourse.episode_id == Episode.id)
    .where(among(Episode.patient_id, "patient_ids"))
    .order_by(TreatmentCourse.starts_on, TreatmentCourse.ends_on.is_(None), TreatmentCourse.id)
)
MEASURES = (
    select(
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
_STANDINGS = select(*columns_of(StandingRow)).where(among(StandingRow.patient_id, "patient_ids"))
_NO_LONGER_TRACKED = delete(StandingRow).where(
    StandingRow.patient_id == bindparam("of_patient"),
    StandingRow.episode_id == bindparam("of_episode"),
    StandingRow.scale == bindparam("of_scale"),
)
_SCORES = (
    select(
        MeasurementScore.patient_id,
        MeasurementScore.scale,
        MeasurementScore.taken_on,
        MeasurementScore.value,
        MeasurementScore.is_prorated,
        MeasurementScore.measurement_id,
        MeasurementScore.band,
        MeasurementScore.category,
    )
    .where(
        among(MeasurementScore.patient_id, "patient_ids"),
        among(MeasurementScore.scale, "scales"),
        MeasurementScore.counts,
    )
    .order_by(MeasurementScore.taken_on, MeasurementScore.id)
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


Courses: TypeAlias = Mapping[uuid.UUID, Mapping[str, tuple[TrackedScale, Course]]]
"""Of one patient: episode → scale key ("phq-9:total") → the scale as it is followed, and its course."""


def restate(followed: Mapping[uuid.UUID, Courses]) -> None:
    """Store the standing of every tracked scale of every episode of these patients, as ``follow_patients`` gives them.

    A scale no longer tracked loses its standing. Category scales have none. One statement whatever the number of
    people, one for all that are new, one for all that changed, and one for each that is gone.
    """
    rows = db.session.execute(_STANDINGS, {"patient_ids": list(followed)})
    names = tuple(rows.keys())
    stored = {(row.episode_id, row.scale): dict(zip(names, row, strict=True)) for row in rows}
    new, changed = [], []
    for patient_id, courses in followed.items():
        for episode_id, of_episode in courses.items():
            for key, (tracked, course) in of_episode.items():
                row = stored.pop((episode_id, key), None)
                whose = {"patient_id": patient_id, "episode_id": episode_id, "scale": key}
                values = whose | standing_values(tracked, course)
                if row is None:
                    new.append(values)
                elif row != values:
                    changed.append(values)
    for row in stored.values():
        gone = {"of_patient": row["patient_id"], "of_episode": row["episode_id"], "of_scale": row["scale"]}
        db.session.execute(_NO_LONGER_TRACKED, gone, execution_options={"synchronize_session": False})
    update_rows(scope.current(), StandingRow, changed)
    insert_rows(scope.current(), StandingRow, new)


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


def scales_in(tracked: Iterable[Mapping[uuid.UUID, Sequence[TrackedScale]]]) -> set[str]:
    """The keys of the scales that any episode of any of the patients follows."""
    return {each.key for episodes in tracked for scales in episodes.values() for each in scales}


def read_scores(patient_ids: Collection[uuid.UUID], scales: Collection[str]) -> Mapping[uuid.UUID, Rows]:
    """Every score of each patient that counts on these scales, numbers and categories, oldest first; one statement."""
    return by_patient(db.session.execute(_SCORES, {"patient_ids": list(patient_ids), "scales": list(scales)}))


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
    for key in sorted(scores):
        if catalogue().domain_of(key) != MANIA:
            continue
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


def tracked_scales(patient_id: uuid.UUID) -> Mapping[uuid.UUID, Sequence[TrackedScale]]:
    """The numeric scales each episode of the patient follows: all that is current, or was when the episode ended."""
    return scales_followed([patient_id], read_episodes([patient_id]), scales_in_force()).get(patient_id, {})


def read_episodes(patient_ids: Collection[uuid.UUID]) -> Rows:
    """Every episode of the patients with each of its treatment courses, earlier courses first; None without one."""
    return db.session.execute(_EPISODES, {"patient_ids": list(patient_ids)}).all()


def scales_followed(
    patient_ids: Collection[uuid.UUID], episodes: Rows, read: ScalesInForce
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
    measures = _in_force(current, db.session.execute(MEASURES, about))
    targets = _in_force(current, db.session.execute(TARGETS, about))
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
            if (scale := read.at(episode.clinic_id).scale(key)).has_total
        ]
    return found


def target_of(row: AnyRow | TreatmentTarget | None) -> Target | None:
    """The target a row sets; None where there is none, or where it is held at no level in particular."""
    if row is None or (row.at_most is None and row.at_least is None):
        return None
    return Target(at_most=row.at_most, at_least=row.at_least, hold=row.is_hold)


def standing_values(tracked: TrackedScale, course: Course) -> dict[str, Any]:
    """The columns of a ``StandingRow``: the course without its scores, the percentage to two places."""
    baseline, latest, previous = course.baseline, course.latest, course.previous
    return {
        "course_starts_on": tracked.starts_on,
        "baseline_on": None if baseline is None else baseline.on,
        "baseline_value": None if baseline is None else baseline.value,
        "baseline_late_by": course.baseline_late_by,
        "baseline_elevated": course.baseline_elevated,
        "latest_on": None if latest is None else latest.on,
        "latest_value": None if latest is None else latest.value,
        "latest_band": None if latest is None else latest.band,
        "latest_prorated": latest is not None and latest.prorated,
        "previous_on": None if previous is None else previous.on,
        "previous_value": None if previous is None else previous.value,
        "change": course.change,
        "percent": None if course.percent is None else course.percent.quantize(_HUNDREDTH, ROUND_HALF_UP),
        "best_confirmed": course.best_confirmed,
        "standing": course.standing.value,
        "is_relapse": course.is_relapse,
        "responded": course.responded,
        "in_remission": course.in_remission,
    }


def _in_force(
    current: Mapping[uuid.UUID, tuple[Episode, TreatmentCourse]],
    rows: Iterable[AnyRow],
) -> dict[uuid.UUID, dict[str, AnyRow]]:
    """What each episode follows now, or followed on the day it ended, by scale; ``rows`` as they began."""
    found: dict[uuid.UUID, dict[str, AnyRow]] = defaultdict(dict)
    for row in rows:
        episode_id = row.episode_id
        if episode_id not in current:
            continue
        ended_on = current[episode_id][0].ended_on
        if row.ends_on is None or (ended_on is not None and row.ends_on >= ended_on):
            found[episode_id][row.scale] = row
    return found


def _follow(tracked: TrackedScale, scores: Sequence[DatedScore]) -> Course:
    return follow(
        scores, scale=tracked.scale, starts_on=tracked.starts_on, ends_on=tracked.ends_on, target=tracked.target
    )
