"""What surrounds the care in a summary: treatment now, the law and who decides, goals and plans, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from registry.caseload.presenters.summary_sections import UNKNOWN, Line
from registry.caseload.summary import Around
from registry.life.models import LifeEvent
from registry.life.rules import KINDS as LIFE_KINDS
from registry.life.rules import is_open, is_stay
from registry.patients.around import DIRECTIVES, LEGAL_STATUSES, RELATIONS, is_in_force
from registry.patients.models import AdvanceDirective, ContactPoint, LegalStatus, RelatedPerson
from registry.patients.presenters import permissions
from registry.patients.rules import CONTACT_KINDS
from registry.physical.catalogue import catalogue
from registry.physical.models import Observation
from registry.physical.presenters import observation_title
from registry.plans.models import Goal, PlanVersion
from registry.plans.presenters import goal_course, last_rated, plan_words
from registry.plans.queries import plan_in_force
from registry.plans.rules import PLANS, SECTIONS
from registry.treatment.models import TrialStep
from registry.treatment.presenters import TrialShown, show_trials
from registry.treatment.queries import TrialRecord
from registry.treatment.rules import STOP_REASONS
from registry.web.filters import long_date

LATELY = timedelta(days=365)
"""How far back a stay or another event is told."""

_AT_HAND = {
    "safety": frozenset({"signs", "own", "company", "ask", "professionals", "surroundings"}),
    "relapse": frozenset({"early", "steps"}),
}
"""Of each plan what its owner needs at hand: the whole safety plan, and the first signs of a relapse."""


_FOR_THE_NEXT_TEAM = {
    "safety": {"signs": "Warning signs", "ask": "People to ask", "professionals": "Whom to call"},
    "relapse": {"early": "First signs", "call": "Whom to call"},
}
"""Of each plan what whoever meets the person needs at once."""


def treatment_lines(around: Around, today: date) -> Iterator[Line]:
    """What the person is given now, then the last that was stopped, and why."""
    running = [each for each in _shown(around, today) if not each.has_stopped]
    for shown in running:
        facts = [shown.now, shown.since, shown.due, shown.adherence]
        yield Line(shown.name, "; ".join(part for part in facts if part), is_vital=True)
    stopped = [(record, stop) for record in around.trials if (stop := _stop(record)) is not None]
    if stopped:
        record, stop = max(stopped, key=lambda pair: (pair[1].happened_on, pair[1].recorded_at))
        why = ", ".join(part for part in (STOP_REASONS[stop.reason or "other"].lower(), stop.words) if part)
        yield Line("Stopped last", f"{record.trial.name}, {long_date(stop.happened_on)}: {why}")


def own_treatment_lines(around: Around, today: date) -> Iterator[Line]:
    """What the person is given now, without what was noted about them."""
    for shown in _shown(around, today):
        if not shown.has_stopped:
            yield Line(shown.name, "; ".join(part for part in (shown.now, shown.since, shown.due) if part))


def _shown(around: Around, today: date) -> list[TrialShown]:
    return show_trials([each for each in around.trials if each.trial.status == "final"], today=today, may_write=False)


def _stop(record: TrialRecord) -> TrialStep | None:
    if record.trial.status != "final":
        return None
    return next((step for step in record.steps if step.kind == "stop" and step.status == "final"), None)


def law_lines(around: Around, today: date) -> Iterator[Line]:
    """Under which law, who decides, who may be told, and how to reach the person without doing harm."""
    yield Line("Legal status", _legal(around.legal, today), is_vital=True)
    now = [each for each in around.related if is_in_force(today, starts_on=each.starts_on, ends_on=each.ends_on)]
    deciding = [f"{_who(each)}: {each.authority}" for each in now if each.consents_to_treatment]
    yield Line("Who decides", "\n".join(deciding) or "nobody on record but the person", is_vital=True)
    may_be_told = [_release(each) for each in now if _may_be_told(each, today)]
    yield Line("May be told", "\n".join(may_be_told) or "nobody: no release on record")
    called = [_who(each) for each in now if each.is_emergency_contact]
    yield Line("In an emergency", "\n".join(called) or UNKNOWN)
    yield Line("Advance directive", directive_words(around.directive), is_vital=True)
    yield Line("To reach them", "\n".join(_way(each) for each in around.reach) or UNKNOWN)


def _legal(status: LegalStatus | None, today: date) -> str:
    if status is None:
        return f"{UNKNOWN}: not written down"
    words = f"{LEGAL_STATUSES[status.kind]} since {long_date(status.starts_on)}"
    if status.expires_on is not None:
        verb = "until" if status.expires_on >= today else "expired"
        words = f"{words}, {verb} {long_date(status.expires_on)}"
    return f"{words}, {status.order_words}" if status.order_words else words


def _who(person: RelatedPerson) -> str:
    reach = f", {person.reach}" if person.reach else ""
    return f"{person.name} ({RELATIONS[person.relation].lower()}{reach})"


def _may_be_told(person: RelatedPerson, today: date) -> bool:
    return person.may_have_information and is_in_force(today, starts_on=None, ends_on=person.release_until)


def _release(person: RelatedPerson) -> str:
    until = f", until {long_date(person.release_until)}" if person.release_until else ""
    return f"{person.name}: {person.release_scope}{until}"


def directive_words(directive: AdvanceDirective | None) -> str:
    """Whether there is one, where it is kept, and what to know at once; never asked is not "none"."""
    if directive is None:
        return f"{UNKNOWN}: never asked"
    if directive.answer != "made":
        return DIRECTIVES[directive.answer].lower()
    made = f"made {long_date(directive.made_on)}" if directive.made_on else "made"
    words = f"{made}, kept: {directive.kept_at}"
    return f"{words}. {directive.note}" if directive.note else words


def _way(point: ContactPoint) -> str:
    said = [point.value, point.note, permissions(point)]
    return ", ".join([CONTACT_KINDS[point.kind], *(part for part in said if part)])


def goal_lines(goals: Sequence[Goal], today: date) -> Iterator[Line]:
    """Each goal in the person's words, with the course of its ratings."""
    for goal in goals:
        course = ", ".join(part for part in (goal_course(goal), last_rated(goal, today)) if part)
        yield Line("Goal", f"{goal.words} ({course})")


