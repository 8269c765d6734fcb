"""What stands in the way of merging two records."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.merging.rules import SEEN_ELSEWHERE, Side, better_guess, give_way, obstacles
from registry.merging.tables import Rows, moved_tables, ties_of
from registry.merging.undoing import NOT_APART, Since, plan_return
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


MERGED = Since(datetime(2026, 3, 1, tzinfo=UTC))
SINCE = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000) << 80
"""Identifiers from here on were made a day later."""


def test_nothing_goes_back_where_a_row_would_have_to_be_in_both_records() -> None:
    """A question of the episode that goes was answered since by a review of the one that stays."""
    merge_id, goes, stays, question, review = (uuid.UUID(int=nth) for nth in range(5))
    moved = MergedRow(merge_id=merge_id, entity="episode", row_id=goes, is_moved=True, before={}, after={})
    standing: Rows = {name: {} for name in moved_tables()} | {
        "episode": {(each,): {"id": each, "clinic_id": HARBOR} for each in (goes, stays)},
        "review": {(review,): {"id": review, "episode_id": stays}},
        "review_question": {(question,): {"episode_id": goes, "answered_by_review_id": review}},
    }

    assert plan_return([moved], standing, MERGED).obstacles == (NOT_APART,)


def _merged(entity: str, row_id: uuid.UUID) -> MergedRow:
    return MergedRow(merge_id=uuid.UUID(int=9), entity=entity, row_id=row_id, is_moved=True, before={}, after={})


def test_the_episode_in_which_a_clinic_took_over_since_goes_with_whom_it_is_about() -> None:
    """And so does what that clinic entered, which knows the person only by the transfer."""
    moved, own = uuid.UUID(int=1), uuid.UUID(int=2)
    received, transfer, call = (uuid.UUID(int=SINCE + nth) for nth in range(3))
    standing: Rows = {name: {} for name in moved_tables()} | {
        "episode": {
            (moved,): {"clinic_id": HARBOR},
            (own,): {"clinic_id": HARBOR},
            (received,): {"clinic_id": MILL},
        },
        "transfer": {(transfer,): {"episode_id": moved, "received_episode_id": received, "to_clinic_id": MILL}},
        "contact": {(call,): {"clinic_id": MILL}},
    }
    standing["contact"][call,] |= {tie.column: None for tie in ties_of("contact")}

    going = plan_return([_merged("episode", moved)], standing, replace(MERGED, newcomers=frozenset({MILL})))

    assert going.obstacles == ()
    assert going.rows["episode"] == {(moved,), (received,)}
    assert going.rows["contact"] == {(call,)}
    stays = plan_return([_merged("episode", moved)], standing, MERGED)
    assert stays.rows["contact"] == frozenset(), "a clinic that knew the record before may mean either"


@pytest.mark.parametrize(
    ("typed_at", "said", "goes", "is_asked"),
    [
        ({MILL}, {}, True, False),
        ({HARBOR}, {}, False, False),
        ({HARBOR, MILL}, {}, False, True),
        (set(), {}, False, True),
        (set(), {True}, True, True),
        ({HARBOR, MILL}, {False}, False, True),
    ],
)
def test_a_phone_number_goes_to_whom_the_one_who_typed_it_knows_else_somebody_says(
    typed_at: set[uuid.UUID], said: set[bool], goes: bool, is_asked: bool
) -> None:
    phone = uuid.UUID(int=SINCE)
    let_in = MergedRow(entity="patient_clinic", row_id=MILL, is_moved=False, before={}, after={"why": "episode"})
    standing: Rows = {name: {} for name in moved_tables()} | {"contact_point": {(phone,): {}}}
    since = replace(
        MERGED,
        typed_at={phone: frozenset(typed_at)} if typed_at else {},
        said=dict.fromkeys([phone], *said) if said else {},
    )

    going = plan_return([let_in], standing, since)

    assert ((phone,) in going.rows["contact_point"], bool(going.asked)) == (goes, is_asked)


def test_what_is_being_timed_goes_where_its_clinic_cares_for_the_person() -> None:
    moved, own, one, another = (uuid.UUID(int=nth) for nth in range(1, 5))
    standing: Rows = {name: {} for name in moved_tables()} | {
        "episode": {(moved,): {"clinic_id": MILL}, (own,): {"clinic_id": HARBOR}},
        "timed_contact": {(one,): {"clinic_id": MILL}, (another,): {"clinic_id": HARBOR}},
    }

    assert plan_return([_merged("episode", moved)], standing, MERGED).rows["timed_contact"] == {(one,)}
