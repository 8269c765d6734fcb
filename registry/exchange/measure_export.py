"""A stored measurement as FHIR: from its row to the values the bundle is built of."""

from __future__ import annotations

from registry.exchange.fhir.administration import Administration, Standing
from registry.measurements.models import Measurement
from registry.measurements.scores import definition_of, score_again
from registry.measures.answers import answer_from_json

_BY_PATIENT = frozenset({"self-paper", "self-device", "read-aloud"})
"""Ways of giving a measure in which the answers are the patient's own, with nobody's judgement between."""


def administration_of(row: Measurement) -> Administration:
    """What is told of a finished measurement. Raises ``UnknownInstrument`` where its instrument's file is gone."""
    definition = definition_of(row)
    answers = None if row.answers is None else {item: answer_from_json(value) for item, value in row.answers.items()}
    return Administration(
        id=row.id,
        patient_id=row.patient_id,
        instrument=definition,
        answers=answers,
        scoring=score_again(row, definition),
        taken_on=row.taken_on,
        recorded_at=row.recorded_at,
        standing=_standing(row),
        by_patient=row.mode in _BY_PATIENT,
    )


def _standing(row: Measurement) -> Standing:
    if row.status != "final":
        return Standing.VOID
    return Standing.FINAL if row.replaces_id is None else Standing.CORRECTION
