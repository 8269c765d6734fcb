"""The answers of one administration: what may stand together, and what was not asked. Missing is never 0."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from registry.measures.criteria import Truth, holds_all
from registry.measures.instrument import Instrument, Skip


class Declined(Enum):
    """The person was asked and chose not to answer; not the same as a blank."""

    DECLINED = "declined"


DECLINED: Final = Declined.DECLINED

Answer: TypeAlias = int | Declined | None
"""The value of a choice, DECLINED, or None for unanswered."""


class ImpossibleAnswer(ValueError):
    """An answer the item does not offer, or an answer to an item the instrument does not have."""

    def __init__(self, item: str, value: object) -> None:
        super().__init__(f"{value!r} is not a possible answer to item {item}")
        self.item = item
        self.value = value


class ContradictoryAnswers(ValueError):
    """Answers that cannot stand together. ``item`` is the one to look at first."""

    def __init__(self, item: str, reason: str) -> None:
        super().__init__(reason)
        self.item = item


@dataclass(frozen=True, slots=True)
class Given:
    """What one administration says, by item, each tuple in the order of the form.

    ``values`` has every usable answer, those of items that were not asked included. ``missing`` items
    are blank or carry no information, and should have been answered.
    """

    values: Mapping[str, int]
    missing: tuple[str, ...]
    declined: tuple[str, ...]
    skipped: tuple[str, ...]


def read(instrument: Instrument, answers: Mapping[str, Answer]) -> Given:
    """Check what was given. An item absent from ``answers`` is unanswered.

    Raises:
        ImpossibleAnswer: an unknown item, or a value that is none of its choices.
        ContradictoryAnswers: two answers where one is asked for, or an answer to what was not asked.
    """
    values: dict[str, int] = {}
    declined: set[str] = set()
    usable = instrument.usable_values
    for item_id, answer in answers.items():
        offered = usable.get(item_id)
        if type(answer) is int and offered is not None and answer in offered:
            if offered[answer]:
                values[item_id] = answer
        elif offered is None or answer not in (None, DECLINED):
            raise ImpossibleAnswer(item_id, answer)
        elif answer is DECLINED:
            declined.add(item_id)
    if instrument.either_or:
        _refuse_both(instrument, values)
    skipped = _skip(instrument, values, declined) if instrument.skips else ()
    asked_for = instrument.asked_for
    if len(values) >= len(asked_for) and not declined and asked_for <= values.keys():
        return Given(values, (), (), skipped)
    spared = {item for group in instrument.either_or for item in group if any(each in values for each in group)}
    return Given(
        values,
        missing=tuple(
            item.id
            for item in instrument.items
            if item.id in asked_for and item.id not in values and item.id not in declined and item.id not in spared
        ),
        declined=tuple(item.id for item in instrument.items if item.id in declined),
        skipped=skipped,
    )


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


def with_unasked(instrument: Instrument, stored: Mapping[str, object]) -> Mapping[str, object]:
    """Answers as they are stored, and for what was not asked the answer it counts as.

    Answers that cannot stand together, stored past the program, skip nothing.
    """
    if not instrument.skips:
        return stored
    try:
        given = read(instrument, {item_id: answer_from_json(answer) for item_id, answer in stored.items()})
    except ValueError:
        return stored
    return {**stored, **{item_id: given.values[item_id] for item_id in given.skipped}}


def _refuse_both(instrument: Instrument, values: Mapping[str, int]) -> None:
    for group in instrument.either_or:
        both = [item_id for item_id in group if item_id in values]
        if len(both) > 1:
            numbers = _numbers(instrument, group)
            raise ContradictoryAnswers(both[1], f"Answer only one of items {numbers}: both have an answer")


def _skip(instrument: Instrument, values: dict[str, int], declined: set[str]) -> tuple[str, ...]:
    """Fill in what was not asked, in the order of the form, so that one branch may depend on another.

    Who declined an item was asked it, so it stays declined.
    """
    skipped: dict[str, None] = {}
    for skip in instrument.skips:
        if holds_all(skip.when, values) is not Truth.TRUE:
            continue
        for item_id in _unasked(instrument, skip, values):
            if item_id in declined:
                continue
            values[item_id] = skip.counts_as
            skipped[item_id] = None
    return tuple(skipped)


def _unasked(instrument: Instrument, skip: Skip, values: Mapping[str, int]) -> Iterator[str]:
    """The items of a branch that was not taken, those asked all the same aside where they may be.

    Raises ContradictoryAnswers where one has another answer that cannot be.
    """
    for item_id in skip.items:
        if item_id not in values:
            yield item_id
        elif values[item_id] != skip.counts_as and not skip.may_be_asked:
            number = instrument.item(item_id).number
            reason = _numbers(instrument, [each for condition in skip.when for each in condition.items])
            raise ContradictoryAnswers(
                item_id, f"Item {number} is not asked after this answer to item {reason}: correct one of them"
            )


def _numbers(instrument: Instrument, item_ids: list[str] | tuple[str, ...]) -> str:
    return ", ".join(instrument.item(item_id).number for item_id in item_ids)
