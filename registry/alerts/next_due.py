"""When the next contact, measure, review and injection of a case fall due, by the rules that will say so. Pure.

The rules themselves are asked about a day so far ahead that everything has come: what they give as the first day of
their finding is the day it falls due. So a list and the alert that follows it cannot disagree, and a day that has
passed stays the day it was due. Of today depends only whether somebody still knows of a stay, during which most rests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import rule
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.finding import Found
from registry.alerts.rulebook.life import TRANSITION
from registry.alerts.rulebook.measure import MEASURE_DUE, measure_due_on
from registry.alerts.rulebook.medication import is_over
from registry.alerts.rulebook.suspension import Family, suspension
from registry.alerts.rulebook.whereabouts import resting_since
from registry.alerts.snapshot import IN_CARE, CaseSnapshot

CONTACT, MEASURE, REVIEW, INJECTION, PAUSE = "contact", "measure", "review", "injection", "pause"
"""What can fall due; the end of a pause is the day to resume care."""

_REVIEW_DUE = "review.due"
_FIRST_REVIEW_WITHIN = "review.due.alert_after"

_RULES: Mapping[str, str] = {
    "engage.referred": CONTACT,
    "engage.first-follow-up": CONTACT,
    "engage.no-contact": CONTACT,
    MEASURE_DUE: MEASURE,
    _REVIEW_DUE: REVIEW,
    "engage.pause-over": PAUSE,
}

_FAR_AHEAD = date(9000, 1, 1)


def due_days(case: CaseSnapshot, numbers: Numbers, today: date) -> dict[str, date]:
    """What falls due → the day. What a rule that is off, a pause, a stay or the phase does not ask for is left out."""
    found: dict[str, date] = {}
    for rule_id, kind in _RULES.items():
        day = _day_of(rule_id, case, numbers, today)
        if day is not None:
            found[kind] = min(day, found.get(kind, day))
    resumes_on = found.get(PAUSE)
    if resumes_on is not None:
        found = {kind: max(day, resumes_on) for kind, day in found.items()}
    left_on = _day_of(TRANSITION, case, numbers, today)  # no pause puts it off
    if left_on is not None:
        found[CONTACT] = min(left_on, found.get(CONTACT, left_on))
    injections = [] if _rests(case, numbers) else [each.due_on for each in case.treatment.injections]
    return {**found, INJECTION: min(injections)} if injections else found


def _rests(case: CaseSnapshot, numbers: Numbers) -> bool:
    """Whether nobody here answers for injections. A pause and a stay elsewhere move none: each has its day."""
    return is_over(case) or suspension(case, Clock(_FAR_AHEAD), numbers, family=Family.MEDICATION) is not None


def measure_days(case: CaseSnapshot, numbers: Numbers, today: date) -> dict[str, date]:
    """Key of a followed scale → the day it falls due; ``due_days`` gives the first of these.

    Nothing during a pause, or a stay elsewhere that somebody knows of ``today``.
    """
    if case.episode is None or case.episode.phase not in IN_CARE:
        return {}
    if resting_since(case.setbacks, Clock(today), numbers) is not None:
        return {}
    days = {each.key: measure_due_on(each, case.episode, numbers) for each in case.measures}
    return {key: day for key, day in days.items() if day is not None}


def _day_of(rule_id: str, case: CaseSnapshot, numbers: Numbers, today: date) -> date | None:
    asked, clock = rule(rule_id), Clock(_FAR_AHEAD)
    if suspension(case, clock, numbers, family=asked.family, stays=Clock(today)) is not None:
        return None
    found = asked.check(case, clock, numbers)
    if not isinstance(found, Found):
        return None
    # Whoever was never reviewed stands in the queue at once, and is due when the time for a first review is over.
    is_first_review = rule_id == _REVIEW_DUE and found.evidence["reviewed_on"] is None
    grace = numbers.get(_FIRST_REVIEW_WITHIN) if is_first_review else None
    return found.since + timedelta(days=grace or 0)
