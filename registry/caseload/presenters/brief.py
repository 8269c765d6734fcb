"""A reason in a row of a list: its sentence, less the scores and dates that stand beside it in the row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from registry.alerts.outreach import ATTEMPTS, NO_CONTACT, attempts_words, both_words, no_contact_words, said_as_one
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.life import TRANSITION, UNREACHED, left_words
from registry.alerts.rulebook.phrases import count, duration, figure
from registry.alerts.rulebook.stay import ADMISSION
from registry.alerts.rulebook.target import review_words
from registry.alerts.sentences import sentence_of
from registry.life.rules import PLACES
from registry.web.filters import short_date


def brief_reasons(reasons: Sequence[Mapping[str, Any]], today: date) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each ranked reason of one person with what a row says; two that one call settles are said as one."""
    both = said_as_one(reasons, lambda each: str(each["rule"]))
    for reason in reasons:
        if both is None or reason not in both:
            yield reason, brief_sentence(reason, today)
        elif reason is both[0]:
            yield reason, _both(both, today)


def _both(both: tuple[Mapping[str, Any], Mapping[str, Any]], today: date) -> str:
    first, second = ((str(each["rule"]), Evidence(each["evidence"])) for each in both)
    try:
        return both_words(first, second, today)
    except (KeyError, TypeError, ValueError):
        return "; ".join(brief_sentence(each, today) for each in both)


def brief_sentence(reason: Mapping[str, Any], today: date) -> str:
    """The reason as of ``today``. The sentence of the last evaluation, where its evidence cannot be read any more."""
    brief = _BRIEF.get(reason["rule"])
    try:
        if brief is not None:
            return brief(Evidence(reason["evidence"]), today)
        return _without_year(sentence_of(reason["rule"], reason["evidence"], today), today)
    except (KeyError, TypeError, ValueError):
        stored: str = reason["sentence"]
        return stored


def _without_year(sentence: str, today: date) -> str:
    """ "20 Nov 2026" → "20 Nov" while it is that year, as every date of a row is written."""
    return re.sub(rf"\b(\d{{1,2}} [A-Z][a-z]{{2}}) {today.year}\b", r"\1", sentence)


def full_sentence(reason: Mapping[str, Any], today: date) -> str:
    """The whole sentence as of ``today``, with the same way out."""
    try:
        return sentence_of(reason["rule"], reason["evidence"], today)
    except (KeyError, TypeError, ValueError):
        stored: str = reason["sentence"]
        return stored


def says_no_score(reason: Mapping[str, Any], scale: str | None) -> bool:
    """Whether the reason already says for how long there was no score on ``scale``."""
    if reason["rule"] != "target.off":
        return False
    try:
        measures = Evidence(reason["evidence"]).each("measures")
        return any(each.text("key") == scale and _is_silent(each) for each in measures)
    except (KeyError, TypeError, ValueError):
        return False


def _is_silent(measure: Evidence) -> bool:
    return measure.optional_text("was") is not None or not measure.flag("has_followed_up")


def _off_target(evidence: Evidence, today: date) -> str:
    measure, *others = evidence.each("measures")
    if measure.optional_text("was") is not None:
        silent = count((today - measure.day("latest_on")).days, "day")
        said = f"No {measure.text('label')} for {silent}: not known to be better"
    elif not measure.flag("has_followed_up"):
        said = f"No {measure.text('label')} since the baseline, {duration(measure.day('before_on'), today)} ago"
    else:
        said = f"Off target {duration(measure.day('off_since'), today)}"
    more = f", also on {', '.join(each.text('label') for each in others)}" if others else ""
    reviewed = review_words(evidence.part("review"), today, say=lambda day: short_date(day, today=today))
    return "; ".join([f"{said}{more}", *reviewed])


def _early(evidence: Evidence, today: date) -> str:
    measure = evidence.each("measures")[0]
    return f"Too little change after {duration(measure.day('baseline_on'), today)} of treatment"


def _mixed(evidence: Evidence, _today: date) -> str:
    both = evidence.each("both")[0]
    (mania, *others), depression = both.each("mania"), both.each("depression")[0]
    scores = " and ".join(_score(each) for each in (mania, depression))
    return f"Mixed, mania first: {scores}, both elevated{_also(others)}"


def _mania(evidence: Evidence, _today: date) -> str:
    measure, *others = evidence.each("measures")
    cutoff = measure.optional_amount("elevated_from")
    why = f"at {figure(cutoff)} or above" if cutoff is not None else "up by the reliable change"
    return f"Mania: {_score(measure)}, {why}{_also(others)}"


