"""That nobody has reached a person for long, and what was tried, in short: two reasons, and one call settles both.

Each stays an alert of its own and closes by itself, both with the next two-way contact. Where both stand open about one
person, a list says them in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.phrases import count
from registry.contacts.ladder import WHAT_TO_DO, Step
from registry.web.filters import short_date

NO_CONTACT, ATTEMPTS = "engage.no-contact", "engage.attempts"

Told = TypeVar("Told")


def said_as_one(reasons: Sequence[Told], rule_of: Callable[[Told], str]) -> tuple[Told, Told] | None:
    """Of the ranked reasons of one person the two to be said as one, the one that speaks for both first."""
    found = [each for each in reasons if rule_of(each) in (NO_CONTACT, ATTEMPTS)]
    if len(found) != 2 or rule_of(found[0]) == rule_of(found[1]):
        return None
    return found[0], found[1]


def no_contact_words(evidence: Evidence, today: date) -> str:
    """For how long nobody has reached the person."""
    counted_from = evidence.optional_day("last_on") or evidence.day("begun_on")
    attempts = evidence.whole("attempts")
    parts = [f"No two-way contact for {count((today - counted_from).days, 'day')}"]
    if attempts:
        parts.append(f"{count(attempts, 'attempt')} failed")
    seen_on = evidence.optional_day("seen_on")
    if seen_on is not None:
        parts.append(f"seen by {evidence.text('seen_by')} {short_date(seen_on, today=today)}")
    if evidence.flag("decide"):
        parts.append("decide how to go on")
    return "; ".join(parts)


def attempts_words(evidence: Evidence) -> str:
    """What was tried in vain, and what comes next."""
    return f"Not reached in {count(evidence.whole('attempts'), 'attempt')}; {_next(evidence)}"


def both_words(first: tuple[str, Evidence], second: tuple[str, Evidence], today: date) -> str:
    """The two of ``said_as_one``, each by its rule: one sentence, and what comes next is said once."""
    told = dict((first, second))
    silence, tries = told[NO_CONTACT], told[ATTEMPTS]
    said = no_contact_words(silence, today)
    if silence.flag("decide") and tries.optional_text("next") is None:
        return said
    return f"{said}; {_next(tries)}"


def _next(evidence: Evidence) -> str:
    following = evidence.optional_text("next")
    return f"next, {WHAT_TO_DO[Step(following)]}" if following else "every step is tried: decide how to go on"
