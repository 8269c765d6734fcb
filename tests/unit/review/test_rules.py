"""The life of a recommendation, and what a review's dates may be."""

from __future__ import annotations

from datetime import date

import pytest

from registry.review.rules import AWAITS_DOING, KINDS, OPEN, STATES, first_state, may_follow, wrong_with_dates

TODAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("kind", "is_ordered", "state"),
    [
        ("start", False, "proposed"),
        ("start", True, "ordered"),
        ("continue", False, "noted"),
        ("continue", True, "noted"),
    ],
)
def test_only_to_continue_asks_nobody(kind: str, is_ordered: bool, state: str) -> None:
    assert first_state(kind, is_ordered=is_ordered) == state
    assert ("noted" in OPEN, may_follow("noted")) == (False, frozenset())


@pytest.mark.parametrize("state", sorted(STATES))
def test_what_is_open_can_end_and_what_has_ended_stays(state: str) -> None:
    assert bool(may_follow(state)) is (state in OPEN)


def test_nothing_is_done_before_somebody_decided() -> None:
    assert "done" not in may_follow("proposed")
    assert all("done" in may_follow(state) for state in AWAITS_DOING)


@pytest.mark.parametrize(
    ("reviewed_on", "look_again_on", "is_wrong"),
    [
        (TODAY, None, False),
        (TODAY, date(2026, 3, 13), False),
        (date(2026, 3, 13), None, True),
        (TODAY, TODAY, True),
        (TODAY, date(2026, 3, 11), True),
    ],
)
def test_a_review_lies_in_the_past_and_the_next_one_after_it(
    reviewed_on: date, look_again_on: date | None, is_wrong: bool
) -> None:
    assert (wrong_with_dates(reviewed_on, look_again_on, today=TODAY) is not None) is is_wrong


def test_every_kind_has_words() -> None:
    assert all(KINDS.values())
