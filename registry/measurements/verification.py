"""Whether what is stored is what the answers say: every score, safety signal and standing, worked out anew."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry.extensions import db
from registry.measurements.courses import follow_scores
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal, StandingRow
from registry.measurements.scores import definition_of, score_again
from registry.measurements.standings import standing_values
from registry.measurements.tracked import tracked_scales
from registry.measures.course import DatedScore
from registry.measures.instrument import Instrument
from registry.measures.profile import ratings_of
from registry.measures.scoring import SafetyState, Score, Scoring
from registry.patients.models import Patient

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing stored otherwise than the answers say. Names nobody: ``where`` holds ids."""

    where: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return f"{self.where}: stored {self.stored}, computed {self.computed}"


def differences() -> Iterator[Difference]:
    """Every difference of every patient within the bound scope. Writes nothing."""
    last: uuid.UUID | None = None
    while True:
        query = select(Patient.id).order_by(Patient.id).limit(_CHUNK)
        ids = db.session.scalars(query if last is None else query.where(Patient.id > last)).all()
        if not ids:
            return
        for patient_id in ids:
            yield from differences_of(patient_id)
            db.session.expunge_all()
        last = ids[-1]


def differences_of(patient_id: uuid.UUID) -> Iterator[Difference]:
    """Every difference of one patient."""
    measurements = db.session.scalars(
        select(Measurement).where(Measurement.patient_id == patient_id).options(selectinload(Measurement.scores))
    ).all()
    answered = {
        (row.measurement_id, row.item): row.alert_id is not None
        for row in db.session.scalars(select(SafetySignal).where(SafetySignal.patient_id == patient_id))
    }
    scores: dict[str, list[DatedScore]] = defaultdict(list)
    for measurement in measurements:
        definition = definition_of(measurement)
        scoring = score_again(measurement, definition)
        yield from _score_differences(measurement, definition, scoring)
        yield from _signal_differences(measurement, scoring, answered)
        if measurement.status == "final":
            _collect(scores, measurement, definition, scoring)
    yield from _standing_differences(patient_id, scores)


def _score_differences(measurement: Measurement, definition: Instrument, scoring: Scoring) -> Iterator[Difference]:
    is_final = measurement.status == "final"
    computed = {
        definition.scale_key(scale): _as_computed(measurement, scoring.scores[scale.id], counts=is_final)
        for scale in definition.scales
        if measurement.status != "draft" and scoring.scores[scale.id].why_withheld is None
    }
    stored = {row.scale: _as_stored(row) for row in measurement.scores}
    for scale in sorted(computed.keys() | stored.keys()):
        was, should = stored.get(scale), computed.get(scale)
        if was != should and (is_final or was is not None):
            yield Difference(f"measurement {measurement.id} {scale}", _shown(was), _shown(should))


def _as_stored(row: MeasurementScore) -> tuple[Any, ...]:
    return row.taken_on, row.value, row.category, row.band, row.is_prorated, row.counts


def _as_computed(measurement: Measurement, result: Score, *, counts: bool) -> tuple[Any, ...]:
    return measurement.taken_on, result.value, result.category, result.band, result.prorated, counts


def _signal_differences(
    measurement: Measurement, scoring: Scoring, answered: Mapping[tuple[uuid.UUID, str], bool]
) -> Iterator[Difference]:
    if measurement.status == "entered-in-error":
        return
    for safety in scoring.safety:
        if safety.state is SafetyState.POSITIVE and not answered.get((measurement.id, safety.item)):
            is_stored = (measurement.id, safety.item) in answered
            stored = "a signal without an alert" if is_stored else "no safety signal"
            yield Difference(f"measurement {measurement.id} item {safety.item}", stored, f"positive, {safety.value}")


def _collect(
    scores: dict[str, list[DatedScore]], measurement: Measurement, definition: Instrument, scoring: Scoring
) -> None:
    for scale in definition.scales:
        result = scoring.scores[scale.id]
        if result.value is not None:
            ratings = () if result.category is None else ratings_of(result.category)
            scores[definition.scale_key(scale)].append(
                DatedScore(measurement.taken_on, result.value, result.prorated, measurement.id, result.band, ratings)
            )


def _standing_differences(patient_id: uuid.UUID, scores: Mapping[str, list[DatedScore]]) -> Iterator[Difference]:
    computed = {
        (episode_id, key): standing_values(tracked, course)
        for episode_id, of_episode in follow_scores(tracked_scales(patient_id), scores).items()
        for key, (tracked, course) in of_episode.items()
    }
    stored = {
        (row.episode_id, row.scale): row
        for row in db.session.scalars(select(StandingRow).where(StandingRow.patient_id == patient_id))
    }
    for place in sorted(computed.keys() | stored.keys()):
        where = f"episode {place[0]} {place[1]}"
        row, values = stored.get(place), computed.get(place)
        if row is None or values is None:
            yield Difference(where, _shown(row and "a standing"), _shown(values and "a standing"))
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                yield Difference(f"{where} {name}", _shown(getattr(row, name)), _shown(value))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value if part is not None)
    return str(value)
