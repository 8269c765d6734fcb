"""How an instrument is scored, as a clinician reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.measures.catalogue import Catalogue
from registry.measures.definition import load
from registry.measures.instrument import Instrument
from registry.measures.rules_in_words import of_instrument, of_scale

INVENTED = Path(__file__).parents[2] / "data" / "catalogue" / "branching.toml"


@pytest.fixture(scope="module")
def branching() -> Instrument:
    return load(INVENTED)


def test_a_sum_names_its_items_its_range_and_what_a_missing_item_does(phq9: Instrument) -> None:
    assert of_scale(phq9, phq9.primary_scale) == (
        "Sum of items 1 to 9.",
        "From 0 to 27; lower is better.",
        "A missing item withholds the score.",
    )


def test_a_form_says_what_may_stay_blank_and_what_alerts(phq9: Instrument) -> None:
    assert of_instrument(phq9) == (
        "Item 10 may stay blank.",
        "Item 10 is part of no score.",
        "Item 9 answered 1 or more raises a safety alert, whatever the total.",
    )


def test_a_form_says_what_is_not_asked_and_what_is_turned_round(branching: Instrument) -> None:
    assert of_instrument(branching) == (
        "With item 1 answered 0 or less, item 2 is not asked; it counts as answered 0.",
        "Of items 4a and 4b only one is answered.",
        "Item 3 is turned round: the best answer scores as the worst.",
        "Item 6 may stay blank.",
        "Item 6 is part of no score.",
        "Item 5 answered 2 or more raises a safety alert, whatever the total.",
    )


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        (
            "mean",
            (
                "Mean of items 1 to 3 and 5, times 10, rounded half up to one decimal.",
                "From 0 to 20; lower is better.",
                "One missing item may be made up for by the mean of the others, and the score is marked as prorated.",
            ),
        ),
        (
            "highest",
            (
                "Sum of items 1 and 4a to 5.",
                "Of items 4a to 5 only the highest counts.",
                "On this scale the answers to item 1 count otherwise: 0 as 0; 1 and 2 as 1.",
                "From 0 to 3; lower is better.",
                "A missing item withholds the score.",
            ),
        ),
        (
            "risk",
            (
                "The first of these levels that holds; there is no number.",
                "High: item 5 answered 2 or more, or items 1 and 2 all answered 2 or more.",
                "Some: at least 2 of items 1, 2 and 5 answered 1 or more.",
                "None: otherwise.",
                "A level is named only where no missing answer could make it another.",
            ),
        ),
    ],
)
def test_each_word_of_a_rule_becomes_a_sentence(branching: Instrument, scale: str, said: tuple[str, ...]) -> None:
    assert of_scale(branching, branching.scale(scale)) == said


def test_a_category_scale_lists_the_answers_of_each_category(housing: Instrument) -> None:
    said = of_scale(housing, housing.primary_scale)

    assert said[0] == "The answer to item 1 names the category; there is no number."
    assert any(sentence.startswith("Homeless: ") for sentence in said)
    assert said[-1].startswith("No category: ")


def test_every_scale_that_ships_is_said_in_whole_sentences(catalogue: Catalogue) -> None:
    for instrument in catalogue.versions():
        for scale in instrument.scales:
            said = of_scale(instrument, scale)
            assert said, f"{instrument.id}:{scale.id}"
            assert all(each.endswith(".") and each[0].isupper() for each in said), said
