"""A question, not an order: two antipsychotics tried properly, and still ill or in danger. Is clozapine an option?

All of it is consensus: silent until the clinic's psychiatrist signs for the numbers. What nobody wrote down about
adherence is not adherence; it is said. Injections that were given are known to have been taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.psychosis_facts import TriedAntipsychotic
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, count, listed, written
from registry.alerts.rulebook.psychosis import since_enrolment
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.snapshot import IN_CARE, AnswerState, CaseSnapshot
from registry.measures.course import days_fresh
from registry.measures.psychosis import JudgedAs
from registry.measures.scale import DangerKind

_ID = "treatment.clozapine-question"
_TRIALS, _DAYS, _PERCENT = f"{_ID}.trials", f"{_ID}.days", f"{_ID}.adherence"
_LEVEL = {JudgedAs.SYMPTOMS: f"{_ID}.symptom_level", JudgedAs.DOMAINS: f"{_ID}.domain_level"}
_RISK_APART, _RISK_WITHIN = f"{_ID}.risk_apart", f"{_ID}.risk_within"


def _question(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Enough antipsychotics given in full, and positive symptoms still moderate or suicide risk persistent.

    Silent where clozapine was ever tried: the question has been asked.
    """
    needed, tried = numbers.get(_TRIALS), case.treatment.antipsychotics
    if needed is None or phase_in_force(case.episode) not in IN_CARE or any(each.is_clozapine for each in tried):
        return None
    adequate = _adequate(tried, clock, numbers)
    if len(adequate) < needed:
        return None
    tried_by = sorted(adequate.values())[needed - 1]
    ill, risk = list(_still_ill(case, tried_by, clock, numbers)), _persistent_risk(case, clock, numbers)
    if not ill and risk is None:
        return None
    began = [*(on for on, _ in ill), *([] if risk is None else [risk[1]])]
    return Found(
        tier=Tier.ACTION,
        evidence={
            "tried": [_tried_facts(tried, substance) for substance in adequate],
            "unknown": sorted({each.name for each in tried if each.lowest is None and each.substance not in adequate}),
            "ratings": [facts for _, facts in ill],
            "risk": None if risk is None else [stored(day) for day in risk],
        },
        since=max(tried_by, min(began)),
    )


def _adequate(tried: Sequence[TriedAntipsychotic], clock: Clock, numbers: Numbers) -> dict[str, date]:
    """Each substance that was given long enough and taken, with the day from which it was.

    What follows without a day between is one time, tablets and then injections.
    """
    days, percent = numbers.get(_DAYS), numbers.get(_PERCENT)
    found: dict[str, date] = {}
    if days is None or percent is None:
        return found
    taken = [each for each in tried if each.lowest is not None and each.lowest >= percent]
    for substance in dict.fromkeys(each.substance for each in taken):
        for began_on, until in _times(each for each in taken if each.substance == substance):
            enough_on = began_on + timedelta(days=days)
            if (until is None or until >= enough_on) and clock.has_come(enough_on):
                found.setdefault(substance, enough_on)
    return found


def _times(taken: Iterable[TriedAntipsychotic]) -> list[tuple[date, date | None]]:
    """From when to when one substance was taken, earliest first; None while it goes on."""
    times: list[tuple[date, date | None]] = []
    for each in sorted(taken, key=lambda each: each.taken_from):
        until = times[-1][1] if times else None
        if times and (until is None or each.taken_from <= until + timedelta(days=1)):
            longer = None if until is None or each.taken_until is None else max(until, each.taken_until)
            times[-1] = (times[-1][0], longer)
        else:
            times.append((each.taken_from, each.taken_until))
    return times


def _tried_facts(tried: Sequence[TriedAntipsychotic], substance: str) -> dict[str, JSON]:
    """Of several times the one that was taken best."""
    best = max((each for each in tried if each.substance == substance), key=lambda each: each.lowest or 0)
    return {"name": best.name, "started_on": stored(best.started_on), "lowest": best.lowest}


def _still_ill(
    case: CaseSnapshot, since: date, clock: Clock, numbers: Numbers
) -> Iterator[tuple[date, dict[str, JSON]]]:
    """Positive symptoms at the level or above when they were rated last: since that day, and not too long ago."""
    for item in case.psychosis:
        level = numbers.get(_LEVEL[item.judged_as]) if item.judged_as in _LEVEL else None
        ratings = since_enrolment(case, item)
        if not item.is_positive or level is None or not ratings:
            continue
        if ratings[-1].value < level or ratings[-1].on < since:
            continue
        if not clock.has_come(ratings[-1].on + timedelta(days=days_fresh(item.cadence_days) + 1)):
            on = ratings[-1].on
            yield on, {"label": item.label, "latest": ratings[-1].value, "latest_on": stored(on)}


def _persistent_risk(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> tuple[date, date] | None:
    """The first and last day of answers that say danger to oneself, so far apart, none but such on the last day.

    What an earlier form had already, such as an attempt years ago, says nothing of now.
    """
    apart, within = numbers.get(_RISK_APART), numbers.get(_RISK_WITHIN)
    if apart is None or within is None:
        return None
    asked = [
        each
        for each in case.safety.answers
        if each.kind is DangerKind.SELF_HARM and not each.is_draft and each.state.is_answered and not each.tier_again
    ]
    recent = {each.on for each in asked if not clock.has_come(each.on + timedelta(days=within + 1))}
    days = sorted(each.on for each in asked if each.state is AnswerState.POSITIVE and each.on in recent)
    if not days or days[-1] < max(recent) or (days[-1] - days[0]).days < apart:
        return None
    return days[0], days[-1]


def _words(evidence: Evidence, today: date) -> str:
    tried, unknown = evidence.each("tried"), evidence.words("unknown")
    named = listed([f"{each.text('name')} ({each.whole('lowest')} % taken)" for each in tried])
    besides = f"; {listed(unknown)}: adherence not on record" if unknown else ""
    return (
        f"Is clozapine an option? {count(len(tried), 'antipsychotic')} tried in full, {named}{besides}; "
        f"{listed(list(_still(evidence, today)))}"
    )


def _still(evidence: Evidence, today: date) -> Iterator[str]:
    for each in evidence.each("ratings"):
        yield f"{each.text('label')} {each.whole('latest')} ({ago(each.day('latest_on'), today)})"
    if not evidence.is_none("risk"):
        first, last = (date.fromisoformat(each) for each in evidence.words("risk"))
        yield f"danger to oneself answered from {written(first)} to {written(last)}"


QUESTION = Rule(
    id=_ID,
    title="Is clozapine an option?",
    family=Family.TREATMENT,
    audience=(Audience.PSYCHIATRIST,),
    parameters=(_TRIALS, _DAYS, _PERCENT, *_LEVEL.values(), _RISK_APART, _RISK_WITHIN),
    source="Clinic consensus: silent until the clinic's psychiatrist signs for the numbers",
    check=_question,
    words=_words,
    version=3,
)
