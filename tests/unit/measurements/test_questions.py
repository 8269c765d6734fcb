"""How the items of an instrument are asked: how their answers stand, and when one is not asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.measurements.presenters.questions import Layout, is_wide, layout_of, skip_hints
from registry.measures.catalogue import catalogue_at
from registry.measures.instrument import Choice, Instrument, Item, Skip
from registry.measures.scale import Condition
from tests.instruments import OWN_INSTRUMENTS

OUTINGS = catalogue_at(OWN_INSTRUMENTS).get("outings")
DAYS = catalogue_at(OWN_INSTRUMENTS).get("days")


def hint(instrument: Instrument, item_id: str, *skips: Skip) -> str:
    """What is said below an item when these branches are all there are."""
    return skip_hints(replace(instrument, skips=skips))[item_id]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(("2",), high=0), "item 2 is “No”"),
        (Condition(("1", "2"), low=1), "item 1 or 2 is “Yes”"),
        (Condition(("1", "2"), high=0, at_least=2), "items 1 and 2 are “No”"),
        (Condition(("1", "2", "3"), low=1, at_least=2), "at least 2 of items 1, 2 and 3 are “Yes”"),
        (Condition(("1",), low=0), "item 1 is “No” to “Yes”"),
    ],
)
def test_a_condition_is_said_in_the_words_of_the_form(condition: Condition, words: str) -> None:
    assert hint(OUTINGS, "6", Skip((condition,), ("6",), 0)) == f"Not asked if {words}"


def test_several_conditions_and_several_branches_are_all_said() -> None:
    first = Skip((Condition(("1",), high=0), Condition(("2",), high=0)), ("5",), 0)
    second = Skip((Condition(("4",), low=1),), ("5",), 0)

    assert hint(OUTINGS, "5", first, second) == (
        "Not asked if item 1 is “No”, and item 2 is “No”, or if item 4 is “Yes”"
    )


def test_a_number_is_said_without_quotation_marks() -> None:
    assert hint(DAYS, "hours", Skip((Condition(("days",), high=3),), ("hours",), 0)) == "Not asked if item 2 is 0 to 3"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["No", "Yes"], Layout.BOXES),
        (["Nearly every day"] * 7, Layout.BOXES),
        (["Among the most extremely ill of all"] * 3, Layout.LINES),
        (["Moderately ill, as far as can be seen"] * 7, Layout.LINES),
        ([str(number) for number in range(11)], Layout.LIST),
    ],
)
def test_long_answers_stand_below_each_other_and_many_in_a_list(labels: list[str], expected: Layout) -> None:
    choices = tuple(Choice(number, label, number) for number, label in enumerate(labels))

    assert layout_of(Item(id="1", number="1", text="", choices=choices)) is expected


def test_a_number_takes_no_width() -> None:
    only_numbers = replace(DAYS, items=tuple(item for item in DAYS.items if item.is_number))

    assert [layout_of(item) for item in only_numbers.items] == [Layout.NUMBER, Layout.NUMBER]
    assert not is_wide(only_numbers)
