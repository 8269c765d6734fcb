"""The caseload as a table to take along: the columns that are shown, each value by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from registry.caseload.presenters.cells import (
    DUE_WORDS,
    HOUSING_WORDS,
    PAUSE_ENDS,
    SAFETY_WORDS,
    WORK_WORDS,
    RowFacts,
    away_words,
    further_words,
    situation_of,
)
from registry.caseload.presenters.reasons import reasons_today
from registry.caseload.presenters.row import name_of
from registry.caseload.presenters.scores import scale_label
from registry.caseload.presenters.yearly_check import yearly_check
from registry.episodes.rules import PHASE_TITLES, weeks_in_care
from registry.patients.presenters import interpreter
from registry.web.filters import age
from registry.web.spreadsheets import Value

_WHO = ("Name", "Pronouns", "Age", "MRN", "Clinic", "Consent withdrawn on", "Interpreter")

_SCORE = ("measure", "baseline", "baseline on", "latest", "latest on", "is known", "change", "standing")

_HEADINGS: Mapping[str, Sequence[str]] = {
    "reasons": ("Why now",),
    "phase": ("Phase", "Weeks", "Referred on", "Enrolled on", "Treated for"),
    "main": tuple(f"Main {name}" for name in _SCORE),
    "second": tuple(f"Second {name}" for name in _SCORE),
    "function": tuple(f"Function {name}" for name in _SCORE),
    "further": ("Other measures",),
    "safety": (
        "Safety",
        "Safety item",
        "Safety asked on",
        "Last positive on",
        "Safety plan",
        "Safety plan of",
        "Safety plan review due on",
    ),
    "contact": ("Last two-way contact", "Attempts missed since"),
    "due": (*(f"{words} due on" for words in DUE_WORDS.values()), f"{PAUSE_ENDS} on", "Away"),
    "physical": ("Physical check done", "Physical check of", "Physical check missing"),
    "review": ("Last review", "Open recommendations", "Question waits"),
    "housing": ("Home", "Home told on"),
    "work": ("Work", "Work told on"),
    "minutes": ("Minutes this month",),
    "manager": ("Care manager",),
}


def headings_of(columns: Sequence[str]) -> list[str]:
    """The headings of the table."""
    return [*_WHO, *(heading for column in columns for heading in _HEADINGS[column])]


def values_of(facts: RowFacts) -> list[Value]:
    """One row of the table, under ``headings_of``."""
    row = facts.columns
    who: list[Value] = [name_of(row), row.pronouns, age(row.birth_date, facts.today), row.mrn, facts.clinic]
    told = (row.consent_withdrawn_on, interpreter(row.needs_interpreter))
    return [*who, *told, *(value for column in facts.shown for value in _VALUES[column](facts))]


def _reasons(facts: RowFacts) -> Sequence[Value]:
    return ("; ".join(each.sentence for each in reasons_today(json.loads(facts.columns.reasons), facts.today)),)


def _phase(facts: RowFacts) -> Sequence[Value]:
    row = facts.columns
    weeks = None
    if row.enrolled_on is not None:
        weeks = weeks_in_care(row.enrolled_on, ended_on=row.ended_on, today=facts.today)
    return PHASE_TITLES[row.phase], weeks, row.referred_on, row.enrolled_on, situation_of(facts)


def _score(which: str) -> Callable[[RowFacts], Sequence[Value]]:
    def values(facts: RowFacts) -> Sequence[Value]:
        row = facts.columns
        scale, baseline_on = getattr(row, f"{which}_scale"), getattr(row, f"{which}_baseline_on")
        baseline: Decimal | None = getattr(row, f"{which}_baseline")
        latest: Decimal | None = getattr(row, f"{which}_latest")
        latest_on: date | None = getattr(row, f"{which}_latest_on")
        if scale is None:
            return (None,) * len(_SCORE)
        if latest is None or latest_on is None:
            return (scale_label(scale), *(None,) * (len(_SCORE) - 1))
        is_known = (facts.today - latest_on).days <= getattr(row, f"{which}_stale_after_days")
        has_followed_up = baseline is not None and baseline_on is not None and latest_on > baseline_on
        change = latest - baseline if has_followed_up and baseline is not None else None
        standing = getattr(row, f"{which}_standing") if is_known else "unknown"
        return (
            scale_label(scale),
            baseline,
            baseline_on,
            latest,
            latest_on,
            "yes" if is_known else "no, too old",
            change,
            standing,
        )

    return values


def _further(facts: RowFacts) -> Sequence[Value]:
    return ("; ".join(further_words(each, facts.today) for each in json.loads(facts.columns.further)),)


def _safety(facts: RowFacts) -> Sequence[Value]:
    row = facts.columns
    words = "Never asked" if row.safety_state is None else SAFETY_WORDS[row.safety_state]
    asked = (words, row.safety_item, row.safety_on, row.safety_positive_on)
    has_plan = "none" if row.safety_plan_on is None else "yes"
    return *asked, has_plan, row.safety_plan_on, row.safety_plan_review_on


def _contact(facts: RowFacts) -> Sequence[Value]:
    return facts.columns.last_two_way_on, facts.columns.failed_attempts


def _due(facts: RowFacts) -> Sequence[Value]:
    row = facts.columns
    where = (row.away_kind, row.away_since, row.away_last_known_on)
    away = "" if row.away_kind is None else away_words(*where, facts.today)
    return (*(getattr(row, f"{kind}_due_on") for kind in DUE_WORDS), row.paused_until, away)


def _review(facts: RowFacts) -> Sequence[Value]:
    row = facts.columns
    return row.last_review_on, row.open_recommendations, "yes" if row.has_question else "no"


def _physical(facts: RowFacts) -> Sequence[Value]:
    check = yearly_check(facts.columns, facts.today)
    return (None, None, None) if check is None else (check.done, check.parts, "; ".join(check.missing))


def _told(words: Mapping[str, str], column: str) -> Callable[[RowFacts], Sequence[Value]]:
    return lambda facts: (words.get(getattr(facts.columns, column) or ""), getattr(facts.columns, f"{column}_on"))


def _column(name: str) -> Callable[[RowFacts], Sequence[Any]]:
    return lambda facts: (getattr(facts.columns, name),)


_VALUES: Mapping[str, Callable[[RowFacts], Sequence[Value]]] = {
    "reasons": _reasons,
    "phase": _phase,
    "main": _score("first"),
    "second": _score("second"),
    "function": _score("function"),
    "further": _further,
    "safety": _safety,
    "contact": _contact,
    "due": _due,
    "review": _review,
    "physical": _physical,
    "housing": _told(HOUSING_WORDS, "housing"),
    "work": _told(WORK_WORDS, "work"),
    "minutes": _column("minutes"),
    "manager": _column("manager"),
}
