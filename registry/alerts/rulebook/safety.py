"""Safety: a positive answer, a score that is a sign of danger, a danger somebody reported.

These rules belong to the person: they look at every measurement that is not void, in any episode
and in none. A later low answer never clears a positive one; a person closes the alert, and the
closure names what it dealt with.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import C_SSRS, capitalised, written
from registry.alerts.rulebook.safety_forms import answer_facts, forms_of, is_answered, items_in_words, of_one_form
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import AnswerState, CaseSnapshot, SafetyAnswer, SafetyReport
from registry.measures.instrument import SafetyTier
from registry.measures.scale import DangerKind

_UNREVIEWED_AFTER = "safety.self-harm.unreviewed_after"


def _positive(case: CaseSnapshot, _clock: Clock, numbers: Numbers, *, kind: DangerKind) -> Found | None:
    """Any positive answer of that kind not yet dealt with, whatever the total.

    As pressing as the worst of those entered soon after they were given, by the instrument's file, and
    no less than urgent while a worse question of the same form has no answer; an old answer still has to
    be read. After a death nobody is asked to call, but the answer is still read.
    """
    open_answers = [
        answer
        for answer in case.safety.answers
        if answer.kind is kind and answer.state is AnswerState.POSITIVE and answer.ground not in case.safety.dealt_with
    ]
    if not open_answers:
        return None
    recent = [answer for answer in open_answers if is_entered_soon(answer, numbers)]
    tier_of = {answer.ground: how_soon(answer, case.safety.answers) for answer in open_answers}
    tiers = {tier_of[answer.ground] for answer in recent} if case.died_on is None else set[SafetyTier]()
    unfinished = _worse_gaps(recent, case.safety.answers) if tiers else []
    tells = {part for answer in recent if tier_of[answer.ground] is not SafetyTier.ACTION for part in answer.tells}
    newest = sorted(open_answers, key=lambda answer: (answer.on, answer.id), reverse=True)
    answers = sorted(
        newest,
        key=lambda answer: (answer not in recent, tier_of[answer.ground].rank, answer.calls_for is None),
    )
    return Found(
        tier=Tier.URGENT if tiers - {SafetyTier.ACTION} else Tier.ACTION,
        evidence={
            "is_recent": bool(recent),
            "is_immediate": SafetyTier.IMMEDIATE in tiers,
            "is_static": tiers == {SafetyTier.ACTION}
            and all(_is_milder_now(each, case.safety.answers) for each in recent),
            "tells": sorted(tells) if tiers else [],
            "died_on": stored(case.died_on),
            "answers": [answer_facts(answer) for answer in answers],
            "unfinished": [answer_facts(answer) for answer in unfinished],
            "screens": [answer_facts(answer) for answer in _screens_since(answers[0], case.safety.answers)],
        },
        since=min(answer.entered_on for answer in open_answers),
    )


def how_soon(answer: SafetyAnswer, answers: Iterable[SafetyAnswer]) -> SafetyTier:
    """How soon a positive answer is acted on: the same day at least while a worse question of its form is open.

    ``answers`` are all of the person.
    """
    known = list(answers)
    tier = _tier(answer, known)
    return min(tier, SafetyTier.URGENT, key=lambda each: each.rank) if _worse_gaps([answer], known) else tier


def _tier(answer: SafetyAnswer, answers: Iterable[SafetyAnswer]) -> SafetyTier:
    """How soon it is acted on: less soon where an earlier form had it already and the instrument says so."""
    if answer.tier_again is None:
        return answer.tier
    is_known = any(
        (each.instrument, each.item_id, each.state) == (answer.instrument, answer.item_id, AnswerState.POSITIVE)
        and (each.on, each.nth) < (answer.on, answer.nth)
        for each in answers
    )
    return answer.tier_again if is_known else answer.tier


def _is_milder_now(answer: SafetyAnswer, answers: Iterable[SafetyAnswer]) -> bool:
    """Whether it would press more, were it not on record already."""
    return _tier(answer, answers).rank > answer.tier.rank


def _worse_gaps(positive: Sequence[SafetyAnswer], answers: Sequence[SafetyAnswer]) -> list[SafetyAnswer]:
    """Questions without an answer in the forms of these, a yes to which would be more pressing than what is known."""
    forms = {answer.id for answer in positive}
    known = min(_tier(answer, answers).rank for answer in positive)
    return [
        answer for answer in answers if answer.id in forms and not answer.state.is_answered and answer.tier.rank < known
    ]


def _screens_since(worst: SafetyAnswer, answers: Iterable[SafetyAnswer]) -> list[SafetyAnswer]:
    """The last form of several safety questions answered in full since ``worst`` was given; its first question."""
    screens = [
        form[0]
        for form in forms_of(answer for answer in answers if not answer.is_draft and answer.kind is worst.kind)
        if len(form) > 1 and is_answered(form) and form[0].on >= worst.on and form[0].id != worst.id
    ]
    return sorted(screens, key=lambda answer: (answer.on, answer.nth))[-1:]


def is_immediate(evidence: Mapping[str, Any]) -> bool:
    """Whether a safety alert that rests on this tells of a danger under way, so that its clock runs faster."""
    parts = (evidence, *(each["evidence"] for each in evidence.get("also", ())))
    return any(part.get("is_immediate") is True for part in parts)


def told_besides(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """Who is told of a safety alert that rests on this, besides whoever answers it: "psychiatrist", "prescriber"."""
    parts = (evidence, *(each["evidence"] for each in evidence.get("also", ())))
    return tuple(sorted({part for each in parts for part in each.get("tells", ())}, reverse=True))


def is_entered_soon(answer: SafetyAnswer, numbers: Numbers) -> bool:
    """Whether it was entered so soon after it was given that somebody has to ask today."""
    return answer.entered_on - answer.on <= timedelta(days=numbers.required(_UNREVIEWED_AFTER))


def _positive_words(evidence: Evidence, _today: date) -> str:
    """The worst answer leads, with the others of its form; of other forms only the days are named."""
    worst, *others = evidence.each("answers")
    said = ": ".join(part for part in (worst.optional_text("value"), worst.optional_text("answer")) if part)
    answered = f"{worst.text('instrument')} {worst.text('item')} positive" + (f" ({said})" if said else "")
    beside, elsewhere = of_one_form(worst, others)
    if beside:
        answered += f", with {items_in_words(beside)},"
    also = dict.fromkeys(_elsewhere_words(worst, each) for each in elsewhere)
    more = f"; also {', '.join(also)}" if also else ""
    died_on = evidence.optional_day("died_on")
    if died_on is not None:
        return f"Review: {answered} on {written(worst.day('on'))}{more}; died on {written(died_on)}"
    if not evidence.flag("is_recent"):
        return f"Unreviewed positive of {written(worst.day('on'))}: {answered.rstrip(',')}{more}"
    return f"{answered} on {written(worst.day('on'))}{more}: {_asks(worst, evidence)}"


def _elsewhere_words(worst: Evidence, other: Evidence) -> str:
    """Another form's day; what it was, unless it is the same question."""
    day = written(other.day("on"))
    if (other.text("instrument"), other.text("item")) == (worst.text("instrument"), worst.text("item")):
        return day
    return f"{other.text('instrument')} {other.text('item')} on {day}"


