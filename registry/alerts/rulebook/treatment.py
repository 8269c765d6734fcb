"""Treatment itself: one that stands still while the person is not better."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import target
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, duration, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.snapshot import IN_CARE, CaseSnapshot

_STILL = "treatment.inertia.after"


def _inertia(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Off target, and no change of treatment was done for ten weeks, or since the course began where none ever was.

    A consensus number: in force only where a clinic's psychiatrist signed for it.
    """
    after = numbers.get(_STILL)
    if after is None or phase_in_force(case.episode) not in IN_CARE or case.episode is None:
        return None
    off = target.OFF.check(case, clock, numbers)
    if not isinstance(off, Found):
        return None
    changed_on = target.last_change_on(case, clock)
    still_since = changed_on or case.episode.course_started_on or case.episode.enrolled_on
    if still_since is None or not clock.has_come(still_since + timedelta(days=after)):
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"changed_on": stored(changed_on), "still_since": stored(still_since)},
        since=max(off.since, still_since + timedelta(days=after)),
    )


def _inertia_words(evidence: Evidence, today: date) -> str:
    changed_on, still_since = evidence.optional_day("changed_on"), evidence.day("still_since")
    if changed_on is None:
        return f"Off target, and no treatment change on record in {duration(still_since, today)} of care"
    return f"Off target, and the treatment last changed {written(changed_on)} ({ago(changed_on, today)})"


INERTIA = Rule(
    id="treatment.inertia",
    title="Treatment unchanged off target",
    family=Family.TREATMENT,
    audience=(Audience.CLINICIAN,),
    parameters=(_STILL, *target.OFF.parameters),
    source="A clinician's judgement, no source found",
    check=_inertia,
    words=_inertia_words,
    version=2,
)
