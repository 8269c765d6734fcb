"""Safety: a positive answer, a danger somebody reported, an answer nobody has.

These rules belong to the person: they look at every measurement that is not void, in any episode
and in none. A later low answer never clears a positive one; a person closes the alert, and the
closure names what it dealt with.
"""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import C_SSRS, ago, capitalised, count, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import AnswerState, CaseSnapshot, SafetyAnswer, SafetyReport

_UNREVIEWED_AFTER = "safety.self-harm.unreviewed_after"
_TOTAL_ONLY_FROM = "safety.unknown.total_only_from"


def unknown_item(answer: SafetyAnswer) -> str | None:
    """What to print beside a total recorded without its items: "item 9 unknown", from a total of 1 on."""
    if answer.state is not AnswerState.TOTAL_ONLY or not answer.total_above_floor:
        return None
    return f"{answer.item} unknown"


def _positive(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """Any positive answer not yet dealt with, whatever the total.

    Urgent where at least one was entered soon after it was given; otherwise an old answer that
    still has to be read. After a death nobody is asked to call, but the answer is still read.
    """
    open_answers = [
        answer
        for answer in case.safety.answers
        if answer.state is AnswerState.POSITIVE and answer.id not in case.safety.dealt_with
    ]
    if not open_answers:
        return None
    is_recent = any(is_entered_soon(answer, numbers) for answer in open_answers)
    answers = sorted(open_answers, key=lambda answer: (answer.on, answer.id), reverse=True)
    return Found(
        tier=Tier.URGENT if is_recent and case.died_on is None else Tier.ACTION,
        evidence={
            "is_recent": is_recent,
            "died_on": stored(case.died_on),
            "answers": [_answer_facts(answer) for answer in answers],
        },
        since=min(answer.entered_on for answer in open_answers),
    )


def is_entered_soon(answer: SafetyAnswer, numbers: Numbers) -> bool:
    """Whether it was entered so soon after it was given that somebody has to ask today."""
    return answer.entered_on - answer.on <= timedelta(days=numbers.required(_UNREVIEWED_AFTER))


def _answer_facts(answer: SafetyAnswer) -> dict[str, JSON]:
    return {
        "id": answer.id,
        "instrument": answer.instrument,
        "item": answer.item,
        "on": stored(answer.on),
        "state": answer.state.value,
        "value": None if answer.value is None else str(answer.value),
        "answer": answer.answer,
    }


def _positive_words(evidence: Evidence, _today: date) -> str:
    newest, *older = evidence.each("answers")
    said = ": ".join(part for part in (newest.optional_text("value"), newest.optional_text("answer")) if part)
    answered = f"{newest.text('instrument')} {newest.text('item')} positive" + (f" ({said})" if said else "")
    more = f"; also {', '.join(written(each.day('on')) for each in older)}" if older else ""
    died_on = evidence.optional_day("died_on")
    if died_on is not None:
        return f"Review: {answered} on {written(newest.day('on'))}{more}; died on {written(died_on)}"
    if not evidence.flag("is_recent"):
        return f"Unreviewed positive of {written(newest.day('on'))}: {answered}{more}"
    return f"{answered} on {written(newest.day('on'))}{more}: do a {C_SSRS} today"


def withdrawn_words(evidence: Evidence) -> str:
    """What became of the answers an alert rests on, once none of them stands: there is nothing left to ask today."""
    withdrawn = evidence.part("withdrawn")
    told = [
        _one_withdrawn(answer, withdrawn.part(answer.text("id")))
        for answer in evidence.each("answers")
        if withdrawn.has(answer.text("id"))
    ]
    return f"{'; '.join(told)}: close the alert with how it ended"


def _one_withdrawn(answer: Evidence, fate: Evidence) -> str:
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
    open_reports = [report for report in case.safety.reports if report.id not in case.safety.dealt_with]
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


def _unknown(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """A safety item blank or declined at any total, or a higher total without its items, not asked since.

    Any safety item answered on the same day or later, on any instrument, settles it. A death does too.
    """
    if case.died_on is not None:
        return None
    from_total = numbers.required(_TOTAL_ONLY_FROM)
    answered_on = [answer.on for answer in case.safety.answers if answer.state.is_answered]
    last_answered_on = max(answered_on, default=date.min)
    gaps = [
        answer
        for answer in case.safety.answers
        if _is_gap(answer, from_total) and answer.on > last_answered_on and answer.id not in case.safety.dealt_with
    ]
    if not gaps:
        return None
    answers = sorted(gaps, key=lambda answer: (answer.on, answer.id), reverse=True)
    return Found(
        tier=Tier.ACTION,
        evidence={"answers": [_answer_facts(answer) for answer in answers]},
        since=min(answer.entered_on for answer in gaps),
    )


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
    newest, *older = evidence.each("answers")
    state = AnswerState(newest.text("state"))
    why = " (only a total was recorded)" if state is AnswerState.TOTAL_ONLY else ""
    on = newest.day("on")
    sentence = (
        f"{newest.text('instrument')} {newest.text('item')} {_GAP[state]} on {written(on)}{why}, "
        f"not asked since ({ago(on, today)})"
    )
    return f"{sentence}; {count(len(older), 'earlier gap')}" if older else sentence


RULES = (
    Rule(
        id="safety.self-harm",
        title="Positive safety answer",
        family=Family.SAFETY,
        audience=(Audience.CARE_MANAGER, Audience.DUTY),
        parameters=(_UNREVIEWED_AFTER,),
        source="Any positive self-harm item, whatever the total: the item's own threshold in the instrument file",
        check=_positive,
        words=_positive_words,
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
    Rule(
        id="safety.unknown",
        title="Safety answer missing",
        family=Family.SAFETY,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_TOTAL_ONLY_FROM,),
        source="Unknown is not no: an unanswered safety item has to be asked",
        check=_unknown,
        words=_unknown_words,
    ),
)
