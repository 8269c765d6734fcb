"""Answers to scores, or the reason there is none. Missing is never 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, StrEnum
from typing import Final, TypeAlias

from registry.measures.instrument import Choice, Instrument, Item, Rule, Scale


class Declined(Enum):
    """The person was asked and chose not to answer; not the same as a blank."""

    DECLINED = "declined"


DECLINED: Final = Declined.DECLINED

Answer: TypeAlias = int | Declined | None
"""The value of a choice, DECLINED, or None for unanswered."""


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
    """Everything one administration says: a score per scale, what is missing, and the safety items."""

    scores: Mapping[str, Score]
    missing: tuple[str, ...]
    declined: tuple[str, ...]
    safety: tuple[SafetyAnswer, ...]


class ImpossibleAnswer(ValueError):
    """An answer the item does not offer, or an answer to an item the instrument does not have."""

    def __init__(self, item: str, value: object) -> None:
        super().__init__(f"{value!r} is not a possible answer to item {item}")
        self.item = item
        self.value = value


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
    """
    chosen = _choices_made(instrument, answers)
    declined = tuple(item.id for item in instrument.items if answers.get(item.id) is DECLINED)
    missing = tuple(
        item.id for item in instrument.items if not item.optional and item.id not in chosen and item.id not in declined
    )
    return Scoring(
        scores={scale.id: _score_scale(instrument, scale, chosen) for scale in instrument.scales},
        missing=missing,
        declined=declined,
        safety=tuple(_safety_answer(item, chosen.get(item.id)) for item in instrument.safety_items),
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


def check_declared(scoring: Scoring, declared: Decimal | int, *, scale_id: str | None = None) -> None:
    """Compare a total that came with the answers to what they add up to, on the first scale unless named.

    A withheld or prorated score proves nothing about the declared total and is not compared.

    Raises:
        ContradictedTotal: they differ.
    """
    scale_id = next(iter(scoring.scores)) if scale_id is None else scale_id
    computed = scoring.scores[scale_id]
    if computed.value is None or computed.prorated:
        return
    if computed.value != declared:
        raise ContradictedTotal(declared=Decimal(declared), computed=computed.value)


def format_value(value: Decimal) -> str:
    """A score as people write it: 14, 5.5, never 1E+1 or 14.0."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def answer_from_json(value: object) -> Answer:
    """Read an answer as stored: a whole number, null, or "declined". Raises ValueError for anything else."""
    if value is None:
        return None
    if value == DECLINED.value:
        return DECLINED
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is not an answer")


def answer_to_json(answer: Answer) -> int | str | None:
    """Write an answer as it is stored."""
    return answer.value if isinstance(answer, Declined) else answer


def _choices_made(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, Choice]:
    """The choice of each item that has a usable answer; every given answer is checked."""
    items = {item.id: item for item in instrument.items}
    chosen = {}
    for item_id, value in answers.items():
        if item_id not in items:
            raise ImpossibleAnswer(item_id, value)
        if value is None or value is DECLINED:
            continue
        choice = items[item_id].choice(value) if type(value) is int else None
        if choice is None:
            raise ImpossibleAnswer(item_id, value)
        if not choice.is_missing:
            chosen[item_id] = choice
    return chosen


def _score_scale(instrument: Instrument, scale: Scale, chosen: Mapping[str, Choice]) -> Score:
    missing = tuple(item_id for item_id in scale.items if item_id not in chosen)
    if scale.rule is Rule.CATEGORY:
        return _categorise(scale, chosen, missing)
    if missing and not _may_prorate(scale, missing):
        return Score(missing=missing, why_withheld=_missing_in_words(instrument, scale, missing))
    points = sum(
        instrument.item(item_id).points(choice) for item_id, choice in chosen.items() if item_id in scale.items
    )
    value = Decimal(points)
    if missing:
        answered = len(scale.items) - len(missing)
        value = (value * len(scale.items) / answered).quantize(Decimal(1), ROUND_HALF_UP)
    return Score(value=value, band=_band_label(scale, value), prorated=bool(missing), missing=missing)


def _categorise(scale: Scale, chosen: Mapping[str, Choice], missing: tuple[str, ...]) -> Score:
    if missing:
        return Score(missing=missing, why_withheld="there is no answer to classify")
    category = chosen[scale.items[0]].category
    if category is None:
        return Score(why_withheld="this answer belongs to no category")
    return Score(category=category)


def _may_prorate(scale: Scale, missing: tuple[str, ...]) -> bool:
    allowed = 0 if scale.prorating is None else scale.prorating.at_most_missing
    return len(missing) <= min(allowed, len(scale.items) - 1)


def _missing_in_words(instrument: Instrument, scale: Scale, missing: tuple[str, ...]) -> str:
    if len(missing) == len(scale.items):
        return "no item was answered"
    numbers = ", ".join(instrument.item(item_id).number for item_id in missing)
    return f"item {numbers} has no answer" if len(missing) == 1 else f"items {numbers} have no answer"


def _safety_answer(item: Item, choice: Choice | None) -> SafetyAnswer:
    if choice is None or item.safety_positive_from is None:
        return SafetyAnswer(item=item.id, value=None, state=SafetyState.UNKNOWN)
    positive = choice.value >= item.safety_positive_from
    return SafetyAnswer(
        item=item.id, value=choice.value, state=SafetyState.POSITIVE if positive else SafetyState.NEGATIVE
    )


def _possible_total(scale: Scale, total: Decimal | int) -> Decimal:
    if not scale.has_total or scale.minimum is None or scale.maximum is None:
        raise ImpossibleTotal(total, "cannot be recorded: this instrument has no total")
    value = Decimal(total)
    if not value.is_finite() or value != value.to_integral_value():
        raise ImpossibleTotal(total, "is not a whole number")
    if not scale.minimum <= value <= scale.maximum:
        bounds = f"{format_value(scale.minimum)} to {format_value(scale.maximum)}"
        raise ImpossibleTotal(total, f"is outside the range of {bounds}")
    return value.quantize(Decimal(1))


def _band_label(scale: Scale, value: Decimal) -> str | None:
    band = scale.band_of(value)
    return None if band is None else band.label
