"""Somebody was referred, and nobody of the clinic has spoken with them yet.

Off until a clinic adopts the days: how soon is a clinician's judgement.
"""

from collections.abc import Collection
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Settled, Tier
from registry.alerts.rulebook.phrases import ago, count, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot, Phase

REFERRED = "engage.referred"

_URGENT = f"{REFERRED}.urgent"
_ROUTINE = f"{REFERRED}.routine"
_SATURDAY = 5


def working_days_after(day: date, number: int, closed_on: Collection[date] = ()) -> date:
    """The ``number``-th Monday to Friday after ``day`` on which the clinic is not closed.

    >>> working_days_after(date(2026, 3, 12), 1), working_days_after(date(2026, 3, 13), 1)
    (datetime.date(2026, 3, 13), datetime.date(2026, 3, 16))
    """
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < _SATURDAY and day not in closed_on
    return day


def _referred(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | Settled | None:
    """No two-way treatment contact since the referral, on the last working day on which it is due."""
    episode = case.episode
    if episode is None or episode.referred_on is None:
        return None
    referred_on = episode.referred_on
    if episode.phase is not Phase.REFERRED:
        return None if episode.enrolled_on is None else Settled(f"Enrolled on {written(episode.enrolled_on)}")
    allowed = numbers.get(_URGENT if episode.is_urgent else _ROUTINE)
    if allowed is None:
        return None
    first_on = min((day for day in case.contacts.two_way_on if day >= referred_on), default=None)
    if first_on is not None:
        return Settled(f"First two-way contact on {written(first_on)}")
    due_on = working_days_after(referred_on, allowed, episode.clinic_closed_on)
    if not clock.has_come(due_on):
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={
            "referred_on": stored(referred_on),
            "due_on": stored(due_on),
            "is_urgent": episode.is_urgent,
            "attempts": sum(day >= referred_on for day in case.contacts.attempts_on),
        },
        since=due_on,
    )


def _referred_words(evidence: Evidence, today: date) -> str:
    referred_on, due_on = evidence.day("referred_on"), evidence.day("due_on")
    how = "urgently" if evidence.flag("is_urgent") else "routinely"
    verb = "was due" if today > due_on else "due"
    attempts = evidence.whole("attempts")
    tried = f"; {count(attempts, 'attempt')} since" if attempts else ""
    return (
        f"Referred {how} {ago(referred_on, today)} ({written(referred_on)}) and not yet spoken with; "
        f"{verb} by {written(due_on)}{tried}"
    )


RULES = (
    Rule(
        id=REFERRED,
        title="Referred, not yet contacted",
        family=Family.ENGAGE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_URGENT, _ROUTINE),
        source="A clinician's judgement: contact in 1 working day after an urgent referral, in 10 after a routine one",
        check=_referred,
        words=_referred_words,
        must_be_heard=True,
    ),
)
