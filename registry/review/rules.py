"""The life of a recommendation. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
    "declined": frozenset(),
    "done": frozenset(),
}

TREATMENT_CHANGES = frozenset({"change-dose", "start", "stop", "therapy"})
"""Kinds that count as a change of treatment once done."""


def may_follow(state: str) -> frozenset[str]:
    """The states that can come after ``state``."""
    return _NEXT[state]


def needs_decision(kind: str) -> bool:
    """ "Continue" asks nothing of anybody; everything else waits for a decision."""
    return kind != "continue"
