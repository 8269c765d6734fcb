"""Answers, scores and where they come from, as people say them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from registry.measurements import modes
from registry.measurements.models import Measurement
from registry.measures.answers import Declined, answer_from_json
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Rule, Scale
from registry.measures.scoring import SafetyState, Score, Scoring, format_value, proves_positive

NO_ANSWER = "No answer"
NOT_ASKED = "Not asked"
INCOMPLETE = "Incomplete"
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


def given_words(item: Item, stored: object, scoring: Scoring, definition: Instrument) -> str:
    """The answer, or why there is none: not asked after another answer, or its partner was answered instead."""
    is_blank = answer_from_json(stored) is None or isinstance(answer_from_json(stored), Declined)
    if is_blank and item.id in scoring.skipped:
        return NOT_ASKED
    if stored is None and item.id not in scoring.missing:
        partners = next((group for group in definition.either_or if item.id in group), ())
        numbers = [definition.item(each).number for each in partners if each != item.id]
        if numbers and not item.optional:
            return f"Item {' or '.join(numbers)} answered instead"
    return answer_words(item, stored)


def choice_words(item: Item, value: int, label: str) -> str:
    """A number only where it is one: codes of a structured measure mean nothing to a reader."""
    is_coded = item.is_number or any(choice.category is not None for choice in item.choices)
    is_graded = not is_coded and item.text is not None
    return f"{value} · {label}" if is_graded else label


def category_words(category: str | None, label: str | None) -> str:
    """ "High risk", from its own words where it has them, else from its name: "competitive-job"."""
    return _capital(label or (category or "").replace("-", " "))


def domain_words(instrument: Instrument) -> str:
    """ "Side effects"."""
    return instrument.domain.replace("-", " ").capitalize()


def range_words(scale: Scale) -> str:
    """ "0 to 27"."""
    if scale.minimum is None or scale.maximum is None:
        return ""
    return f"{format_value(scale.minimum)} to {format_value(scale.maximum)}"


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """One scale's result, or why there is none. ``is_words``: it is a category or a level, no number."""

    scale: str
    value: str
    band: str = ""
    note: str = ""
    is_words: bool = False

    @property
    def is_incomplete(self) -> bool:
        """Whether a missing answer still decides which level it is."""
        return self.value == INCOMPLETE

    @property
    def text(self) -> str:
        """ "14, moderate"; "Incomplete: item 4 has no answer; at least high risk"."""
        if self.is_incomplete:
            return f"{self.value}: {self.note[:1].lower()}{self.note[1:]}"
        return ", ".join(part for part in (self.value, self.band) if part)


def show_score(scale: Scale, result: Score) -> ScoreShown:
    if result.why_withheld is not None and scale.rule is Rule.CRITERIA:
        return ScoreShown(scale.name, INCOMPLETE, note=_capital(result.why_withheld), is_words=True)
    if result.why_withheld is not None:
        return ScoreShown(scale.name, UNSCORED, note=f"No score: {result.why_withheld}")
    if scale.is_profile and result.category is not None and result.value is not None:
        return ScoreShown(scale.name, result.category, f"highest {format_value(result.value)}")
    if result.category is not None:
        note = "No answer to the items left open could change this" if result.missing else ""
        return ScoreShown(scale.name, category_words(result.category, result.band), note=note, is_words=True)
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
        words = given_words(item, stored.get(item.id), scoring, definition)
        shown.append(SafetyShown(f"item {item.number}: {words}", "urgent" if is_positive else "neutral"))
    return tuple(shown)


def mode_words(measurement: Measurement) -> str:
    """How it was given."""
    return modes.LABELS.get(measurement.mode, measurement.mode)


def measure_url(row: Measurement, page: str = "") -> str:
    """The page of one measure: itself (the form to finish it, for a draft), or the one named."""
    endpoint = page or ("draft" if row.status == "draft" else "measure")
    return url_for(f"measurements.{endpoint}", patient_id=row.patient_id, measurement_id=row.id)


def _capital(words: str) -> str:
    """Only the first letter: names within keep theirs."""
    return words[:1].upper() + words[1:]
