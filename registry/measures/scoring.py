"""Answers to scores, or the reason there is none. Missing is never 0."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from registry.measures.adding import adding
from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, read
from registry.measures.criteria import at_least, level_of
from registry.measures.instrument import Instrument, Item
from registry.measures.profile import written
from registry.measures.scale import Rule, Scale


class SafetyState(StrEnum):
    """What is known from a safety item."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"  # blank, declined, not assessed, or only a total was recorded


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """The state of one safety item; ``value`` is the answer, None where unknown."""

    item: str
    value: int | None
    state: SafetyState


@dataclass(frozen=True, slots=True)
class Score:
    """One scale's result. Either ``value`` or ``category`` is set, or ``why_withheld`` says why neither is.

    Of a profile both are: the highest rating, and the ratings side by side ("3-1-0-2-1").

    ``band`` names the range a value falls in, and a category that has words of its own.
    ``missing`` lists the scale's items without a usable answer, in the order of the form.
    """

    value: Decimal | None = None
    band: str | None = None
    prorated: bool = False
    missing: tuple[str, ...] = ()
    why_withheld: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """Everything one administration says: a score per scale, what is missing, and the safety items.

    ``skipped`` items were not asked, since an earlier answer answers them.
    """

    scores: Mapping[str, Score]
    missing: tuple[str, ...]
    declined: tuple[str, ...]
    safety: tuple[SafetyAnswer, ...]
    skipped: tuple[str, ...] = ()


class ImpossibleTotal(ValueError):
    """A total the scale cannot take."""

    def __init__(self, total: object, reason: str) -> None:
        super().__init__(f"A total of {total} {reason}")
        self.total = total


class ContradictedTotal(ValueError):
    """A declared total that is not what the answers add up to."""

    def __init__(self, *, declared: Decimal, computed: Decimal) -> None:
        super().__init__(
            f"The declared total is {format_value(declared)}, the answers add up to {format_value(computed)}"
        )
        self.declared = declared
        self.computed = computed


TOTAL_ONLY: Final = "only the total was recorded"


def score(instrument: Instrument, answers: Mapping[str, Answer]) -> Scoring:
    """Score one administration. An item absent from ``answers`` is unanswered.

    Raises:
        ImpossibleAnswer: an unknown item, or a value that is none of its choices.
        ContradictoryAnswers: answers that cannot stand together.
    """
    given = read(instrument, answers)
    return Scoring(
        scores={scale.id: _score_scale(instrument, scale, given.values) for scale in instrument.scales},
        missing=given.missing,
        declined=given.declined,
        safety=tuple(_safety_answer(item, given.values.get(item.id)) for item in instrument.safety_items),
        skipped=given.skipped,
    )


def score_as_it_stands(instrument: Instrument, answers: Mapping[str, Answer]) -> Scoring:
    """Score what may be unfinished: of answers that cannot stand together no scale has a result.

    The safety items then say what was answered, and nothing counts as not asked.

    Raises:
        ImpossibleAnswer: an unknown item, or a value that is none of its choices.
    """
    try:
        return score(instrument, answers)
    except ContradictoryAnswers as problem:
        why = str(problem)
    usable = instrument.usable_values
    values = {item: each for item, each in answers.items() if isinstance(each, int) and usable[item][each]}
    return Scoring(
        scores={scale.id: Score(why_withheld=why) for scale in instrument.scales},
        missing=tuple(item.id for item in instrument.items if answers.get(item.id) is None),
        declined=tuple(item.id for item in instrument.items if answers.get(item.id) is DECLINED),
        safety=tuple(_safety_answer(item, values.get(item.id)) for item in instrument.safety_items),
    )


def score_total(instrument: Instrument, total: Decimal | int) -> Scoring:
    """Record a total without its answers, on the instrument's primary scale; every safety item is then unknown.

    Raises:
        ImpossibleTotal: not a whole number, outside the scale's range, or the instrument has no total.
    """
    primary = instrument.primary_scale
    value = _possible_total(primary, total)
    scores = {scale.id: Score(why_withheld=TOTAL_ONLY) for scale in instrument.scales}
    scores[primary.id] = Score(value=value, band=_band_label(primary, value))
    return Scoring(
        scores=scores,
        missing=(),
        declined=(),
        safety=tuple(_safety_answer(item, None) for item in instrument.safety_items),
    )


