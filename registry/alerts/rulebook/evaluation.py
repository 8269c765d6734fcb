"""The whole rulebook over one case: what is true, what one alert says for another, and when to look again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import (
    clozapine,
    consent,
    engage,
    health,
    legal,
    life,
    mania,
    measure,
    medication,
    medication_due,
    plan,
    psychosis,
    referral,
    review,
    safety,
    social,
    stay,
    target,
    transfer,
    treatment,
    unasked,
    worsening,
)
from registry.alerts.rulebook.evidence import JSON, Evidence
from registry.alerts.rulebook.finding import Finding, Rule, Tier
from registry.alerts.snapshot import CaseSnapshot

RULEBOOK: tuple[Rule, ...] = (
    *safety.RULES,
    unasked.UNKNOWN,
    *life.RULES,
    *stay.RULES,
    medication.CRITICAL,
    plan.SAFETY_PLAN,
    *mania.RULES,
    psychosis.PSYCHOSIS,
    worsening.RELAPSE,
    worsening.WORSE,
    medication.OUT_OF_RANGE,
    medication_due.DUE,
    target.OFF,
    target.EARLY,
    unasked.SCREEN_DUE,
    plan.SAFETY_PLAN_REVIEW,
    *referral.RULES,
    treatment.INERTIA,
    clozapine.QUESTION,
    *engage.RULES,
    consent.CONSENT_WITHDRAWN,
    *legal.RULES,
    *transfer.RULES,
    *social.RULES,
    *review.RULES,
    *measure.RULES,
    plan.RELAPSE_PLAN_REVIEW,
    health.GAP,
    plan.STEP_DOWN,
)
"""Every rule, in the order in which findings of one tier are told."""

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULEBOOK}
_ORDER: Mapping[str, int] = {rule.id: place for place, rule in enumerate(RULEBOOK)}

_SAID_BY: Mapping[str, str] = {"target.mania": "target.mixed", "safety.plan-review": "safety.plan"}
"""A finding that is one half of another, by rule, and the rule that says both halves."""

_ONE_CALL = frozenset({engage.FIRST_FOLLOW_UP, engage.NO_CONTACT})
"""Duties that the same two-way contact settles: one of them speaks for all.

Somebody else's duty is never among them: an undecided recommendation is the prescriber's, a due review the
psychiatrist's, and both are said beside it.
"""
_DONE_WITH_THE_CALL = frozenset({measure.MEASURE_DUE})
"""Reminders that a contact alert makes superfluous: whoever reaches the person does those too."""


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A finding that is true, and left unsaid because the alert ``by`` says it too or asks for the same call."""

    finding: Finding
    by: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All there is to say about a case today.

    ``findings`` are ranked: tier, then the rulebook's order, then the longest standing.
    ``settled`` has, by rule, why it is not true, where that is worth keeping on a closing alert.
    Until ``next_check_on`` only a write can change anything here but the counts in sentences.
    """

    findings: tuple[Finding, ...]
    next_check_on: date | None
    swallowed: tuple[Swallowed, ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)


def evaluate(case: CaseSnapshot, today: date, numbers: Numbers, *, rules: Iterable[Rule] = RULEBOOK) -> Evaluation:
    """What needs attention in ``case`` on the clinic's local ``today``, ranked.

    ``rules``, where not all are of interest, as ``with_speakers`` gives them.
    """
    verdicts = {rule.id: rule.verdict(case, today, numbers) for rule in rules}
    found = {id_: verdict.finding for id_, verdict in verdicts.items() if verdict.finding is not None}
    swallowed = _swallowed(found)
    unsaid = {each.finding.rule for each in swallowed}
    next_days = [verdict.next_check_on for verdict in verdicts.values() if verdict.next_check_on is not None]
    return Evaluation(
        findings=ranked(finding for id_, finding in found.items() if id_ not in unsaid),
        next_check_on=min(next_days, default=None),
        swallowed=swallowed,
        settled={id_: verdict.settled for id_, verdict in verdicts.items() if verdict.settled is not None},
    )


def with_speakers(ids: Collection[str]) -> tuple[Rule, ...]:
    """These rules and those that decide whether they are said: what is found of the first, among all, is found so."""
    speaking = {by for id_ in ids for by in _speakers(id_)}
    return tuple(rule for rule in RULEBOOK if rule.id in speaking or rule.id in ids)


def spoken_for_by(ids: Collection[str]) -> frozenset[str]:
    """The rules whose findings one of these may leave unsaid."""
    return frozenset(rule.id for rule in RULEBOOK if _speakers(rule.id) & frozenset(ids))


def _speakers(id_: str) -> frozenset[str]:
    """Whose findings decide whether those of this rule are said."""
    speaking = {_SAID_BY[id_]} if id_ in _SAID_BY else set()
    if id_ in _ONE_CALL | _DONE_WITH_THE_CALL:
        speaking |= _ONE_CALL
    if id_ in _DONE_WITH_THE_CALL:
        speaking |= {life.TRANSITION, engage.ATTEMPTS}
    return frozenset(speaking - {id_})


def _swallowed(found: Mapping[str, Finding]) -> tuple[Swallowed, ...]:
    """What is left unsaid because another finding says it as well, or asks for the same call."""
    halves = tuple(Swallowed(found[half], by) for half, by in _SAID_BY.items() if half in found and by in found)
    return (*halves, *_said_by_one_call(found))


def _said_by_one_call(found: Mapping[str, Finding]) -> tuple[Swallowed, ...]:
    """What asks for the same call as another finding.

    The most pressing speaks; of those that press alike the one for the most people, then the duty that came first.
    """
    calls = [found[id_] for id_ in _ONE_CALL & found.keys()]
    speaker = min(
        calls,
        key=lambda each: (each.tier.rank, -len(each.audience), each.since, _ORDER[each.rule]),
        default=found.get(life.TRANSITION) or found.get(engage.ATTEMPTS),
    )
    if speaker is None:
        return ()
    superfluous = (found[id_] for id_ in _DONE_WITH_THE_CALL & found.keys())
    unsaid = [
        *(each for each in calls if each is not speaker),
        *(each for each in superfluous if each.tier is Tier.REMINDER),
    ]
    return tuple(Swallowed(each, speaker.rule) for each in sorted(unsaid, key=lambda each: _ORDER[each.rule]))


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """``findings`` in the order they are told."""
    return tuple(sorted(findings, key=lambda each: (each.tier.rank, _ORDER[each.rule], each.since)))


def rule(id_: str) -> Rule:
    """The rule called ``id_``. Raises KeyError for an id the rulebook does not have."""
    return _BY_ID[id_]


def words(id_: str, evidence: Mapping[str, JSON], today: date) -> str:
    """The sentence of a stored finding with its counts as of ``today``, without checking the rule again.

    Raises KeyError for an unknown rule, or evidence that lacks what its sentence says.
    """
    return _BY_ID[id_].words(Evidence(evidence), today)


def is_news(id_: str, told: Mapping[str, JSON], now: Mapping[str, JSON]) -> bool:
    """Whether what the rule finds ``now`` is told again to who was ``told`` this, found by the same version of it.

    Raises KeyError for an unknown rule, or evidence that lacks what the rule compares.
    """
    compare = _BY_ID[id_].is_news
    return compare is not None and compare(Evidence(told), Evidence(now))


def rulebook_fingerprint() -> str:
    """Changes whenever a rule is added, removed or revised: the sign to check every case again."""
    return ",".join(f"{rule.id}:{rule.version}" for rule in RULEBOOK)
