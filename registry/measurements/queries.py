"""Reading measurements. Which patients may be seen is already bound to the session."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import selectinload

from registry.episodes.models import Episode, TrackedMeasure
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.answers import Answer, answer_to_json
from registry.measures.course import Course


def get_measurement(measurement_id: uuid.UUID, *, patient_id: uuid.UUID) -> Measurement | None:
    """One measurement of this patient, with its scores; a measurement of anybody else does not exist."""
    return db.session.scalars(
        select(Measurement)
        .where(Measurement.id == measurement_id, Measurement.patient_id == patient_id)
        .options(selectinload(Measurement.scores))
    ).one_or_none()


def list_measurements(patient_id: uuid.UUID) -> Sequence[Measurement]:
    """Every measurement of the patient with its scores, drafts and voided ones included, newest first."""
    query = (
        select(Measurement)
        .where(Measurement.patient_id == patient_id)
        .order_by(Measurement.taken_on.desc(), Measurement.recorded_at.desc(), Measurement.id.desc())
        .options(selectinload(Measurement.scores))
    )
    return db.session.scalars(query).all()


def list_of_day(patient_id: uuid.UUID, instrument: str, *, taken_on: date) -> Sequence[Measurement]:
    """The finished measurements of that day with this instrument, however they came in, newest first."""
    about = {"patient_id": patient_id, "instrument": instrument, "taken_on": taken_on}
    return db.session.scalars(_OF_THAT_DAY, about).all()


def says_the_same(row: Measurement, *, answers: Mapping[str, Answer] | None, total_only: int | None) -> bool:
    """Whether the measurement has these answers, one by one, or this total alone."""
    wanted = _said({item: answer_to_json(answer) for item, answer in (answers or {}).items()})
    return row.total_only == total_only and _said(row.answers or {}) == wanted


_OF_THAT_DAY = (
    select(Measurement)
    .where(
        Measurement.patient_id == bindparam("patient_id"),
        Measurement.instrument == bindparam("instrument"),
        Measurement.taken_on == bindparam("taken_on"),
        Measurement.status == "final",
    )
    .order_by(Measurement.recorded_at.desc(), Measurement.id.desc())
)


def _said(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers less those nobody gave, which one source spells out and another leaves away."""
    return {item: answer for item, answer in answers.items() if answer is not None}


def list_drafts(patient_id: uuid.UUID) -> Sequence[Measurement]:
    """Drafts of the patient, newest first."""
    return db.session.scalars(
        select(Measurement)
        .where(Measurement.patient_id == patient_id, Measurement.status == "draft")
        .order_by(Measurement.recorded_at.desc(), Measurement.id.desc())
    ).all()


def get_current(measurement: Measurement) -> Measurement:
    """What stands in place of a corrected measurement now: the last of its corrections, or itself."""
    current = measurement
    while (following := get_replacement(current)) is not None:
        current = following
    return current


def get_replacement(measurement: Measurement) -> Measurement | None:
    """The correction that replaced this measurement, if one did."""
    if measurement.status != "amended":
        return None
    return db.session.scalars(
        select(Measurement)
        .where(Measurement.replaces_id == measurement.id, Measurement.patient_id == measurement.patient_id)
        .options(selectinload(Measurement.scores))
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Latest:
    """The last result on a scale: a number or a category, with the words for it where it has any."""

    on: date
    value: Decimal | None
    category: str | None
    band: str | None


def get_latest_results(
    patient_id: uuid.UUID, scales: Collection[str], *, besides: uuid.UUID | None = None
) -> Mapping[str, Latest]:
    """Scale key → the latest result that counts, other than that of the measurement ``besides``."""
    query = (
        select(
            MeasurementScore.scale,
            MeasurementScore.taken_on,
            MeasurementScore.value,
            MeasurementScore.category,
            MeasurementScore.band,
        )
        .where(MeasurementScore.patient_id == patient_id, MeasurementScore.scale.in_(scales), MeasurementScore.counts)
        .order_by(MeasurementScore.taken_on)
    )
    rows = db.session.execute(query if besides is None else query.where(MeasurementScore.measurement_id != besides))
    return {scale: Latest(on, value, category, band) for scale, on, value, category, band in rows}


def get_last_dates(patient_id: uuid.UUID) -> dict[str, date]:
    """Instrument → date of the last measurement of it that counts."""
    rows = db.session.execute(
        select(Measurement.instrument, func.max(Measurement.taken_on))
        .where(Measurement.patient_id == patient_id, Measurement.status == "final")
        .group_by(Measurement.instrument)
    )
    return {row.instrument: row[1] for row in rows}


def is_tracked(episode: Episode, scale: str) -> bool:
    """Whether the open episode follows this scale now."""
    about = {"patient_id": episode.patient_id, "episode_id": episode.id, "scale": scale}
    return db.session.scalars(_TRACKED, about).first() is not None


_TRACKED = select(TrackedMeasure.id).where(
    TrackedMeasure.patient_id == bindparam("patient_id"),
    TrackedMeasure.episode_id == bindparam("episode_id"),
    TrackedMeasure.scale == bindparam("scale"),
    TrackedMeasure.ends_on.is_(None),
)


def get_cadences(patient_id: uuid.UUID, clinic_id: uuid.UUID) -> dict[str, int]:
    """Instrument → days between two of it, for what the open episode at the clinic follows, in its order."""
    rows = db.session.execute(
        select(TrackedMeasure.scale, TrackedMeasure.cadence_days)
        .join(Episode, Episode.id == TrackedMeasure.episode_id)
        .where(
            TrackedMeasure.patient_id == patient_id,
            TrackedMeasure.ends_on.is_(None),
            Episode.clinic_id == clinic_id,
            Episode.ended_on.is_(None),
        )
        .order_by(TrackedMeasure.position, TrackedMeasure.scale)
    )
    cadences: dict[str, int] = {}
    for scale, days in rows:
        cadences.setdefault(scale.partition(":")[0], days)
    return cadences


def rated_by_others(courses: Mapping[str, Course]) -> frozenset[str]:
    """Of these scales the profiles whose baseline and last ratings name two people; at most one statement.

    Nothing is said where one of them names nobody.
    """
    ends = {
        key: [score.id for score in (course.baseline, course.latest) if score is not None and score.ratings]
        for key, course in courses.items()
    }
    ids = {id_ for pair in ends.values() for id_ in pair}
    if not ids:
        return frozenset()
    query = select(Measurement.id, Measurement.rater_id).where(
        Measurement.id.in_(ids), Measurement.rater_id.is_not(None)
    )
    rater_of = {row.id: row.rater_id for row in db.session.execute(query)}
    return frozenset(key for key, pair in ends.items() if len({rater_of[id_] for id_ in pair if id_ in rater_of}) > 1)