def plan_lines(plans: Sequence[PlanVersion], today: date) -> Iterator[Line]:
    """When each plan was last talked through, how danger or a relapse shows, and whom to call."""
    for kind, title in PLANS.items():
        plan = plan_in_force(plans, kind)
        yield Line(title, "none written" if plan is None else plan_words(plan, today))
        sections = {} if plan is None else plan.sections
        for key, label in _FOR_THE_NEXT_TEAM[kind].items():
            if words := str(sections.get(key) or ""):
                yield Line(label, words, is_vital=True)


def own_plan_lines(plans: Sequence[PlanVersion]) -> Iterator[Line]:
    """What the person wrote into their plans, to have at hand: each heading with its text."""
    for kind, keys in _AT_HAND.items():
        plan = plan_in_force(plans, kind)
        if plan is None:
            continue
        for section in SECTIONS[kind]:
            text = str(plan.sections.get(section.key) or "")
            if text and section.key in keys:
                yield Line(section.title, text)


def physical_lines(observations: Sequence[Observation]) -> Iterator[Line]:
    """The last value of each kind, under its heading and day by day; ``observations`` newest first."""
    last: dict[str, Observation] = {}
    for each in observations:
        if each.status == "final":
            last.setdefault(each.kind, each)
    known = catalogue()
    for group, title in known.groups.items():
        own = [last[key] for key, kind in known.kinds.items() if kind.group == group and key in last]
        days = sorted({each.taken_on for each in own}, reverse=True)
        if own:
            yield Line(title, ". ".join(_of_a_day(own, day) for day in days))


def _of_a_day(observations: Sequence[Observation], day: date) -> str:
    told = (observation_title(each) for each in observations if each.taken_on == day)
    return f"{', '.join(told)} ({long_date(day)})"


def life_lines(events: Sequence[LifeEvent], today: date) -> Iterator[Line]:
    """What happened within a year, the latest first; a stay that lasts, however long ago it began."""
    for event in events:
        lasts = is_open(event.kind, ends_on=event.ends_on)
        if lasts or (event.ends_on or event.starts_on) >= today - LATELY:
            yield Line(LIFE_KINDS[event.kind], _event(event, lasts=lasts))


def _event(event: LifeEvent, *, lasts: bool) -> str:
    when = long_date(event.starts_on)
    if lasts:
        when = f"since {when}, still there as far as we know"
    elif is_stay(event.kind) and event.ends_on is not None:
        when = f"{when} to {long_date(event.ends_on)}"
    return f"{when}: {event.words}" if event.words else when
