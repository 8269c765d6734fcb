"""Safety nobody has asked about: an item left blank or declined, a total without its items, no question for months."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from registry.alerts.life_facts import ADMISSIONS, RELEASES
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import C_SSRS, ago, count, written
from registry.alerts.rulebook.safety_forms import answer_facts, forms_of, is_answered, items_in_words, of_one_form
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import later_day, newly_listed
from registry.alerts.snapshot import AnswerState, CaseSnapshot, Phase, SafetyAnswer
from registry.life.rules import REASONS
from registry.measures.scale import DangerKind

_TOTAL_ONLY_FROM = "safety.unknown.total_only_from"
SELF_HARM = frozenset({"self-harm", "overdose"})
"""Kinds of reported danger, and reasons of an emergency visit, that are self-harm, as they are stored."""

_DUE_AFTER = {Phase.ACTIVE: "safety.screen-due.active", Phase.MAINTAINING: "safety.screen-due.maintaining"}


def _about_self_harm(case: CaseSnapshot) -> list[list[SafetyAnswer]]:
    """The finished forms that ask about it. A draft is still being filled in."""
    answers = case.safety.answers
    return forms_of(each for each in answers if not each.is_draft and each.kind is DangerKind.SELF_HARM)


def _unknown(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """A safety item blank or declined at any total, or a higher total without its items, not asked since.

    A form whose safety items are all answered settles a single question on the same day or later, on any
    instrument. What a form of several left open is settled by the same form only, recorded later. A draft
    is still being filled in. A death settles it too.
    """
    if case.died_on is not None:
        return None
    from_total = numbers.required(_TOTAL_ONLY_FROM)
    if not any(_is_gap(answer, from_total) for answer in case.safety.answers):  # as of most people
        return None
    forms = _about_self_harm(case)
    complete = [form for form in forms if is_answered(form)]
    gaps = [
        answer
        for form in forms
        for answer in form
        if _is_gap(answer, from_total)
        and not any(_settles(later, form) for later in complete)
        and answer.ground not in case.safety.dealt_with
    ]
    if not gaps:
        return None
    answers = sorted(gaps, key=lambda answer: (answer.on, answer.id), reverse=True)
    return Found(
        tier=Tier.ACTION,
        evidence={"answers": [answer_facts(answer) for answer in answers]},
        since=min(answer.entered_on for answer in gaps),
    )


def _settles(complete: Sequence[SafetyAnswer], form: Sequence[SafetyAnswer]) -> bool:
    """Whether a form answered in full says what the other left open."""
    asked, left_open = complete[0], form[0]
    if len(form) == 1:
        return asked.on >= left_open.on
    is_later = (asked.on, asked.nth) > (left_open.on, left_open.nth)
    return asked.instrument == left_open.instrument and is_later


def _is_gap(answer: SafetyAnswer, from_total: int) -> bool:
    if answer.state is AnswerState.TOTAL_ONLY:
        return answer.total_above_floor is not None and answer.total_above_floor >= from_total
    return not answer.state.is_answered


_GAP = {
    AnswerState.BLANK: "left blank",
    AnswerState.DECLINED: "declined",
    AnswerState.TOTAL_ONLY: "unknown",
}


def _unknown_words(evidence: Evidence, today: date) -> str:
    newest, *others = evidence.each("answers")
    beside, elsewhere = of_one_form(newest, others)
    earlier = {each.text("id") for each in elsewhere}
    states = {AnswerState(each.text("state")) for each in (newest, *beside)}
    gap = _GAP[next(iter(states))] if len(states) == 1 else "not answered"
    state = AnswerState(newest.text("state"))
    why = " (only a total was recorded)" if state is AnswerState.TOTAL_ONLY else ""
    on = newest.day("on")
    sentence = (
        f"{newest.text('instrument')} {items_in_words([newest, *beside])} {gap} on {written(on)}{why}, "
        f"not asked since ({ago(on, today)})"
    )
    return f"{sentence}; {count(len(earlier), 'earlier gap')}" if earlier else sentence


def _screen_due(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """No safety question answered for too long, while in active treatment or maintaining.

    From the last form whose safety questions were all answered, on any instrument; from enrolment where there is none.
    An admission, reported self-harm or a release calls for asking at once, unless somebody asked that day or later.
    """
    phase = phase_in_force(case.episode)
    after = None if phase not in _DUE_AFTER else numbers.get(_DUE_AFTER[phase])
    if after is None or case.episode is None or case.episode.enrolled_on is None:
        return None
    answered = [form[0] for form in _about_self_harm(case) if is_answered(form)]
    last = max(answered, key=lambda answer: (answer.on, answer.nth), default=None)
    since = case.episode.enrolled_on if last is None else max(last.on, case.episode.enrolled_on)
    due_on = since + timedelta(days=after + 1)
    events = [
        (on, what)
        for on, what in sorted(_calls_for_asking(case))
        if on >= case.episode.enrolled_on and (last is None or on > last.on) and clock.has_come(on)
    ]
    if not events and not clock.has_come(due_on):
        return None
    event_on, event = events[-1] if events else (None, None)
    return Found(
        tier=Tier.ACTION,
        evidence={
            "last_on": None if last is None else stored(last.on),
            "instrument": None if last is None else last.instrument,
            "enrolled_on": stored(case.episode.enrolled_on),
            "event_on": stored(event_on),
            "event": event,
        },
        since=min(due_on, *(on for on, _ in events)) if events else due_on,
    )


def _calls_for_asking(case: CaseSnapshot) -> Iterator[tuple[date, str]]:
    """Admissions, releases and reported self-harm, each with its day and its words."""
    for setback in case.setbacks:
        if setback.kind in ADMISSIONS:
            yield setback.began_on, f"admission ({setback.words.lower()})"
        if setback.kind in RELEASES and setback.ended_on is not None:
            yield setback.ended_on, f"release ({setback.words.lower()})"
        if setback.reason in SELF_HARM:
            yield setback.began_on, f"emergency visit ({REASONS[setback.reason].lower()})"
    for report in case.safety.reports:
        if report.code in SELF_HARM:
            yield report.on, f"report of {report.kind}"


def _screen_due_words(evidence: Evidence, today: date) -> str:
    last_on, event_on = evidence.optional_day("last_on"), evidence.optional_day("event_on")
    if event_on is not None:
        event = f"{evidence.text('event')} on {written(event_on)}"
        return f"Not asked about suicide since the {event} ({ago(event_on, today)}): do a {C_SSRS}"
    if last_on is None:
        enrolled_on = evidence.day("enrolled_on")
        return f"Never asked about suicide since enrolment {ago(enrolled_on, today)}: do a {C_SSRS}"
    days = count((today - last_on).days, "day")
    return f"Not asked about suicide for {days} ({evidence.text('instrument')} of {written(last_on)}): do a {C_SSRS}"


UNKNOWN = Rule(
    id="safety.unknown",
    title="Safety answer missing",
    family=Family.SAFETY,
    audience=(Audience.CARE_MANAGER,),
    parameters=(_TOTAL_ONLY_FROM,),
    source="Unknown is not no: an unanswered safety item has to be asked",
    check=_unknown,
    words=_unknown_words,
    is_news=newly_listed("answers", "id", "item_id"),
    version=3,
)
SCREEN_DUE = Rule(
    id="safety.screen-due",
    title="Safety screen due",
    family=Family.SCREEN,
    audience=(Audience.CARE_MANAGER,),
    parameters=tuple(_DUE_AFTER.values()),
    source="Clinic consensus: silent until the clinic's psychiatrist signs for the number",
    check=_screen_due,
    words=_screen_due_words,
    is_news=later_day("event_on"),
    version=3,
)
