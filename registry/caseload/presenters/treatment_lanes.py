"""A person's treatment as lanes of the course: bars that darken with the dose, and a mark for every injection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from registry.charts.course_facts import Lane, Mark, Spell
from registry.treatment.queries import TrialCourse
from registry.treatment.rules import HAS_DOSE, OUTCOMES, Step, dose_words

_TITLES = {"medicine": "Medication", "therapy": "Therapy", "other": "Other"}
_MARKS = {"given": "done", "given-elsewhere": "elsewhere", "refused": "missed", "not-in-stock": "missed"}
_DOSES = ("dose-1", "dose-2", "dose-3")


def treatment_lanes(courses: Sequence[TrialCourse], *, first: date, last: date) -> Iterator[Lane]:
    """Medication, therapy and other treatment between two days, each in as many rows as run beside each other."""
    for group, title in _TITLES.items():
        own = [course for course in courses if _group(course) == group]
        bars = [spells for course in own if (spells := list(_spells(course, first=first, last=last)))]
        for number, row in enumerate(_rows(bars)):
            yield Lane(title if number == 0 else "", spells=row, about=title)
        if group == "medicine":
            marks = sorted(_marks(own, first=first, last=last), key=lambda mark: mark.on)
            if marks:
                yield Lane("Injections", marks=marks)


def _group(course: TrialCourse) -> str:
    return "medicine" if course.trial.kind in HAS_DOSE else course.trial.kind


def _spells(course: TrialCourse, *, first: date, last: date) -> Iterator[Spell]:
    """One bar for each step, to the next; what has not stopped is taken to last."""
    steps = [*course.steps]
    most = max((step.amount for step in steps if step.amount is not None), default=None)
    ends = [after.on for _, after in pairwise(steps)] + [last]
    is_named = False
    for step, ends_on in zip(steps, ends, strict=True):
        starts_on, ends_on = max(step.on, first), min(ends_on, last)
        if step.kind == "stop" or ends_on <= starts_on:
            continue
        dose = dose_words(step, course.trial.kind)
        words = f"{course.trial.name} {dose}".strip()
        brief = dose.removesuffix(" a day") if is_named and course.trial.kind == "medication" else course.trial.name
        yield Spell(starts_on, ends_on, words, _shade(course, step, most), brief=brief)
        is_named = True


def _shade(course: TrialCourse, step: Step, most: Decimal | None) -> str:
    """By thirds of the highest dose of this trial; the middle where there is nothing to compare."""
    if course.trial.kind == "therapy":
        return "therapy"
    doses = {(each.amount, each.unit) for each in course.steps if each.amount is not None}
    if step.amount is None or most is None or len(doses) < 2 or len({unit for _, unit in doses}) > 1:
        return _DOSES[1]
    return _DOSES[0] if step.amount * 3 <= most else _DOSES[1] if step.amount * 3 <= most * 2 else _DOSES[2]


def _rows(bars: Sequence[Sequence[Spell]]) -> list[list[Spell]]:
    """Trials in as few rows as no two overlap in, the earliest first."""
    rows: list[list[Spell]] = []
    for spells in sorted(bars, key=lambda each: (each[0].starts_on, each[0].words)):
        row = next((each for each in rows if each[-1].ends_on <= spells[0].starts_on), None)
        if row is None:
            row = []
            rows.append(row)
        row.extend(spells)
    return rows


def _marks(courses: Sequence[TrialCourse], *, first: date, last: date) -> Iterator[Mark]:
    for course in courses:
        for each in course.injections:
            if first <= each.on <= last:
                yield Mark(each.on, f"{course.trial.name}: {OUTCOMES[each.outcome].lower()}", _MARKS[each.outcome])
