"""One measure: what was answered, what it says, where it comes from, what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import url_for

from registry.measurements.models import Measurement
from registry.measurements.presenters.words import (
    STATUS_WORDS,
    SafetyShown,
    ScoreShown,
    given_words,
    measure_url,
    mode_words,
    show_safety,
    show_score,
)
from registry.measurements.scores import definition_of, score_again
from registry.measurements.wordings import in_own_words, wording_in
from registry.measures.instrument import Instrument
from registry.measures.scoring import Scoring
from registry.patients.presenters import Fact, IdentityHeader
from registry.patients.rules import LANGUAGES
from registry.web.filters import local_time, long_date


@dataclass(frozen=True, slots=True)
class Answered:
    """One item and its answer."""

    number: str
    text: str
    answer: str
    is_safety: bool


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """One measure of one patient."""

    title: str
    patient: IdentityHeader
    facts: Sequence[Fact]
    scores: Sequence[ScoreShown]
    safety: Sequence[SafetyShown]
    answers: Sequence[Answered]
    state: str
    why: str
    is_void: bool
    other_version_url: str
    other_version: str
    replaced_url: str
    history_url: str
    correct_url: str
    withdraw_url: str
    fhir_url: str


def show_measure(
    row: Measurement,
    *,
    patient: IdentityHeader,
    names: Mapping[uuid.UUID, str],
    zone: ZoneInfo,
    replacement: Measurement | None,
    may_correct: bool,
    may_export: bool,
) -> MeasurePage:
    definition = in_own_words(definition_of(row))
    scoring = score_again(row, definition)
    is_current = row.status == "final"
    return MeasurePage(
        title=definition.title,
        patient=patient,
        facts=_facts(row, definition, names, zone),
        scores=[show_score(scale, scoring.scores[scale.id]) for scale in definition.scales],
        safety=show_safety(row, definition, scoring),
        answers=_answers(row, definition, scoring),
        state=STATUS_WORDS[row.status],
        why=row.why,
        is_void=row.status in ("amended", "entered-in-error"),
        other_version=f"The correction of {long_date(replacement.recorded_at.astimezone(zone).date())}"
        if replacement
        else "",
        other_version_url=measure_url(replacement) if replacement else "",
        replaced_url=url_for("measurements.measure", patient_id=row.patient_id, measurement_id=row.replaces_id)
        if row.replaces_id
        else "",
        history_url=url_for("measurements.history", patient_id=row.patient_id, instrument=row.instrument),
        correct_url=measure_url(row, "correct") if is_current and may_correct else "",
        withdraw_url=measure_url(row, "withdraw") if is_current and may_correct else "",
        fhir_url=url_for("exchange.measure", patient_id=row.patient_id, measurement_id=row.id)
        if may_export and row.status != "draft"
        else "",
    )


def _facts(
    row: Measurement, definition: Instrument, names: Mapping[uuid.UUID, str], zone: ZoneInfo
) -> tuple[Fact, ...]:
    recorded_by = names.get(row.recorded_by_id, "") if row.recorded_by_id else ""
    facts = [
        Fact("Completed", long_date(row.taken_on)),
        Fact("How", mode_words(row)),
        Fact("Recorded", ", ".join(part for part in (recorded_by, local_time(row.recorded_at, zone)) if part)),
    ]
    if row.rater_id:
        facts.append(Fact("Rater", names.get(row.rater_id, "")))
    if row.language:
        wording = wording_in(definition, row.language)
        is_validated = row.language in definition.languages if wording is None else wording.validation.is_in_force
        name = LANGUAGES.get(row.language, row.language)
        facts.append(Fact("Language", name if is_validated else f"{name}, no validated translation on file"))
    if row.used_interpreter:
        facts.append(Fact("Interpreter", "Yes"))
    if row.total_only is not None:
        facts.append(Fact("Answers", "Only the total was recorded"))
    return tuple(facts)


def _answers(row: Measurement, definition: Instrument, scoring: Scoring) -> tuple[Answered, ...]:
    if row.answers is None:
        return ()
    return tuple(
        Answered(
            number=item.number,
            text=item.label,
            answer=given_words(item, row.answers.get(item.id), scoring, definition),
            is_safety=item.is_safety_item,
        )
        for item in definition.items
    )
