"""What happened since the last review, in a row of the queue: safety that was answered, advice declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.alerts.models import OUTCOMES
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.phrases import capitalised
from registry.case_review.since_review import Answer, Declined
from registry.web.filters import short_date


def answered_sentence(answers: Sequence[Answer], today: date) -> str:
    """ "PHQ-9 item 9 positive 9 Mar, answered: reached; safe for now, plan reviewed", the last of them."""
    *earlier, last = answers
    outcome = OUTCOMES[last.outcome]
    said = f"{_danger(last, today)}, answered: {outcome[0].lower()}{outcome[1:]}"
    return f"{said}; {len(earlier)} more answered before" if earlier else said


def _danger(answered: Answer, today: date) -> str:
    evidence = Evidence(answered.evidence)
    try:
        if evidence.has("reports"):
            report = evidence.each("reports")[0]
            return f"{capitalised(report.text('kind'))} reported {short_date(report.day('on'), today=today)}"
        worst = evidence.each("answers")[0]
        on = short_date(worst.day("on"), today=today)
        return f"{worst.text('instrument')} {worst.text('item')} positive {on}"
    except (KeyError, TypeError, ValueError, IndexError):
        return answered.sentence.rstrip(".")


def declined_sentence(declined: Sequence[Declined], today: date) -> str:
    """ "Declined 12 Mar by Rosa Osei: “pregnant”", the first of them."""
    first, *others = declined
    said = f"Declined {short_date(first.on, today=today)} by {first.by}: “{first.why}”"
    return f"{said}; {len(others)} more declined" if others else said
