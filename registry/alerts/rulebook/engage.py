"""Engagement: the pause that is over, the first follow-up, and the person nobody has reached.

Only a two-way treatment contact counts. Attempts, no-shows, messages and sightings by other teams
are told in the sentence and never reset a date.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Settled, Tier
from registry.alerts.rulebook.phrases import ago, count, listed, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import turned_true
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, Phase
from registry.contacts.ladder import STEPS, WHAT_TO_DO, WHY_NOT, Step, next_step, tried

PAUSE_OVER = "engage.pause-over"
FIRST_FOLLOW_UP = "engage.first-follow-up"
NO_CONTACT = "engage.no-contact"
ATTEMPTS = "engage.attempts"

_REMIND_AFTER = f"{FIRST_FOLLOW_UP}.remind_after"
_LIMIT = f"{FIRST_FOLLOW_UP}.limit"
_SILENCE = {phase: f"{NO_CONTACT}.{phase.value}" for phase in (Phase.ENGAGING, Phase.ACTIVE, Phase.MAINTAINING)}
_DECIDE = f"{NO_CONTACT}.decide"
_SEEN_WITHIN = f"{NO_CONTACT}.seen_within"
_DAYS_TRIED = f"{ATTEMPTS}.days_tried"
_TRIED_WITHIN = f"{ATTEMPTS}.within"


def _pause_over(case: CaseSnapshot, clock: Clock, _numbers: Numbers) -> Found | None:
    """The day agreed for the end of a pause has come, and nobody has resumed care or ended the episode.

    From that day every other rule speaks again too: a pause is a promise to return.
    """
    episode = case.episode
    if episode is None or episode.phase is not Phase.PAUSED or episode.paused_until is None:
        return None
    if not clock.has_come(episode.paused_until):
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"paused_on": stored(episode.phase_since), "paused_until": stored(episode.paused_until)},
        since=episode.paused_until,
    )


def _pause_over_words(evidence: Evidence, today: date) -> str:
    until = evidence.day("paused_until")
    return (
        f"The pause since {written(evidence.day('paused_on'))} is over since {written(until)} ({ago(until, today)}): "
        "resume care or end the episode"
    )


def _first_follow_up(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | Settled | None:
    """No two-way treatment contact from day 1 to the limit after enrolment.

    The alert outlives the limit until the first two-way contact, however late: the metric stays
    missed, but the work is done and the alert closes saying so.
    """
    limit = numbers.get(_LIMIT)
    episode = case.episode
    if episode is None or episode.enrolled_on is None or limit is None:
        return None
    if phase_in_force(episode) not in IN_CARE:
        return None
    enrolled_on = episode.enrolled_on
    first_on = min((day for day in case.contacts.two_way_on if day > enrolled_on), default=None)
    if first_on is not None:
        took = (first_on - enrolled_on).days
        missed = f", after the limit of {limit} days" if took > limit else ""
        return Settled(f"First two-way contact on {written(first_on)}, day {took}{missed}")
    limit_on = enrolled_on + timedelta(days=limit)
    remind_after = numbers.get(_REMIND_AFTER)
    remind_on = limit_on if remind_after is None else min(limit_on, enrolled_on + timedelta(days=remind_after))
    if not clock.has_come(remind_on):
        return None
    return Found(
        tier=Tier.ACTION if clock.has_come(limit_on) else Tier.REMINDER,
        evidence={
            "enrolled_on": stored(enrolled_on),
            "limit_on": stored(limit_on),
            "attempts": sum(day >= enrolled_on for day in case.contacts.attempts_on),
        },
        since=remind_on,
    )


def _first_follow_up_words(evidence: Evidence, today: date) -> str:
    limit_on = evidence.day("limit_on")
    verb = "was due" if today > limit_on else "due"
    return (
        f"No follow-up contact since enrolment {ago(evidence.day('enrolled_on'), today)} "
        f"({written(evidence.day('enrolled_on'))}); {verb} by {written(limit_on)}{_attempts(evidence)}"
    )


def _attempts(evidence: Evidence) -> str:
    attempts = evidence.whole("attempts")
    return f"; {count(attempts, 'attempt')} since" if attempts else ""


def _no_contact(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """No two-way treatment contact for the days the phase allows, counted from the last one or from enrolment."""
    episode = case.episode
    phase = phase_in_force(episode)
    if episode is None or phase not in _SILENCE:
        return None
    allowed = numbers.get(_SILENCE[phase])
    if allowed is None:
        return None
    begun_on = episode.enrolled_on or episode.phase_since
    last_on = max((day for day in case.contacts.two_way_on if day >= begun_on), default=None)
    counted_from = last_on or begun_on
    since = counted_from + timedelta(days=allowed)
    if not clock.has_come(since):
        return None
    seen_on = case.contacts.seen_on
    seen_since = seen_on is not None and seen_on > counted_from
    decide = _has_to_decide(counted_from, clock, numbers)
    return Found(
        tier=Tier.REMINDER if seen_since and _is_seen_lately(seen_on, clock, numbers) else Tier.ACTION,
        evidence={
            "last_on": stored(last_on),
            "begun_on": stored(begun_on),
            "attempts": sum(day > counted_from for day in case.contacts.attempts_on),
            "seen_on": stored(seen_on) if seen_since else None,
            "seen_by": case.contacts.seen_by,
            "decide": decide,
        },
        since=since,
        audience=(Audience.CARE_MANAGER, Audience.CLINIC_LEAD) if decide else (Audience.CARE_MANAGER,),
    )


def _is_seen_lately(seen_on: date | None, clock: Clock, numbers: Numbers) -> bool:
    within = numbers.get(_SEEN_WITHIN)
    if seen_on is None or within is None:
        return False
    return not clock.has_come(seen_on + timedelta(days=within + 1))


def _has_to_decide(counted_from: date, clock: Clock, numbers: Numbers) -> bool:
    after = numbers.get(_DECIDE)
    return after is not None and clock.has_come(counted_from + timedelta(days=after))


def _no_contact_words(evidence: Evidence, today: date) -> str:
    last_on = evidence.optional_day("last_on")
    begun_on = evidence.day("begun_on")
    counted_from = last_on or begun_on
    when = f"last {written(last_on)}" if last_on is not None else f"none since enrolment {written(begun_on)}"
    sentence = f"No two-way contact for {count((today - counted_from).days, 'day')} ({when}){_attempts(evidence)}"
    seen_on = evidence.optional_day("seen_on")
    if seen_on is not None:
        sentence += f"; seen by {evidence.text('seen_by')} {ago(seen_on, today)}"
    else:
        sentence += "; not seen by anyone since"
    return f"{sentence}; decide how to go on" if evidence.flag("decide") else sentence


def _tried_in_vain(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """Failed attempts, no-shows among them, on so many days since somebody reached the person that another way is due.

    It stands until somebody reaches the person, however long ago the attempts were.
    """
    episode, needed, within = case.episode, numbers.get(_DAYS_TRIED), numbers.get(_TRIED_WITHIN)
    if episode is None or needed is None or within is None:
        return None
    if phase_in_force(episode) not in IN_CARE | {Phase.REFERRED}:
        return None
    attempts = case.contacts.attempts
    since = _came_together(sorted({each.on for each in attempts}), needed, timedelta(days=within))
    if since is None:
        return None
    taken = tried(attempts)
    following = next_step(taken, case.contacts.possible_steps)
    skipped = [step for step in Step if step not in case.contacts.possible_steps and step not in taken]
    return Found(
        tier=Tier.ACTION,
        evidence={
            "attempts": len(attempts),
            "first_on": stored(attempts[0].on),
            "tried": [step.value for step in taken],
            "missed": any(each.step is None for each in attempts),
            "next": following,
            "skipped": [step.value for step in skipped if following is None or _is_before(step, following)],
        },
        since=since,
    )


def _came_together(days: Sequence[date], needed: int, within: timedelta) -> date | None:
    """The first of ``days``, in order, that is the last of so many within that time."""
    for first, last in zip(days, days[needed - 1 :], strict=False):
        if last - first < within:
            return last
    return None


def _is_before(step: Step, other: Step) -> bool:
    steps = list(Step)
    return steps.index(step) < steps.index(other)


def _tried_in_vain_words(evidence: Evidence, _today: date) -> str:
    ways = [STEPS[Step(each)] for each in evidence.words("tried")]
    if evidence.flag("missed"):
        ways.append("missed appointment")
    following = evidence.optional_text("next")
    skipped = listed([WHY_NOT[Step(each)] for each in evidence.words("skipped")])
    what = f"next, {WHAT_TO_DO[Step(following)]}" if following else "every step is tried: decide how to go on"
    return (
        f"Not reached in {count(evidence.whole('attempts'), 'attempt')} since {written(evidence.day('first_on'))} "
        f"({listed(ways)}); {what}{f' ({skipped})' if skipped else ''}"
    )


RULES = (
    Rule(
        id=PAUSE_OVER,
        title="Pause over",
        family=Family.ENGAGE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(),
        source="The day the team agreed on when it paused the episode, at most 90 days ahead",
        check=_pause_over,
        words=_pause_over_words,
    ),
    Rule(
        id=NO_CONTACT,
        title="No contact",
        family=Family.ENGAGE,
        audience=(Audience.CARE_MANAGER, Audience.CLINIC_LEAD),
        parameters=(*_SILENCE.values(), _DECIDE, _SEEN_WITHIN),
        source="Two-way treatment contact at least monthly in active treatment (New York State OMH metrics 2025)",
        check=_no_contact,
        words=_no_contact_words,
        must_be_heard=True,
        is_news=turned_true("decide"),
    ),
    Rule(
        id=ATTEMPTS,
        title="Not reached",
        family=Family.ENGAGE,
        version=2,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_DAYS_TRIED, _TRIED_WITHIN),
        source="Outreach by more than one way before anybody counts as lost: registry decision, see the numbers",
        check=_tried_in_vain,
        words=_tried_in_vain_words,
    ),
    Rule(
        id=FIRST_FOLLOW_UP,
        title="First follow-up",
        family=Family.ENGAGE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_REMIND_AFTER, _LIMIT),
        source="Follow-up within 4 weeks (Bao 2015, doi 10.1176/appi.ps.201400577)",
        check=_first_follow_up,
        words=_first_follow_up_words,
    ),
)
