"""The yearly physical check of people with severe mental illness: how much of it was done."""

from collections.abc import Mapping
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.monitoring import last_done
from registry.alerts.rulebook.phrases import listed, uncapitalised
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.snapshot import IN_CARE, CaseSnapshot
from registry.physical.catalogue import catalogue

AFTER = "health.gap.after"
WITHIN = "health.gap.within"


def yearly_until(physical: PhysicalFacts, numbers: Numbers) -> Mapping[str, date]:
    """Key of each part of the yearly check that was ever done → the last day on which that counts.

    By the number as shipped where a clinic has switched the rule off: a year stays a year.
    """
    within = timedelta(days=numbers.get(WITHIN) or numbers.parameters[WITHIN].number)
    done = {each.key: last_done(each, physical) for each in catalogue().yearly}
    return {key: last_on + within for key, last_on in done.items() if last_on is not None}


def _gap(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """From a quarter of a year of care on, a part of the check was not done within the year."""
    after = numbers.get(AFTER)
    if after is None or numbers.get(WITHIN) is None or phase_in_force(case.episode) not in IN_CARE:
        return None
    if case.episode is None or case.episode.enrolled_on is None:
        return None
    asked_from = case.episode.enrolled_on + timedelta(days=after)
    if not clock.has_come(asked_from):
        return None
    parts, until = catalogue().yearly, yearly_until(case.physical, numbers)
    lapsed = {}
    for part in parts:
        lapses_on = until[part.key] + timedelta(days=1) if part.key in until else asked_from
        if clock.has_come(lapses_on):
            lapsed[part.name] = lapses_on
    if not lapsed:
        return None
    return Found(
        tier=Tier.REMINDER,
        evidence={"done": len(parts) - len(lapsed), "of": len(parts), "missing": sorted(lapsed)},
        since=max(asked_from, min(lapsed.values())),
    )


def _gap_words(evidence: Evidence, _today: date) -> str:
    missing = [uncapitalised(each) for each in evidence.words("missing")]
    return f"Yearly physical check {evidence.whole('done')} of {evidence.whole('of')}: {listed(missing)} missing"


GAP = Rule(
    id="health.gap",
    title="Yearly physical check",
    family=Family.HEALTH,
    audience=(Audience.CLINICIAN,),
    parameters=(AFTER, WITHIN),
    source="NHS England, core physical health check of people with severe mental illness: six parts a year",
    check=_gap,
    words=_gap_words,
)