def check_declared(scoring: Scoring, declared: Decimal | int) -> None:
    """Compare a total that came with the answers to what they add up to on the first scale.

    A withheld or prorated score proves nothing about the declared total and is not compared.

    Raises:
        ContradictedTotal: they differ.
    """
    computed = next(iter(scoring.scores.values()))
    if computed.value is None or computed.prorated:
        return
    if computed.value != declared:
        raise ContradictedTotal(declared=Decimal(declared), computed=computed.value)


def proves_positive(instrument: Instrument, item: Item, total: int) -> bool:
    """Whether the primary scale reaches ``total`` only with a positive answer to this safety item.

    A PHQ-9 of 25 or more does: its other eight items add up to 24.
    """
    scale = instrument.primary_scale
    if not item.is_safety_item or item.id not in scale.items or not scale.has_total:
        return False
    lowest, highest = adding(instrument, scale).bounds_without(item)
    return not lowest <= total <= highest


def format_value(value: Decimal) -> str:
    """A score as people write it: 14, 5.5, never 1E+1 or 14.0."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _score_scale(instrument: Instrument, scale: Scale, values: Mapping[str, int]) -> Score:
    if scale.rule is Rule.CATEGORY:
        return _categorise(instrument, scale, values)
    if scale.rule is Rule.CRITERIA:
        return _judge(instrument, scale, values)
    added = adding(instrument, scale).up(values)
    if added.value is None:
        return Score(missing=added.missing, why_withheld=_missing_in_words(instrument, scale, added.missing))
    valued = _valued(scale, added.value, added.missing)
    return valued if not scale.is_profile else replace(valued, category=_ratings(instrument, scale, values))


@lru_cache(maxsize=8192)
def _valued(scale: Scale, value: Decimal, missing: tuple[str, ...]) -> Score:
    """The score of a value. Kept: few values come again and again."""
    return Score(value=value, band=_band_label(scale, value), prorated=bool(missing), missing=missing)


def _ratings(instrument: Instrument, scale: Scale, values: Mapping[str, int]) -> str:
    return written(tuple(instrument.item(item_id).worth()[values[item_id]] for item_id in scale.items))


def _categorise(instrument: Instrument, scale: Scale, values: Mapping[str, int]) -> Score:
    item = instrument.item(scale.items[0])
    if item.id not in values:
        return Score(missing=scale.items, why_withheld="there is no answer to classify")
    choice = item.choice(values[item.id])
    if choice is None or choice.category is None:
        return Score(why_withheld="this answer belongs to no category")
    return Score(category=choice.category)


def _judge(instrument: Instrument, scale: Scale, values: Mapping[str, int]) -> Score:
    missing = tuple(item_id for item_id in scale.items if item_id not in values)
    level = level_of(scale, values)
    if level is not None:
        return Score(category=level.category, band=level.label, missing=missing)
    certain = at_least(scale, values)
    why = _missing_in_words(instrument, scale, missing)
    return Score(missing=missing, why_withheld=why if certain is None else f"{why}; at least {certain.label}")


def _missing_in_words(instrument: Instrument, scale: Scale, missing: tuple[str, ...]) -> str:
    if len(missing) == len(scale.items):
        return "no item was answered"
    numbers = ", ".join(instrument.item(item_id).number for item_id in missing)
    return f"item {numbers} has no answer" if len(missing) == 1 else f"items {numbers} have no answer"


@lru_cache(maxsize=1024)
def _safety_answer(item: Item, value: int | None) -> SafetyAnswer:
    if value is None or item.safety_positive_from is None:
        return SafetyAnswer(item=item.id, value=None, state=SafetyState.UNKNOWN)
    positive = item.is_positive(value)
    return SafetyAnswer(item=item.id, value=value, state=SafetyState.POSITIVE if positive else SafetyState.NEGATIVE)


def _possible_total(scale: Scale, total: Decimal | int) -> Decimal:
    if not scale.is_whole or scale.is_profile or scale.minimum is None or scale.maximum is None:
        raise ImpossibleTotal(total, "cannot be recorded: this instrument has no total")
    value = Decimal(total)
    if not value.is_finite() or value != value.to_integral_value():
        raise ImpossibleTotal(total, "is not a whole number")
    if not scale.minimum <= value <= scale.maximum:
        bounds = f"{format_value(scale.minimum)} to {format_value(scale.maximum)}"
        raise ImpossibleTotal(total, f"is outside the range of {bounds}")
    if value * scale.divided_by % scale.times:
        raise ImpossibleTotal(total, f"is no multiple of {scale.times}")
    return value.quantize(Decimal(1))


def _band_label(scale: Scale, value: Decimal) -> str | None:
    band = scale.band_of(value)
    return None if band is None else band.label
