"""The items of an instrument as the form asks them: in the order of the paper, with what is not asked, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Condition

if TYPE_CHECKING:
    from registry.measurements.answer_fields import ItemField
    from registry.measurements.forms import MeasureForm

FEW_CHOICES = 9
"""More answers than digits are a list to choose from."""

NARROW_CHOICES = 5
"""More answers than these stand below the question rather than beside it."""

LONGEST_BESIDE = 30
"""Characters of an answer that still stands in a box beside the others; of many answers, fewer."""

LONGEST_BESIDE_MANY = 20

FEWEST_ALIKE = 4
"""Items that share their answers, before these are worth a key of their own."""


class Layout(StrEnum):
    """How the answers to one item stand."""

    BOXES = "boxes"  # side by side
    LINES = "lines"  # below each other, since their words are long
    LIST = "list"  # below each other, too many for digits
    NUMBER = "number"  # written as digits


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the paper has it. ``bounds`` of a number: "0 to 30"; ``is_alike``: its answers stand in the key."""

    field: ItemField
    id: str
    number: str
    text: str
    is_safety: bool
    layout: Layout
    hint: str
    bounds: str
    hides_blank: bool
    is_alike: bool = False

    @property
    def is_number(self) -> bool:
        return self.layout is Layout.NUMBER


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that stand together. ``caption``: what to know of them, such as that one is to be answered."""

    caption: str
    questions: Sequence[Question]


def question_groups(form: MeasureForm) -> tuple[QuestionGroup, ...]:
    """Every item, those of which one is to be answered together with a word that says so."""
    instrument = form.instrument
    hints, alike = skip_hints(instrument), answers_alike(instrument)
    partners = {item_id: group for group in instrument.either_or for item_id in group}
    questions = [
        Question(
            field=field,
            id=item.id,
            number=item.number,
            text=item.label,
            is_safety=item.is_safety_item,
            layout=layout_of(item),
            hint=hints.get(item.id, ""),
            bounds=f"{item.choices[0].value} to {item.choices[-1].value}" if item.is_number else "",
            hides_blank=not form.may_clear,
            is_alike=bool(alike) and _answers_of(item) == alike,
        )
        for item, field in form.items
    ]
    return tuple(
        QuestionGroup(_one_of(instrument, partners_of), tuple(together))
        for partners_of, together in groupby(questions, key=lambda each: partners.get(each.id, ()))
    )


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """What a digit means wherever it stands."""

    digit: str
    words: str


def answers_alike(instrument: Instrument) -> tuple[KeyedAnswer, ...]:
    """The answers most items share, to be said once where there is little room; none where too few do."""
    sets = Counter(_answers_of(item) for item in instrument.items if layout_of(item) is Layout.BOXES)
    shared, items = sets.most_common(1)[0] if sets else ((), 0)
    return shared if items >= FEWEST_ALIKE and items * 2 > len(instrument.items) else ()


def _answers_of(item: Item) -> tuple[KeyedAnswer, ...]:
    return tuple(KeyedAnswer(str(choice.value), choice.label) for choice in item.choices)


def layout_of(item: Item) -> Layout:
    """How its answers stand: by how many they are, and how long."""
    if item.is_number:
        return Layout.NUMBER
    if len(item.choices) > FEW_CHOICES:
        return Layout.LIST
    longest = max(len(choice.label) for choice in item.choices)
    room = LONGEST_BESIDE if len(item.choices) <= NARROW_CHOICES else LONGEST_BESIDE_MANY
    return Layout.BOXES if longest <= room else Layout.LINES


def is_wide(instrument: Instrument) -> bool:
    """Whether the answers need the whole width."""
    return any(len(item.choices) > NARROW_CHOICES for item in instrument.items if layout_of(item) is not Layout.NUMBER)


def _one_of(instrument: Instrument, group: Sequence[str]) -> str:
    return f"Answer one of items {_numbers(instrument, group, 'and')}" if group else ""


def skip_hints(instrument: Instrument) -> Mapping[str, str]:
    """Item → when it is not asked, or may stay blank: "Not asked if item 2 is “No”"."""
    hints: dict[str, dict[str, list[str]]] = {}
    for skip in instrument.skips:
        words = ", and ".join(_condition_words(instrument, condition) for condition in skip.when)
        how = "may be left blank" if skip.may_be_asked else "not asked"
        for item_id in skip.items:
            hints.setdefault(item_id, {}).setdefault(how, []).append(words)
    return {item_id: _hint_words(ways) for item_id, ways in hints.items()}


def _hint_words(ways: Mapping[str, Sequence[str]]) -> str:
    words = "; ".join(f"{how} if {', or if '.join(reasons)}" for how, reasons in ways.items())
    return words[:1].upper() + words[1:]


def _condition_words(instrument: Instrument, condition: Condition) -> str:
    """ "item 2 is “No”", "item 1 or 2 is 0 to 3", "at least 2 of items 1, 2 and 3 are “Yes”"."""
    answers = _answers_in_words(instrument.item(condition.items[0]), condition)
    if len(condition.items) == 1:
        return f"item {_numbers(instrument, condition.items)} is {answers}"
    if condition.at_least == 1:
        return f"item {_numbers(instrument, condition.items, 'or')} is {answers}"
    items = f"items {_numbers(instrument, condition.items, 'and')}"
    if condition.at_least == len(condition.items):
        return f"{items} are {answers}"
    return f"at least {condition.at_least} of {items} are {answers}"


def _answers_in_words(item: Item, condition: Condition) -> str:
    meant = [choice for choice in item.choices if not choice.is_missing and condition.is_met_by(choice.value)]
    first, last = meant[0], meant[-1]
    if item.is_number:
        return first.label if first is last else f"{first.label} to {last.label}"
    return f"“{first.label}”" if first is last else f"“{first.label}” to “{last.label}”"


def _numbers(instrument: Instrument, item_ids: Sequence[str], joined_by: str = "") -> str:
    numbers = [instrument.item(item_id).number for item_id in item_ids]
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} {joined_by} {numbers[-1]}"
