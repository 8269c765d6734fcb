"""What may be asked of a colleague, and how it is answered. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

KINDS: Mapping[str, str] = {"task": "Something to do", "note": "For information"}

STATES: Mapping[str, str] = {"open": "Open", "done": "Done", "declined": "Declined", "withdrawn": "Taken back"}

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "task": {"done": "Done", "declined": "Cannot do it"},
    "note": {"done": "Read"},
}
"""By kind: what it can become, in the words of whoever answers."""

LATEST = timedelta(days=366)
"""Nobody remembers longer what was meant."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that nobody has answered: where it was sent, by when it is asked for, and whether the person died."""

    clinic_id: uuid.UUID
    due_on: date | None
    has_died: bool


def outcome(kind: str, state: str) -> str:
    """What became of it, in words: a note that is done has been read."""
    return "Read" if (kind, state) == ("note", "done") else STATES[state]


def needs_words(kind: str) -> bool:
    """Whether the answer has to say what was done, or why not: the one who asked sees nothing else."""
    return kind == "task"


def is_due(due_on: date | None, today: date) -> bool:
    """Whether it is asked for today, or the day by which it was asked for has passed."""
    return due_on is not None and due_on <= today


def is_late(due_on: date | None, today: date) -> bool:
    """Whether the day by which it was asked for has passed."""
    return due_on is not None and due_on < today