def _asks(worst: Evidence, evidence: Evidence) -> str:
    """What is to be done: what nobody asked, what the instrument says, or a screen that nobody has done yet."""
    calls_for = worst.optional_text("calls_for")
    if unfinished := evidence.each("unfinished"):
        at_least = f"; at least {calls_for}" if calls_for else ""
        return f"{items_in_words(unfinished)} of this form not answered, ask today{at_least}"
    if calls_for is not None:
        return f"static risk (on record before); {calls_for}" if evidence.flag("is_static") else calls_for
    for screen in evidence.each("screens"):
        return f"{screen.text('instrument')} done on {written(screen.day('on'))}, decide what follows"
    return f"do a {C_SSRS} today"


def withdrawn_words(evidence: Evidence) -> str:
    """What became of the answers an alert rests on, once none of them stands: there is nothing left to ask today."""
    return f"{taken_back_words(evidence)}: close the alert with how it ended"


def taken_back_words(evidence: Evidence) -> str:
    """What became of each answer that was corrected, was entered in error or whose number is signed for no more, and of
    each report that was entered in error."""
    withdrawn = evidence.part("withdrawn")
    told = [
        _one_withdrawn(answer, withdrawn.part(answer.text("id")).part(answer.text("item_id")))
        for answer in _each(evidence, "answers")
        if withdrawn.has(answer.text("id")) and withdrawn.part(answer.text("id")).has(answer.text("item_id"))
    ]
    told += [
        _one_report_withdrawn(report, withdrawn.part(report.text("id")).part(""))
        for report in _each(evidence, "reports")
        if withdrawn.has(report.text("id"))
    ]
    return "; ".join(told)


