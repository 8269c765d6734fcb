"""Which injection or check a person's medicines ask for, and whether it is late."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.protocols import protocols
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.medication import is_over
from registry.alerts.rulebook.monitoring import BASELINE, COUNT, LOW_PARAMETERS, CheckDue, checks_due
from registry.alerts.rulebook.phrases import ago, count, listed, uncapitalised, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot, InjectionDue

_REMIND = "medication.due.remind_before"
_WINDOW = "medication.due.window"
_ONE_VISIT = "medication.due.one_visit"
_GRACE = "medication.due.grace"
_LATE_WAITS = "medication.due.late_waits"


def _due(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A reminder the week before an injection and when a check falls due; an action once the days of grace are over.

    A pause of care changes neither. What is due soon after goes with the same visit.
    """
    if is_over(case) or case.episode is None:
        return None
    injections, told = _injections(case, clock, numbers)
    begun_on = case.episode.enrolled_on or case.episode.referred_on or case.episode.phase_since
    checks = checks_due(case.treatment, case.physical, since=begun_on, numbers=numbers)
    now = [each for each in checks if clock.has_come(each.due_on)]
    late = {each.check.key for each in now if clock.has_come(each.late_on)}
    if not injections and not now:
        return None
    visit = timedelta(days=numbers.get(_ONE_VISIT) or 0)
    soon = [each for each in checks if each not in now and clock.has_come(each.due_on - visit)]
    told += [(each.late_on, True) if each.check.key in late else (each.due_on, False) for each in now]
    is_late = any(is_late for _, is_late in told)
    return Found(
        tier=Tier.ACTION if is_late else Tier.REMINDER,
        evidence={
            "injections": injections,
            "checks": [_check_facts(each, is_late=each.check.key in late) for each in now],
            "soon": [_check_facts(each, is_late=False) for each in soon],
        },
        since=min(on for on, was_late in told if was_late is is_late),
    )


def _injections(
    case: CaseSnapshot, clock: Clock, numbers: Numbers
) -> tuple[list[dict[str, JSON]], list[tuple[date, bool]]]:
    """Those due, late ones first; since when each is told, and whether it is late.

    A refusal or an empty shelf is no injection: it moves nothing, and is said.
    """
    remind_before, window = numbers.get(_REMIND), numbers.get(_WINDOW)
    if remind_before is None or window is None:
        return [], []
    late, soon = [], []
    for injection in case.treatment.injections:
        late_on = injection.due_on + timedelta(days=window + 1)
        remind_on = injection.due_on - timedelta(days=remind_before)
        if clock.has_come(late_on):
            late.append((late_on, injection))
        elif clock.has_come(remind_on):
            soon.append((remind_on, injection))
    facts = [
        *(_injection_facts(injection, waits=numbers.get(_LATE_WAITS)) | {"is_late": True} for _, injection in late),
        *(_injection_facts(injection, waits=None) | {"is_late": False} for _, injection in soon),
    ]
    return facts, [*((on, True) for on, _ in late), *((on, False) for on, _ in soon)]


def _check_facts(due: CheckDue, *, is_late: bool) -> dict[str, JSON]:
    return {
        "check": due.check.key,
        "name": due.check.name,
        "asked_by": due.asked_by,
        "due_on": stored(due.due_on),
        "is_late": is_late,
        "last_on": stored(due.last_on),
        "every": due.every,
    }


def _injection_facts(injection: InjectionDue, *, waits: int | None) -> dict[str, JSON]:
    return {
        "id": injection.id,
        "label": injection.label,
        "due_on": stored(injection.due_on),
        "waits": waits,
        "last_on": stored(injection.last_on),
        "tried_on": stored(injection.tried_on),
        "outcome": injection.outcome,
    }


def _due_words(evidence: Evidence, today: date) -> str:
    parts = [_one_due(each, today) for each in evidence.each("injections")]
    checks, soon = evidence.each("checks"), evidence.each("soon")
    parts += [_checks_words(each, today) for each in _by_lateness(checks) if each]
    if soon:
        parts.append(f"with the same visit: {_names(soon)}")
    return "; ".join(parts)


def _by_lateness(checks: list[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    late = [each for each in checks if each.flag("is_late")]
    return late, [each for each in checks if not each.flag("is_late")]


def _checks_words(checks: list[Evidence], today: date) -> str:
    """ "Overdue since 5 Jan 2026 (9 days ago): weight and waist for risperidone": the first of them, all together."""
    first = min(each.day("due_on") for each in checks)
    word = "Overdue" if checks[0].flag("is_late") else "Due"
    when = "today" if first == today else f"since {written(first)} ({ago(first, today)})"
    done = ""
    if len(checks) == 1:
        last = checks[0].optional_day("last_on")
        done = ", never on record" if last is None else f", last {written(last)}"
    return f"{word} {when}: {_names(checks)}{done}"


def _names(checks: list[Evidence]) -> str:
    """Checks by what asks for them: "neutrophils (ANC) and weight for clozapine"."""
    asked: dict[str, list[str]] = {}
    for each in checks:
        asked.setdefault(each.text("asked_by"), []).append(uncapitalised(each.text("name")))
    return listed([f"{listed(names)} for {medicine}" for medicine, names in asked.items()])


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


def _cannot_be_late(evidence: Evidence) -> bool:
    """An injection past its window or a neutrophil count past its day: a waist is measured at the next visit."""
    late = [each for each in evidence.each("checks") if each.flag("is_late")]
    return any(each.flag("is_late") for each in evidence.each("injections")) or any(
        each.text("check") == COUNT for each in late
    )


def _until_the_next_would_be_due(evidence: Evidence) -> int | None:
    """No check is put off for longer than lies between two: neutrophils a week at first, a low count a day or two.

    Nor is an injection that is late, however long the interval.
    """
    days = evidence.fewest("checks", "every"), evidence.fewest("injections", "waits")
    return min((each for each in days if each is not None), default=None)


_injection_news, _check_news = (
    newly_listed("injections", "id", "due_on", "is_late"),
    newly_listed("checks", "check", "due_on", "is_late"),
)
DUE = Rule(
    id="medication.due",
    title="Injection or check due",
    family=Family.MEDICATION,
    audience=(Audience.CLINICIAN,),
    parameters=(
        _REMIND,
        _WINDOW,
        _LATE_WAITS,
        *dict.fromkeys(id_ for protocol in protocols() for id_ in protocol.parameters),
        *LOW_PARAMETERS,
        BASELINE,
        _GRACE,
        _ONE_VISIT,
    ),
    source="Days late fell from 10 to 6 where due dates were tracked (digital.sandiego.edu/dnp/99)",
    check=_due,
    words=_due_words,
    must_be_heard=_cannot_be_late,
    is_news=lambda told, now: _injection_news(told, now) or _check_news(told, now),
    waits=_until_the_next_would_be_due,
    version=9,
)
