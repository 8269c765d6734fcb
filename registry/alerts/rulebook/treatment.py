"""Treatment itself: an injection that is due, and a treatment that stands still while the person is not better."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import target
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, count, duration, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, InjectionDue, Phase

_REMIND = "medication.due.remind_before"
_WINDOW = "medication.due.window"
_STILL = "treatment.inertia.after"


# An injection due


def _due(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A reminder the week before, and an action once the days of grace are over; a pause of care changes neither.

    A refusal or an empty shelf is no injection: it moves nothing, and is said.
    """
    remind_before, window = numbers.get(_REMIND), numbers.get(_WINDOW)
    if remind_before is None or window is None or _is_over(case):
        return None
    late, soon = [], []
    for injection in case.treatment.injections:
        late_on = injection.due_on + timedelta(days=window + 1)
        remind_on = injection.due_on - timedelta(days=remind_before)
        if clock.has_come(late_on):
            late.append((late_on, injection))
        elif clock.has_come(remind_on):
            soon.append((remind_on, injection))
    due = late or soon
    if not due:
        return None
    return Found(
        tier=Tier.ACTION if late else Tier.REMINDER,
        evidence={
            "injections": [
                *(_injection_facts(injection, is_late=True) for _, injection in late),
                *(_injection_facts(injection, is_late=False) for _, injection in soon),
            ]
        },
        since=min(on for on, _ in due),
    )


def _is_over(case: CaseSnapshot) -> bool:
    return case.episode is None or case.episode.phase is Phase.ENDED


def _injection_facts(injection: InjectionDue, *, is_late: bool) -> dict[str, JSON]:
    return {
        "id": injection.id,
        "label": injection.label,
        "due_on": stored(injection.due_on),
        "is_late": is_late,
        "last_on": stored(injection.last_on),
        "tried_on": stored(injection.tried_on),
        "outcome": injection.outcome,
    }


def _due_words(evidence: Evidence, today: date) -> str:
    return "; ".join(_one_due(each, today) for each in evidence.each("injections"))


def _one_due(injection: Evidence, today: date) -> str:
    due_on, last_on = injection.day("due_on"), injection.optional_day("last_on")
    left = (due_on - today).days
    if left > 0:
        when = f"due {written(due_on)} (in {count(left, 'day')})"
    else:
        when = (
            f"due {written(due_on)} (today)" if left == 0 else f"was due {written(due_on)} ({count(-left, 'day')} late)"
        )
    first = "" if last_on is not None else "first "
    tried_on = injection.optional_day("tried_on")
    tried = "" if tried_on is None else f", {injection.text('outcome')} {written(tried_on)}"
    given = "" if last_on is None else f", last given {written(last_on)}"
    return f"{injection.text('label')}: {first}injection {when}{given}{tried}"


# A treatment that stands still


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


DUE = Rule(
    id="medication.due",
    title="Injection due",
    family=Family.MEDICATION,
    audience=(Audience.CLINICIAN,),
    parameters=(_REMIND, _WINDOW),
    source="Days late fell from 10 to 6 where due dates were tracked (digital.sandiego.edu/dnp/99)",
    check=_due,
    words=_due_words,
    must_be_heard=True,
    is_news=newly_listed("injections", "id", "due_on", "is_late"),
    version=2,
)
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
