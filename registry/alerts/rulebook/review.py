"""Psychiatric case review: who is due in the queue, which recommendations nobody answered, which nobody carried out."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, count, duration, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.target import can_be_judged
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, OpenOrder, Phase, ReviewFacts

_NEW = "review.due.new"
_INTERVAL = {phase: f"review.due.{phase.value}" for phase in (Phase.ENGAGING, Phase.ACTIVE, Phase.MAINTAINING)}
_ALERT_AFTER = "review.due.alert_after"
_UNDECIDED = "review.open.undecided"
_UNDONE = "review.undone.after"


def _due(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Never reviewed since enrolment, or the day the last review asked for, or else the phase's interval over.

    Somebody whose main measure nothing judges keeps the interval of active treatment while maintaining: no score
    would say that they are worse off. Stands in the queue from the due day, and becomes an action when it has stood
    there too long.
    """
    episode = case.episode
    if episode is None or phase_in_force(episode) not in IN_CARE:
        return None
    begun_on = episode.enrolled_on or episode.phase_since
    reviewed_on = case.reviews.last_on
    if reviewed_on is not None and reviewed_on < begun_on:
        reviewed_on = None
    due_on = _due_on(case.reviews, reviewed_on, begun_on, days=interval(case, numbers), new_after=numbers.get(_NEW))
    if due_on is None or not clock.has_come(due_on):
        return None
    alert_after = numbers.get(_ALERT_AFTER)
    is_late = alert_after is not None and clock.has_come(due_on + timedelta(days=alert_after))
    asked_for = case.reviews.look_again_on if reviewed_on is not None else None
    return Found(
        tier=Tier.ACTION if is_late else Tier.QUEUE,
        evidence={
            "begun_on": stored(begun_on),
            "reviewed_on": stored(reviewed_on),
            "due_on": stored(due_on),
            "was_asked_for": due_on == asked_for,
            "unjudged": case.metric_primary.label if case.metric_primary is not None and _is_unjudged(case) else None,
        },
        since=due_on,
    )


def interval(case: CaseSnapshot, numbers: Numbers) -> int | None:
    """Days from one review to the next in the phase in force; None where no number in force says."""
    phase = phase_in_force(case.episode) or Phase.ACTIVE
    if phase is Phase.MAINTAINING and _is_unjudged(case):
        phase = Phase.ACTIVE
    return numbers.get(_INTERVAL[phase]) if phase in _INTERVAL else None


def _is_unjudged(case: CaseSnapshot) -> bool:
    return case.metric_primary is not None and not can_be_judged(case.metric_primary)


def _due_on(
    reviews: ReviewFacts, reviewed_on: date | None, begun_on: date, *, days: int | None, new_after: int | None
) -> date | None:
    """The day the review named, else so many days after it; None where neither is in force.

    Whoever reviewed may ask for somebody sooner than the phase does, or later.
    """
    if reviewed_on is None:
        return None if new_after is None else begun_on + timedelta(days=new_after)
    if reviews.look_again_on is not None:
        return max(reviews.look_again_on, reviewed_on)
    return None if days is None else reviewed_on + timedelta(days=days)


def _due_words(evidence: Evidence, today: date) -> str:
    reviewed_on = evidence.optional_day("reviewed_on")
    label = evidence.optional_text("unjudged")
    unjudged = "" if label is None else f"; no target for {label}, so no score says whether treatment works"
    if reviewed_on is None:
        begun_on = evidence.day("begun_on")
        return f"Never reviewed: enrolled {written(begun_on)} ({ago(begun_on, today)}){unjudged}"
    due_on = evidence.day("due_on")
    asked_for = ", the day the review asked for" if evidence.flag("was_asked_for") else ""
    return (
        f"Review due since {written(due_on)}{asked_for}; "
        f"last reviewed {written(reviewed_on)}, {duration(reviewed_on, today)} ago{unjudged}"
    )


def _open(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A recommendation that nobody has accepted, changed or declined for two weeks."""
    allowed = numbers.get(_UNDECIDED)
    if allowed is None or phase_in_force(case.episode) not in IN_CARE:
        return None
    wait = timedelta(days=allowed)
    waiting = [
        order
        for order in sorted(case.reviews.undecided, key=lambda each: (each.proposed_on, each.id))
        if clock.has_come(order.proposed_on + wait)
    ]
    if not waiting:
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"orders": [_order_facts(order) for order in waiting]},
        since=waiting[0].proposed_on + wait,
    )


def _order_facts(order: OpenOrder) -> dict[str, JSON]:
    return {
        "id": order.id,
        "proposed_on": stored(order.proposed_on),
        "text": order.text,
        "kind": order.kind,
        "to": order.to,
    }


def _open_words(evidence: Evidence, today: date) -> str:
    oldest, *others = evidence.each("orders")
    proposed_on = oldest.day("proposed_on")
    sentence = (
        f"Recommendation of {written(proposed_on)} undecided for {count((today - proposed_on).days, 'day')}: "
        f"{oldest.text('text').rstrip('.')} (to {oldest.text('to')})"
    )
    return f"{sentence}; {len(others)} more undecided" if others else sentence


def _undone(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A recommendation that was accepted or ordered, and that nobody has said is done four weeks later."""
    allowed = numbers.get(_UNDONE)
    if allowed is None or phase_in_force(case.episode) not in IN_CARE:
        return None
    wait = timedelta(days=allowed)
    decided = [(each.decided_on, each) for each in case.reviews.undone if each.decided_on is not None]
    late = [
        (on, order)
        for on, order in sorted(decided, key=lambda each: (each[0], each[1].id))
        if clock.has_come(on + wait)
    ]
    if not late:
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"orders": [_order_facts(order) | {"decided_on": stored(on)} for on, order in late]},
        since=late[0][0] + wait,
    )


def _undone_words(evidence: Evidence, today: date) -> str:
    oldest, *others = evidence.each("orders")
    decided_on = oldest.day("decided_on")
    sentence = (
        f"Accepted on {written(decided_on)} and not done after {count((today - decided_on).days, 'day')}: "
        f"{oldest.text('text').rstrip('.')} (to {oldest.text('to')}); mark it done, or decline it with the reason"
    )
    return f"{sentence}; {len(others)} more not done" if others else sentence


RULES = (
    Rule(
        id="review.open",
        title="Recommendation undecided",
        family=Family.ORDER,
        audience=(Audience.CLINICIAN, Audience.CARE_MANAGER, Audience.PSYCHIATRIST),
        parameters=(_UNDECIDED,),
        source="Review works through what is done after it (doi 10.1186/s13012-018-0818-6)",
        check=_open,
        words=_open_words,
        is_news=newly_listed("orders", "id"),
        version=2,
    ),
    Rule(
        id="review.undone",
        title="Recommendation not carried out",
        family=Family.ORDER,
        audience=(Audience.CLINICIAN, Audience.CARE_MANAGER, Audience.PSYCHIATRIST),
        parameters=(_UNDONE,),
        source="Review works through what is done after it (doi 10.1186/s13012-018-0818-6)",
        check=_undone,
        words=_undone_words,
        is_news=newly_listed("orders", "id"),
        version=2,
    ),
    Rule(
        id="review.due",
        title="Review due",
        family=Family.REVIEW,
        audience=(Audience.PSYCHIATRIST,),
        parameters=(_NEW, *_INTERVAL.values(), _ALERT_AFTER),
        source="Systematic case review: fewer reviews, lower response and remission (doi 10.1176/appi.focus.20170019)",
        check=_due,
        words=_due_words,
        version=3,
    ),
)
