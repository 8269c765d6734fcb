"""What stands in the way of merging two records."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.merging.rules import SEEN_ELSEWHERE, Side, better_guess, give_way, obstacles
from registry.merging.tables import Rows, moved_tables
from registry.merging.undoing import NOT_APART, plan_return
from registry.patients.models import MergedRow

HARBOR, MILL, MARIA = (uuid.UUID(int=number) for number in (1, 2, 3))
BOTH = frozenset({HARBOR, MILL})
NAMES = {HARBOR: "Harbor", MILL: "Mill", MARIA: "Maria Santos"}


def _side(**facts: Any) -> Side:
    nothing: dict[str, Any] = {
        "mrn": "A",
        "died_on": None,
        "open_at": frozenset(),
        "has_legal_status": False,
        "drafts_of": frozenset(),
        "seen_by": {HARBOR: "episode"},
    }
    return Side(**nothing | facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"open_at": frozenset({HARBOR})}, "Both records have an open episode at Harbor."),
        ({"has_legal_status": True}, "Both records have a legal status in force."),
        ({"drafts_of": frozenset({MARIA})}, "Maria Santos has begun to write down a contact on both records."),
    ],
)
def test_what_there_can_be_one_of_only_stands_in_the_way_on_both(facts: dict[str, Any], words: str) -> None:
    assert [each.words for each in obstacles(_side(**facts), _side(**facts), NAMES, led=BOTH)] == [words]
    assert obstacles(_side(**facts), _side(), NAMES, led=BOTH) == ()


def test_a_death_on_one_record_only_is_cleared_up_first() -> None:
    (found,) = obstacles(_side(died_on=date(2026, 3, 1)), _side(), NAMES, led=BOTH)

    assert found.remedy.startswith("Record the death on the other record")


@pytest.mark.parametrize(
    ("why", "may_see"),
    [("episode", True), ("transfer", False), ("share", True), ("registered", False), ("break-glass", False)],
)
def test_a_clinic_without_care_comes_to_see_nothing_by_a_merge(why: str, may_see: bool) -> None:
    other = _side(mrn="B", seen_by={MILL: why})

    assert (obstacles(_side(), other, NAMES, led=BOTH) == ()) is may_see


def test_a_clinic_asked_to_take_over_somebody_in_its_care_already_answers_first() -> None:
    asked = _side(mrn="B", seen_by={HARBOR: "transfer"})

    (found,) = obstacles(_side(), asked, NAMES, led=BOTH)

    assert found.remedy == "Answer the transfer first."


def test_who_does_not_lead_every_clinic_that_sees_either_record_merges_nothing_and_learns_no_name() -> None:
    other = _side(mrn="B", seen_by={MILL: "episode"}, drafts_of=frozenset({MARIA}))

    assert obstacles(_side(drafts_of=frozenset({MARIA})), other, NAMES, led={HARBOR}) == (SEEN_ELSEWHERE,)


def test_the_value_that_says_something_is_offered_first() -> None:
    assert [better_guess("", "x"), better_guess("x", "y"), better_guess("unknown", ["en"]), better_guess("", "")] == [
        "other",
        "kept",
        "other",
        "kept",
    ]


def test_a_primary_payer_gives_way_on_the_days_they_share() -> None:
    until_june = (date(2026, 1, 1), date(2026, 6, 30))

    assert give_way([until_june], (date(2026, 6, 30), None))
    assert not give_way([until_june], (date(2026, 7, 1), None))


def test_nothing_goes_back_where_a_row_would_have_to_be_in_both_records() -> None:
    """A question of the episode that goes was answered since by a review of the one that stays."""
    merge_id, goes, stays, question, review = (uuid.UUID(int=nth) for nth in range(5))
    moved = MergedRow(merge_id=merge_id, entity="episode", row_id=goes, is_moved=True, before={}, after={})
    standing: Rows = {name: {} for name in moved_tables()} | {
        "episode": {(each,): {"id": each, "clinic_id": HARBOR} for each in (goes, stays)},
        "review": {(review,): {"id": review, "episode_id": stays}},
        "review_question": {(question,): {"episode_id": goes, "answered_by_review_id": review}},
    }

    assert plan_return([moved], standing, merged_at=datetime(2026, 3, 1, tzinfo=UTC)).obstacles == (NOT_APART,)
