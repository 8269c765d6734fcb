"""The course of one scale over one course of treatment: baseline, change, and one standing.

Holds only what a write changes. Whatever moves with the calendar (weeks in care, freshness) is
worked out at read time from the dates here and the clinic's local date.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Standing(StrEnum):
    """Where the latest score stands against the baseline and the target; the first that applies, in this order."""

    NO_BASELINE = "no baseline"
    AWAITING_FOLLOW_UP = "awaiting follow-up"
    AT_TARGET = "at target"
    RESPONDING = "responding"
    WORSE = "worse"
    IMPROVING = "improving"
    NOT_IMPROVING = "not improving"


@dataclass(frozen=True, slots=True)
class DatedScore:
    """A score on the local date of service."""

    on: date
    value: Decimal
    prorated: bool = False
    id: UUID | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The level treatment aims for. ``hold`` means best achievable for now: hold it there."""

    at_most: Decimal | None = None
    at_least: Decimal | None = None
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """What the scores of one treatment course amount to.

    ``change`` is latest minus baseline in points; ``percent`` the same over the baseline's distance
    from the scale's floor, both negative when the score fell. ``baseline_late_by`` is the number of
    days between the start of the course and a baseline taken after the baseline window, else None.
    """

    baseline: DatedScore | None
    baseline_late_by: int | None
    latest: DatedScore | None
    previous: DatedScore | None
    change: Decimal | None
    percent: Decimal | None
    best_confirmed: Decimal | None
    standing: Standing
    is_relapse: bool
    responded: bool
    in_remission: bool
    baseline_elevated: bool | None
    scores: tuple[DatedScore, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the latest score is. ``stale_from`` is the first day its standing reads unknown."""

    age_days: int | None
    is_stale: bool
    stale_from: date | None
