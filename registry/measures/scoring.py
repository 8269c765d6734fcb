"""Answers to scores, or the reason there is none. Missing is never 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, TypeAlias


class Declined(Enum):
    """The person was asked and chose not to answer; not the same as a blank."""

    DECLINED = "declined"


DECLINED: Final = Declined.DECLINED

Answer: TypeAlias = int | Declined | None
"""The value of a choice, DECLINED, or None for unanswered."""


class SafetyState(StrEnum):
    """What is known from a safety item."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"  # blank, declined, not assessed, or only a total was recorded


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """The state of one safety item; ``value`` is the answer, None where unknown."""

    item: str
    value: int | None
    state: SafetyState


@dataclass(frozen=True, slots=True)
class Score:
    """One scale's result. Either ``value`` or ``category`` is set, or ``why_withheld`` says why neither is.

    ``missing`` lists the scale's items without a usable answer, in the order of the form.
    """

    value: Decimal | None = None
    band: str | None = None
    prorated: bool = False
    missing: tuple[str, ...] = ()
    why_withheld: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """Everything one administration says: a score per scale, what is missing, and the safety items."""

    scores: Mapping[str, Score]
    missing: tuple[str, ...]
    declined: tuple[str, ...]
    safety: tuple[SafetyAnswer, ...]
