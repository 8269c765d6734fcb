"""What a rule says: a finding, or none, and the next day its answer could change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence
from registry.alerts.rulebook.suspension import Family, suspension
from registry.alerts.rulebook.worse import IsNews
from registry.alerts.snapshot import CaseSnapshot


class Tier(StrEnum):
    """How soon somebody has to act, most pressing first."""

    URGENT = "urgent"  # today, and it escalates until somebody does
    ACTION = "action"  # somebody has something to do
    REMINDER = "reminder"  # due, not late
    QUEUE = "queue"  # waits in the psychiatrist's queue

    @property
    def rank(self) -> int:
        """0 for the most pressing."""
        return _RANKS[self]


_RANKS = {tier: rank for rank, tier in enumerate(Tier)}


class Audience(StrEnum):
    """Whose work a finding is: a part in the care team, the clinic's duty list, or the lead."""

    CARE_MANAGER = "care_manager"
    DUTY = "duty"
    PSYCHIATRIST = "psychiatrist"
    CLINICIAN = "clinician"
    CLINIC_LEAD = "clinic_lead"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is true of a case, with what it rests on.

    ``since`` is the day it became true. ``sentence`` is as of the day of the check; counts
    of days in it age, so lists print ``words(rule, evidence, today)`` instead. Until
    ``next_check_on`` nothing but a write can change tier, evidence or audience.
    """

    rule: str
    tier: Tier
    sentence: str
    evidence: Mapping[str, JSON]
    since: date
    next_check_on: date | None
    audience: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding or none.

    ``settled`` says why there is none, where a closing alert should say more than "no longer true".
    """

    finding: Finding | None
    next_check_on: date | None
    settled: str | None = None


_NOTHING = Verdict(None, None)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check returns when its rule is true. It is for the rule's whole audience unless it says otherwise."""

    tier: Tier
    evidence: Mapping[str, JSON]
    since: date
    audience: tuple[Audience, ...] | None = None


def found_together(
    facts: Sequence[tuple[date, Mapping[str, JSON]]], *, under: str, tier: Tier = Tier.ACTION
) -> Found | None:
    """One finding for all facts of a kind, each with the day it became true; None where there are none.

    They are stored ``under`` this name, and the finding is as old as the oldest.
    """
    if not facts:
        return None
    return Found(tier, {under: [each for _, each in facts]}, since=min(since for since, _ in facts))


@dataclass(frozen=True, slots=True)
class Settled:
    """What a check returns when its rule is not true and the reason is worth keeping."""

    because: str


Check = Callable[[CaseSnapshot, Clock, Numbers], Found | Settled | None]
"""Decides a rule. Sees time only through the clock."""

Claim = Callable[[Evidence], bool]
"""Something that is true of a finding, or not, by its evidence."""

Words = Callable[[Evidence, date], str]
"""Puts a rule's evidence into one sentence as of a day."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the rulebook. ``version`` goes up whenever ``check`` or the evidence changes its meaning.

    ``parameters`` are the ids of the numbers it reads; ``audience`` everyone it can be for. ``is_news`` says when a
    finding that goes on is told again, besides when it becomes more pressing; None: never. ``ends_with`` says in words
    what alone ends its alerts: nobody closes them or puts them off; empty where people may. ``must_be_heard``: an
    action nobody acknowledges within the clinic's working days is told to the lead, as one about safety is; where only
    some of what a rule tells has to be heard, the claim about its evidence that says which.
    ``rests_for`` names the number of days for which what a person closed is not told again; None: as long as it could
    have waited. ``waits`` says of its evidence for how many days it may be put off, or rests once closed, where that is
    fewer.
    """

    id: str
    title: str
    family: Family
    audience: tuple[Audience, ...]
    parameters: tuple[str, ...]
    source: str
    check: Check
    words: Words
    is_news: IsNews | None = None
    version: int = 1
    ends_with: str = ""
    must_be_heard: bool | Claim = False
    rests_for: str | None = None
    waits: Callable[[Evidence], int | None] | None = None

    def days_at_most(self, days: int, evidence: Mapping[str, JSON]) -> int:
        """``days``, or fewer where something in this evidence does not wait so long."""
        most = None if self.waits is None else self.waits(Evidence(evidence))
        return days if most is None else min(days, most)

    def has_to_be_heard(self, evidence: Mapping[str, JSON]) -> bool:
        """Whether the lead is told of an action with this evidence that nobody takes up."""
        return self.must_be_heard if isinstance(self.must_be_heard, bool) else self.must_be_heard(Evidence(evidence))

    def verdict(self, case: CaseSnapshot, today: date, numbers: Numbers) -> Verdict:
        """What this rule says of ``case`` on the clinic's local ``today``."""
        clock = Clock(today)
        resting = suspension(case, clock, numbers, family=self.family)
        outcome = Settled(resting) if resting is not None else self.check(case, clock, numbers)
        if outcome is None and clock.next_check_on is None:
            return _NOTHING
        if not isinstance(outcome, Found):
            return Verdict(None, clock.next_check_on, None if outcome is None else outcome.because)
        finding = Finding(
            rule=self.id,
            tier=outcome.tier,
            sentence=self.words(Evidence(outcome.evidence), today),
            evidence=outcome.evidence,
            since=outcome.since,
            next_check_on=clock.next_check_on,
            audience=self.audience if outcome.audience is None else outcome.audience,
            version=self.version,
        )
        return Verdict(finding, clock.next_check_on)
