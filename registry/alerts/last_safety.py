"""The last word on a person's safety, of everything they and the team answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.alerts.snapshot import AnswerState, SafetyAnswer

POSITIVE, NEGATIVE, UNKNOWN = "positive", "negative", "unknown"


@dataclass(frozen=True, slots=True)
class LastSafety:
    """What the newest form that asks about safety says, and when a danger was last told of.

    ``state`` is unknown where the item was left blank, declined, or only a total is known: never a no. ``item`` names
    the item in words, and ``positive_item`` the one of ``positive_on``.
    """

    state: str
    item: str
    on: date
    positive_on: date | None
    positive_item: str | None


def last_safety(answers: Iterable[SafetyAnswer]) -> LastSafety | None:
    """None where nobody was ever asked. Of one day, the answer that calls for most."""
    answers = tuple(answers)
    last = max(answers, key=_weight, default=None)
    if last is None:
        return None
    danger = max((answer for answer in answers if answer.state is AnswerState.POSITIVE), key=_weight, default=None)
    return LastSafety(
        state=_state(last),
        item=_words(last),
        on=last.on,
        positive_on=None if danger is None else danger.on,
        positive_item=None if danger is None else _words(danger),
    )


def _weight(answer: SafetyAnswer) -> tuple[date, bool, bool, int, int, str]:
    """By day; a danger above what is not known, and that above a no; then by how pressing the item is."""
    is_open = not answer.state.is_answered
    is_positive = answer.state is AnswerState.POSITIVE
    return answer.on, is_positive, is_open, -answer.tier.rank, answer.nth, answer.item_id


def _state(answer: SafetyAnswer) -> str:
    if answer.state is AnswerState.POSITIVE:
        return POSITIVE
    return NEGATIVE if answer.state is AnswerState.NEGATIVE else UNKNOWN


def _words(answer: SafetyAnswer) -> str:
    return f"{answer.instrument} {answer.item}"
