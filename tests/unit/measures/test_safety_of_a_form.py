"""What a form that asks several questions about safety says of each, and of those that were not asked."""

import pytest

from registry.measures.answers import with_unasked
from registry.measures.catalogue import Catalogue
from registry.measures.instrument import SafetyTier

IMMEDIATE, URGENT, ACTION = SafetyTier.IMMEDIATE, SafetyTier.URGENT, SafetyTier.ACTION


def test_a_tier_is_urgent_unless_the_file_says_otherwise(catalogue: Catalogue) -> None:
    assert {item.id: item.safety_tier for item in catalogue.get("phq-9").safety_items} == {"9": URGENT}
    assert [tier.rank for tier in (IMMEDIATE, URGENT, ACTION)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("instrument", "tiers"),
    [
        (
            "c-ssrs-screener",
            {"1": ACTION, "2": ACTION, "3": URGENT, "4": IMMEDIATE, "5": IMMEDIATE, "6": URGENT, "6a": IMMEDIATE},
        ),
        (
            "c-ssrs-since-last-contact",
            {"1": ACTION, "2": ACTION, "3": URGENT, "4": IMMEDIATE, "5": IMMEDIATE, "6": IMMEDIATE},
        ),
    ],
)
def test_every_question_of_the_c_ssrs_alerts_and_says_what_it_calls_for(
    catalogue: Catalogue, instrument: str, tiers: dict[str, SafetyTier]
) -> None:
    items = catalogue.get(instrument).safety_items

    assert {item.id: item.safety_tier for item in items} == tiers
    assert [item.id for item in catalogue.get(instrument).items] == list(tiers)
    assert all(item.safety_positive_from == 1 and item.safety_calls_for for item in items)


def test_what_was_not_asked_is_answered(catalogue: Catalogue) -> None:
    screener = catalogue.get("c-ssrs-screener")

    assert with_unasked(screener, {"1": 0, "2": 0, "4": None, "6": "declined"}) == {
        "1": 0,
        "2": 0,
        "3": 0,
        "4": 0,
        "5": 0,
        "6": "declined",
    }


@pytest.mark.parametrize("stored", [{"2": 0, "4": 1}, {"2": 0, "6": 7}, {"2": 0, "6": "yes"}, {"2": 0, "x": 1}])
def test_answers_that_cannot_be_skip_nothing(catalogue: Catalogue, stored: dict[str, object]) -> None:
    assert with_unasked(catalogue.get("c-ssrs-screener"), stored) == stored


def test_a_form_without_branches_is_as_it_is_stored(catalogue: Catalogue) -> None:
    stored: dict[str, object] = {"9": None}

    assert with_unasked(catalogue.get("phq-9"), stored) is stored
