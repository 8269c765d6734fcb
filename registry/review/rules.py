"""The life of a recommendation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

KINDS: Mapping[str, str] = {
    "change-dose": "Change dose",
    "start": "Start",
    "stop": "Stop",
    "lab": "Lab",
    "measure": "Measure",
    "therapy": "Therapy",
    "refer": "Refer",
    "see": "See directly",
    "continue": "Continue",
}

STATES: Mapping[str, str] = {
    "noted": "Nothing to decide",
    "proposed": "Proposed",
    "accepted": "Accepted",
    "modified": "Accepted with a change",
    "declined": "Declined",
    "ordered": "Ordered",
    "done": "Done",
}

AWAITS_DECISION = frozenset({"proposed"})
AWAITS_DOING = frozenset({"accepted", "modified", "ordered"})
OPEN = AWAITS_DECISION | AWAITS_DOING

_NEXT: Mapping[str, frozenset[str]] = {
    "proposed": frozenset({"accepted", "modified", "declined", "ordered"}),
    "accepted": frozenset({"done", "declined"}),
    "modified": frozenset({"done", "declined"}),
    "ordered": frozenset({"done", "declined"}),
    "noted": frozenset(),
    "declined": frozenset(),
    "done": frozenset(),
}

TREATMENT_CHANGES = frozenset({"change-dose", "start", "stop", "therapy"})
"""Kinds that count as a change of treatment once done."""


def may_follow(state: str) -> frozenset[str]:
    """The states that can come after ``state``."""
    return _NEXT[state]


def first_state(kind: str, *, is_ordered: bool) -> str:
    """The state a recommendation begins in. "Continue" asks nothing of anybody: it is noted, and waits for nobody."""
    if kind == "continue":
        return "noted"
    return "ordered" if is_ordered else "proposed"


LONGEST_MINUTES = 240
"""Of one case in one sitting."""


def wrong_with_dates(reviewed_on: date, look_again_on: date | None, *, today: date) -> str | None:
    """What is impossible about a review's dates, in words; ``None`` when nothing is."""
    if reviewed_on > today:
        return "A review cannot have happened in the future"
    if look_again_on is not None and look_again_on <= reviewed_on:
        return "The day to look again must come after the review"
    return None


_DOES: Mapping[str, str] = {
    "change-dose": "prescriber",
    "start": "prescriber",
    "stop": "prescriber",
    "lab": "prescriber",
    "measure": "care_manager",
    "therapy": "care_manager",
    "refer": "care_manager",
}


def who_does(kind: str) -> str | None:
    """The place in the team of whoever usually does what is recommended; ``None``: the whole team."""
    return _DOES.get(kind)
