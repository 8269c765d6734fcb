"""The dangers of a person nobody has dealt with yet, and how pressing each is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.loading.safety import PersonSafety
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import how_soon, is_entered_soon
from registry.alerts.snapshot import AnswerState, Ground, SafetyAnswer
from registry.measures.instrument import SafetyTier

_ONLY_TO_READ = len(SafetyTier)
"""The rank of an old answer entered late, behind every other."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A positive answer or a report. ``rank`` is 0 for the most pressing; the clinic is the one that recorded it."""

    ground: Ground
    rank: int
    recorded_at: datetime
    clinic_id: uuid.UUID
    is_report: bool = False


def open_dangers(safety: PersonSafety, numbers: NumbersInForce) -> list[Danger]:
    """The positive answers and reports no closed alert covers, in no order."""
    facts, dealt_with = safety.facts, safety.facts.dealt_with
    ranks = [
        (answer.ground, _rank(answer, facts.answers, numbers.at(safety.clinic_of[answer.id])), False)
        for answer in facts.answers
        if answer.state is AnswerState.POSITIVE
    ]
    ranks += [(report.ground, SafetyTier.URGENT.rank, True) for report in facts.reports]
    return [
        Danger(ground, rank, safety.recorded_at[ground[0]], safety.clinic_of[ground[0]], is_report)
        for ground, rank, is_report in ranks
        if ground not in dealt_with
    ]


def most_pressing(dangers: Iterable[Danger]) -> Danger | None:
    """The one whose clinic is in charge: the most pressing, of several the one recorded last."""
    return max(dangers, key=lambda danger: (-danger.rank, danger.recorded_at, danger.ground), default=None)


def asks_again(fresh: Collection[Ground], dangers: Sequence[Danger]) -> bool:
    """Whether somebody has to acknowledge once more: a report is always news, an answer unless a worse one stands."""
    new = [danger for danger in dangers if danger.ground in fresh]
    worst_known = min((danger.rank for danger in dangers if danger.ground not in fresh), default=_ONLY_TO_READ)
    return any(danger.is_report or danger.rank <= worst_known for danger in new)


def _rank(answer: SafetyAnswer, answers: Iterable[SafetyAnswer], numbers: Numbers) -> int:
    return how_soon(answer, answers).rank if is_entered_soon(answer, numbers) else _ONLY_TO_READ
