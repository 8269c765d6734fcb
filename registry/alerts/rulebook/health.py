"""The yearly physical check of people with severe mental illness: how much of it was done."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
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


def _gap(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """From a quarter of a year of care on, a part of the check was not done within the year."""
    after, within = numbers.get(AFTER), numbers.get(WITHIN)
    if after is None or within is None or phase_in_force(case.episode) not in IN_CARE:
        return None
    if case.episode is None or case.episode.enrolled_on is None:
        return None
    asked_from = case.episode.enrolled_on + timedelta(days=after)
    if not clock.has_come(asked_from):
        return None
    parts = [each for each in catalogue().checks.values() if each.is_yearly]
    lapsed = {}
    for part in parts:
        last_on = last_done(part, case.physical)
        lapses_on = asked_from if last_on is None else last_on + timedelta(days=within + 1)
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
