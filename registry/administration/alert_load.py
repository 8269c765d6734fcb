"""How much a clinic's rules ask of it, and what becomes of what they ask: the arithmetic. Pure.

A *new reason* is something nobody had been told before: an alert that opens, or one that becomes more pressing or is
added to. What a person closed while it was still true and is told once more is counted apart, and so is what only
rested while another alert spoke for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from registry.alerts.rulebook import Tier

WEEKS = 13
"""How far back the load is counted: a quarter."""

CASELOAD = 70
"""Patients of one care manager; urgent reasons are told for a week of so many."""

MOST_A_PATIENT_WEEK = Decimal("0.4")
MOST_URGENT_A_WEEK = Decimal(3)
"""For ``CASELOAD`` patients. Both are goals of this program, chosen so that one care manager can keep up."""

FEW_PATIENT_WEEKS = CASELOAD
"""Of fewer patient-weeks than one week of a full caseload no rate is printed: one reason would move it too far."""

FEW_REASONS = 10
"""Of fewer reasons no share is printed."""


class Fate(StrEnum):
    """What became of a reason; the first that holds, so that the fates add up to the reasons."""

    ACTED = "acted"  # somebody noted what was done, or closed it with an outcome that says so
    DISMISSED = "dismissed"  # a person closed it as no concern or as an error, and did nothing else
    PUT_OFF = "put-off"  # snoozed, and nothing else by a person
    BY_ITSELF = "by-itself"  # it stopped being true, for instance because the contact was made
    OPEN = "open"  # nobody has done anything yet


PASSED_OVER = (Fate.PUT_OFF, Fate.DISMISSED)


@dataclass(frozen=True, slots=True)
class Told:
    """How many times a rule told something at a tier that met one fate. ``is_again``: nothing new in it."""

    rule: str
    tier: Tier
    fate: Fate
    is_again: bool
    number: int
    snoozed: int = 0
    """How many of them somebody put off, whatever else was done."""


@dataclass(frozen=True, slots=True)
class RuleLoad:
    """What one rule asked at one tier."""

    rule: str
    tier: Tier
    fates: Mapping[Fate, int]
    again: int
    snoozed: int
    """How many of the new reasons somebody put off, whatever else was done."""
    a_patient_week: Decimal | None
    """New reasons a patient-week, two decimals; None of few patient-weeks."""

    @property
    def new(self) -> int:
        return sum(self.fates.values())

    @property
    def passed_over(self) -> int:
        """How many people put off or closed, and did nothing else about: what makes a rule noise."""
        return sum(self.fates[each] for each in PASSED_OVER)

    @property
    def passed_over_percent(self) -> int | None:
        """Their share of the reasons that are not simply open; None of few. What closed by itself may be work done."""
        decided = self.new - self.fates[Fate.OPEN]
        return None if decided < FEW_REASONS else int(_ratio(self.passed_over * 100, decided, "1"))


@dataclass(frozen=True, slots=True)
class AlertLoad:
    """What all rules asked of a clinic. Places in the review queue are listed, and no part of the rates."""

    rules: Sequence[RuleLoad]
    patient_days: int

    @property
    def patient_weeks(self) -> int:
        return int(_ratio(self.patient_days, 7, "1"))

    @property
    def new(self) -> int:
        return sum(each.new for each in self.rules if each.tier is not Tier.QUEUE)

    @property
    def urgent(self) -> int:
        return sum(each.new for each in self.rules if each.tier is Tier.URGENT)

    @property
    def a_patient_week(self) -> Decimal | None:
        """New reasons a patient-week, two decimals; None of few patient-weeks."""
        return _rate(self.new, self.patient_days, "0.01")

    @property
    def urgent_a_week(self) -> Decimal | None:
        """Urgent reasons a week for ``CASELOAD`` patients, one decimal; None of few patient-weeks."""
        return _rate(self.urgent * CASELOAD, self.patient_days, "0.1")

    def of(self, fate: Fate) -> int:
        """The new reasons that met this fate, places in the queue left out."""
        return sum(each.fates[fate] for each in self.rules if each.tier is not Tier.QUEUE)


def alert_load(told: Iterable[Told], *, patient_days: int) -> AlertLoad:
    """The load from its counts, the rule that asked most first and the review queue last.

    ``patient_days``: days with an open episode, added up.

    Raises ``ValueError`` for a negative number.
    """
    if patient_days < 0:
        raise ValueError("patient-days are counted, and not below 0")
    fates: dict[tuple[str, Tier], dict[Fate, int]] = {}
    again: dict[tuple[str, Tier], int] = {}
    snoozed: dict[tuple[str, Tier], int] = {}
    for each in told:
        if each.number < 0:
            raise ValueError(f"{each.rule} told something {each.number} times")
        key = each.rule, each.tier
        met = fates.setdefault(key, dict.fromkeys(Fate, 0))
        again.setdefault(key, 0)
        snoozed.setdefault(key, 0)
        if each.is_again:
            again[key] += each.number
        else:
            met[each.fate] += each.number
            snoozed[key] += each.snoozed
    rules = [
        RuleLoad(
            rule, tier, met, again[rule, tier], snoozed[rule, tier], _rate(sum(met.values()), patient_days, "0.01")
        )
        for (rule, tier), met in fates.items()
    ]
    return AlertLoad(sorted(rules, key=_order), patient_days)


def _order(load: RuleLoad) -> tuple[bool, int, int, str]:
    return load.tier is Tier.QUEUE, -load.new, load.tier.rank, load.rule


def _rate(number: int, patient_days: int, step: str) -> Decimal | None:
    return None if patient_days < FEW_PATIENT_WEEKS * 7 else _ratio(number * 7, patient_days, step)


def _ratio(number: int, of: int, step: str) -> Decimal:
    return (Decimal(number) / of).quantize(Decimal(step), ROUND_HALF_UP)
