"""Answers, scores and where they come from, as people say them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from registry.measurements import modes
from registry.measurements.models import Measurement
from registry.measures.answers import Declined, answer_from_json
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Scale
from registry.measures.scoring import SafetyState, Score, Scoring, format_value, proves_positive

NO_ANSWER = "No answer"
UNSCORED = "–"

STATUS_WORDS = {
    "draft": "Draft",
    "final": "",
    "amended": "Corrected since",
    "entered-in-error": "Entered in error",
}


def answer_words(item: Item, stored: object) -> str:
    """ "2 · More than half the days", "Declined", or that there is no answer."""
    answer = answer_from_json(stored)
    if answer is None:
        return NO_ANSWER
    if isinstance(answer, Declined):
        return "Declined"
    choice = item.choice(answer)
    return str(answer) if choice is None else choice_words(item, choice.value, choice.label)


def choice_words(item: Item, value: int, label: str) -> str:
    """A number only where it is one: codes of a structured measure mean nothing to a reader."""
    is_graded = all(choice.category is None for choice in item.choices) and item.text is not None
    return f"{value} · {label}" if is_graded else label


def range_words(scale: Scale) -> str:
    """ "0 to 27"."""
    if scale.minimum is None or scale.maximum is None:
        return ""
    return f"{format_value(scale.minimum)} to {format_value(scale.maximum)}"


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """One scale's result, or why there is none."""

    scale: str
    value: str
    band: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """ "14, moderate"."""
        return ", ".join(part for part in (self.value, self.band) if part)


def show_score(scale: Scale, result: Score) -> ScoreShown:
    if result.why_withheld is not None:
        return ScoreShown(scale.name, UNSCORED, note=f"No score: {result.why_withheld}")
    if result.category is not None:
        return ScoreShown(scale.name, result.category.capitalize())
    note = f"Prorated: {len(result.missing)} of {len(scale.items)} items have no answer" if result.prorated else ""
    value = format_value(result.value) if result.value is not None else UNSCORED
    return ScoreShown(scale.name, value, result.band or "", note)


@dataclass(frozen=True, slots=True)
class SafetyShown:
    """What is known from a safety item. ``kind`` is a badge's."""

    text: str
    kind: str


def show_safety(measurement: Measurement, definition: Instrument, scoring: Scoring) -> tuple[SafetyShown, ...]:
    """Every safety item of the instrument: its answer, what the total alone proves, or that it is unknown."""
    stored = measurement.answers or {}
    shown = []
    for safety in scoring.safety:
        item = definition.item(safety.item)
        if measurement.total_only is not None and proves_positive(definition, item, measurement.total_only):
            shown.append(
                SafetyShown(f"item {item.number} positive: no total of {measurement.total_only} without it", "urgent")
            )
            continue
        if safety.state is SafetyState.UNKNOWN:
            shown.append(SafetyShown(f"item {item.number} unknown", "action"))
            continue
        is_positive = safety.state is SafetyState.POSITIVE
        words = answer_words(item, stored.get(item.id))
        shown.append(SafetyShown(f"item {item.number}: {words}", "urgent" if is_positive else "neutral"))
    return tuple(shown)


def mode_words(measurement: Measurement) -> str:
    """How it was given."""
    return modes.LABELS.get(measurement.mode, measurement.mode)


def measure_url(row: Measurement, page: str = "") -> str:
    """The page of one measure: itself (the form to finish it, for a draft), or the one named."""
    endpoint = page or ("draft" if row.status == "draft" else "measure")
    return url_for(f"measurements.{endpoint}", patient_id=row.patient_id, measurement_id=row.id)