def _score(measure: Evidence) -> str:
    return f"{measure.text('label')} {figure(measure.amount('latest'))}"


def _also(others: Iterable[Evidence]) -> str:
    """The other measures that say mania: the worst speaks first and hides none."""
    named = ", ".join(_score(each) for each in others)
    return f"; also {named}" if named else ""


def _relapse(evidence: Evidence, _today: date) -> str:
    measure = evidence.each("measures")[0]
    return (
        f"Relapse: {measure.text('label')} {figure(measure.amount('latest'))}, "
        f"up from {figure(measure.amount('best'))} held on two scores"
    )


def _attempts(evidence: Evidence, _today: date) -> str:
    return attempts_words(evidence)


def _pause_over(evidence: Evidence, today: date) -> str:
    until = short_date(evidence.day("paused_until"), today=today)
    return f"Pause over since {until}: resume care or end the episode"


def _first_follow_up(evidence: Evidence, today: date) -> str:
    limit_on = evidence.day("limit_on")
    verb = "was due" if today > limit_on else "due"
    return f"No follow-up since enrolment; {verb} by {short_date(limit_on, today=today)}"


def _measure_due(evidence: Evidence, today: date) -> str:
    return f"{', '.join(_one_due(each, today) for each in evidence.each('due'))} due"


def _one_due(due: Evidence, today: date) -> str:
    last_on = due.optional_day("last_on")
    return due.text("label") if last_on is None else f"{due.text('label')} ({(today - last_on).days} days old)"


def _review_due(evidence: Evidence, today: date) -> str:
    if evidence.optional_day("reviewed_on") is None:
        return f"Never reviewed in {duration(evidence.day('begun_on'), today)}"
    return f"Review due since {short_date(evidence.day('due_on'), today=today)}"


def _review_open(evidence: Evidence, today: date) -> str:
    oldest, *others = evidence.each("orders")
    waits = count((today - oldest.day("proposed_on")).days, "day")
    which = f"{len(others) + 1} recommendations" if others else "Recommendation"
    return f"{which} undecided for {waits}"


def _review_undone(evidence: Evidence, today: date) -> str:
    oldest, *others = evidence.each("orders")
    which = f"{len(others) + 1} recommendations" if others else "Recommendation"
    return f"{which} accepted, not done after {count((today - oldest.day('decided_on')).days, 'day')}"


def _loss(evidence: Evidence, today: date) -> str:
    return "; ".join(
        f"{_what_was_lost(each)} {short_date(each.day('lost_on'), today=today)}" for each in evidence.each("losses")
    )


def _what_was_lost(loss: Evidence) -> str:
    return loss.text("told") if loss.has("told") else f"{loss.text('name').capitalize()} lost"


def _transition(evidence: Evidence, today: date) -> str:
    left_on = evidence.day("left_on")
    begun = f"{left_words(evidence.text('kind'), evidence.optional_text('reason'))} {short_date(left_on, today=today)}"
    if not evidence.is_none("spoken_on"):
        return f"{begun}: second contact by {short_date(evidence.day('limit_on'), today=today)}"
    told = "; the lead is told" if evidence.flag("is_told") else ""
    return f"{begun}, not spoken with since{': reach the person today' if evidence.flag('is_late') else ''}{told}"


def _unreached(evidence: Evidence, today: date) -> str:
    attempts = evidence.whole("attempts")
    tried = f", {count(attempts, 'attempt')} failed" if attempts else ""
    return f"Not spoken with for {count((today - evidence.day('unspoken_since')).days, 'day')}{tried}: decide who goes"


def _admission(evidence: Evidence, today: date) -> str:
    return "; ".join(
        f"In {PLACES[each.text('kind')]} since {short_date(each.day('began_on'), today=today)}: send medicines"
        for each in evidence.each("stays")
    )


_BRIEF: Mapping[str, Callable[[Evidence, date], str]] = {
    "target.off": _off_target,
    "target.early": _early,
    "target.mixed": _mixed,
    "target.mania": _mania,
    "target.relapse": _relapse,
    "engage.pause-over": _pause_over,
    NO_CONTACT: no_contact_words,
    ATTEMPTS: _attempts,
    "engage.first-follow-up": _first_follow_up,
    "measure.due": _measure_due,
    "review.due": _review_due,
    "review.open": _review_open,
    "review.undone": _review_undone,
    "social.loss": _loss,
    TRANSITION: _transition,
    UNREACHED: _unreached,
    ADMISSION: _admission,
}