def _each(evidence: Evidence, name: str) -> list[Evidence]:
    return evidence.each(name) if evidence.has(name) else []


def _one_report_withdrawn(report: Evidence, fate: Evidence) -> str:
    by = fate.optional_text("by")
    return (
        f"{capitalised(report.text('kind'))} reported by {report.text('said_by')} on {written(report.day('on'))}, "
        f"marked as entered in error{'' if by is None else f' by {by}'} on {written(fate.day('on'))}"
    )


def _one_withdrawn(answer: Evidence, fate: Evidence) -> str:
    if fate.has("stands"):
        given = given_words(answer.optional_text("value"), answer.optional_text("answer"))
        return (
            f"{answer.text('instrument')} {answer.text('item')} of {written(answer.day('on'))}, {given}, stands and "
            "alerts nobody, because the clinic no longer signs for this number"
        )
    corrected_to = fate.optional_text("corrected_to")
    how = "marked as entered in error" if corrected_to is None else f"corrected to {corrected_to}"
    by = fate.optional_text("by")
    return (
        f"{answer.text('instrument')} {answer.text('item')} of {written(answer.day('on'))} was "
        f"{given_words(answer.optional_text('value'), answer.optional_text('answer'))}, {how}"
        f"{'' if by is None else f' by {by}'} on {written(fate.day('on'))}"
    )


def given_words(value: str | None, answer: str | None) -> str:
    """An answer as it was given: "1 (Several days)", "1" where its wording may not be shown."""
    if value is None:
        return "positive"
    return value if answer is None else f"{value} ({answer})"


def _reported(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Any danger reported by the team that no closed alert covers."""
    open_reports = [report for report in case.safety.reports if report.ground not in case.safety.dealt_with]
    if not open_reports:
        return None
    reports = sorted(open_reports, key=lambda report: (report.on, report.id), reverse=True)
    return Found(
        tier=Tier.URGENT if case.died_on is None else Tier.ACTION,
        evidence={"died_on": stored(case.died_on), "reports": [_report_facts(report) for report in reports]},
        since=min(report.on for report in open_reports),
    )


def _report_facts(report: SafetyReport) -> dict[str, JSON]:
    return {
        "id": report.id,
        "on": stored(report.on),
        "kind": report.kind,
        "said_by": report.said_by,
        "what_done": report.what_done,
    }


def _reported_words(evidence: Evidence, _today: date) -> str:
    newest, *older = evidence.each("reports")
    done = newest.optional_text("what_done") or "nothing recorded yet"
    sentence = (
        f"{capitalised(newest.text('kind'))} reported by {newest.text('said_by')} on {written(newest.day('on'))}; "
        f"done: {done.rstrip('.')}"
    )
    if older:
        also = ", ".join(f"{each.text('kind')} on {written(each.day('on'))}" for each in older)
        sentence += f"; also {also}"
    died_on = evidence.optional_day("died_on")
    return sentence if died_on is None else f"Review: {sentence}; died on {written(died_on)}"


RULES = (
    Rule(
        id="safety.self-harm",
        title="Positive safety answer",
        family=Family.SAFETY,
        audience=(Audience.CARE_MANAGER, Audience.DUTY),
        parameters=(_UNREVIEWED_AFTER,),
        source="Any positive self-harm item, whatever the total: the item's own threshold in the instrument file",
        check=partial(_positive, kind=DangerKind.SELF_HARM),
        words=_positive_words,
        version=5,
    ),
    Rule(
        id="safety.abuse",
        title="Sign of abuse",
        family=Family.SAFETY,
        audience=(Audience.CARE_MANAGER, Audience.DUTY),
        parameters=(_UNREVIEWED_AFTER,),
        source="A score that is a sign of abuse, at the cut-off in the instrument file",
        check=partial(_positive, kind=DangerKind.ABUSE),
        words=_positive_words,
        version=2,
    ),
    Rule(
        id="safety.reported",
        title="Danger reported",
        family=Family.SAFETY,
        audience=(Audience.CARE_MANAGER, Audience.DUTY),
        parameters=(),
        source="A danger anyone of the team reports is answered the same day",
        check=_reported,
        words=_reported_words,
    ),
)
