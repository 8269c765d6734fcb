"""A measurement and its scores: what scoring concludes from what is stored, and the rows that keep it."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.answers import answer_from_json
from registry.measures.instrument import Instrument
from registry.measures.scoring import Scoring, score_as_it_stands, score_total


def definition_of(measurement: Measurement) -> Instrument:
    """The instrument in the version that was on the paper. Raises ``UnknownInstrument`` where its file is gone."""
    return catalogue().get(measurement.instrument, measurement.instrument_version)


def score_again(measurement: Measurement, definition: Instrument) -> Scoring:
    """What a stored measurement says, worked out from its answers or its total alone.

    A draft, discarded or not, may hold answers that cannot stand together.
    """
    if measurement.total_only is not None:
        return score_total(definition, measurement.total_only)
    answers = measurement.answers or {}
    return score_as_it_stands(definition, {item: answer_from_json(value) for item, value in answers.items()})


def score_rows(measurement: Measurement, definition: Instrument, scoring: Scoring) -> list[MeasurementScore]:
    """The scores to store for a finished measurement; a withheld score has no row."""
    return [
        MeasurementScore(patient_id=measurement.patient_id, measurement_id=measurement.id, **values)
        for values in score_columns(definition, scoring, taken_on=measurement.taken_on)
    ]


def score_columns(definition: Instrument, scoring: Scoring, *, taken_on: date) -> list[dict[str, Any]]:
    """The columns of those rows, but for whose they are."""
    return [
        {
            "scale": definition.scale_key(scale),
            "taken_on": taken_on,
            "value": result.value,
            "category": result.category,
            "band": result.band,
            "is_prorated": result.prorated,
            "counts": True,
        }
        for scale in definition.scales
        if (result := scoring.scores[scale.id]).why_withheld is None
    ]
