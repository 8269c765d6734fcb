"""What each column of the list says about one episode."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from registry.alerts.last_safety import NEGATIVE, POSITIVE, UNKNOWN
from registry.caseload.circumstances import FOUND, LOST
from registry.caseload.columns import Columns
from registry.caseload.course_text import SPARKLINE_DAYS, read_course
from registry.caseload.looked import News
from registry.caseload.models import CaseloadRow
from registry.caseload.presenters.reasons import ReasonShown, reasons_today
from registry.caseload.presenters.scores import Measured, ScoreShown, scale_label, show_score
from registry.caseload.presenters.yearly_check import yearly_check
from registry.episodes.rules import CONDITIONS, PHASE_TITLES, weeks_in_care
from registry.episodes.scales import ClinicScales
from registry.life.rules import PLACES
from registry.measures.course import Target
from registry.web.filters import count, number, short_date

WIDTHS: Mapping[str, int] = {"first": 64, "second": 40, "function": 40}
"""Widths of the sparklines, in CSS pixels."""

MOST_REASONS = 3
"""A row shows this many sentences; the person's page shows all."""

HOUSING_WORDS: Mapping[str, str] = {
    "stable": "Stable home",
    "unstable": "Unstable home",
    "institution": "Institution",
    "homeless": "Homeless",
    LOST: "Home lost",
    FOUND: "Home found",
}
WORK_WORDS: Mapping[str, str] = {
    "competitive": "Competitive job",
    "other": "Other work",
    "education": "In education",
    "none": "No work",
    LOST: "Job lost",
    FOUND: "Job found",
}
SAFETY_WORDS: Mapping[str, str] = {POSITIVE: "Positive", NEGATIVE: "Negative", UNKNOWN: "Unknown"}
_SAFETY_KINDS: Mapping[str, str] = {POSITIVE: "urgent", UNKNOWN: "action"}

FACTS = "facts-cell"
"""Drawn with each note on a line of its own."""

DUE_WORDS: Mapping[str, str] = {
    "contact": "Contact",
    "measure": "Measure",
    "review": "Review",
    "injection": "Injection",
}
PAUSE_ENDS = "Pause ends"


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A phase with its weeks and what is treated."""

    title: str
    code: str
    weeks: str
    situation: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row. Of ``reasons``, ``phase``, ``score`` and ``words`` one is said; ``kind`` is how it is drawn.

    ``label`` names it where rows are cards; a cell without one is left out there.
    """

    label: str = ""
    kind: str = ""
    has_reasons: bool = False
    reasons: Sequence[ReasonShown] = ()
    phase: PhaseShown | None = None
    has_score: bool = False
    score: ScoreShown | None = None
    words: str = ""
    words_kind: str = ""
    pressing: Sequence[str] = ()
    """Notes about what is overdue as well, drawn like it."""
    notes: Sequence[str] = ()


class RowFacts(NamedTuple):
    """All that the words of one row depend on, comparable as a whole: the same facts give the same row."""

    columns: Columns
    shown: tuple[str, ...]
    """The columns of the list, in order."""
    today: date
    names_scale: bool
    """Whether the main measure is named in the row, because the page holds several."""
    offers: frozenset[str]
    """Which of ``STEPS`` the reader may do at the clinic of the row."""
    read: ClinicScales
    """How the clinic of the row reads its scales."""
    clinic: str
    """Its name."""
    names_clinic: bool
    """Whether the row says where the episode is, because the reader lists several clinics."""
    news: News | None = None
    """What others have stored since the reader last looked."""


def cells_of(facts: RowFacts) -> list[Cell]:
    """The cells of a row, one for each column that is shown."""
    return [_CELLS[column](facts) for column in facts.shown]


def _reasons(facts: RowFacts) -> Cell:
    reasons = list(reasons_today(json.loads(facts.columns.reasons), facts.today))
    hidden = len(reasons) - MOST_REASONS
    notes = (f"and {hidden} more",) if hidden > 0 else ()
    return Cell(has_reasons=True, reasons=reasons[:MOST_REASONS], notes=notes)


def _phase(facts: RowFacts) -> Cell:
    row = facts.columns
    shown = PhaseShown(PHASE_TITLES[row.phase], row.phase, _weeks(row, facts.today), situation_of(facts))
    return Cell(label="Phase", kind="phase", phase=shown)


def _weeks(row: Columns, today: date) -> str:
    if row.enrolled_on is None:
        return f"since {short_date(row.referred_on, today=today)}"
    return f"{weeks_in_care(row.enrolled_on, ended_on=row.ended_on, today=today)} wk"


def situation_of(facts: RowFacts) -> str:
    """What is treated, and home and work unless they have columns of their own: "Bipolar I · Homeless · No work"."""
    row = facts.columns
    treated = ", ".join(CONDITIONS[each] for each in json.loads(row.conditions))
    home = "" if "housing" in facts.shown else dated_words(HOUSING_WORDS, row.housing, row.housing_on, facts.today)
    work = "" if "work" in facts.shown else dated_words(WORK_WORDS, row.work, row.work_on, facts.today)
    return " · ".join(words for words in (treated, home, work) if words)


def _main(facts: RowFacts) -> Cell:
    return Cell(label="Main measure", kind="measure", has_score=True, score=_score(facts, "first"))


def _second(facts: RowFacts) -> Cell:
    return _beside(facts, "second", "Beside it")


def _function(facts: RowFacts) -> Cell:
    return _beside(facts, "function", "Function")


def _beside(facts: RowFacts, which: str, label: str) -> Cell:
    """Named where rows are cards as well, unless nothing is followed: depression alone would hide the mania."""
    score = _score(facts, which)
    return Cell(label=label if score else "", kind="measure", has_score=True, score=score)


def _score(facts: RowFacts, which: str) -> ScoreShown | None:
    row, today = facts.columns, facts.today
    scale = getattr(row, f"{which}_scale")
    if scale is None:
        return None
    at_most, at_least = getattr(row, f"{which}_at_most"), getattr(row, f"{which}_at_least")
    baseline_on = getattr(row, f"{which}_baseline_on")
    starts_on = max(baseline_on or row.enrolled_on or row.referred_on, today - timedelta(days=SPARKLINE_DAYS))
    measured = Measured(
        scale=scale,
        definition=facts.read.scale(scale),
        standing=getattr(row, f"{which}_standing"),
        baseline=getattr(row, f"{which}_baseline"),
        baseline_on=baseline_on,
        latest=getattr(row, f"{which}_latest"),
        latest_on=getattr(row, f"{which}_latest_on"),
        percent=row.first_percent if which == "first" else None,
        stale_after_days=getattr(row, f"{which}_stale_after_days"),
        target=None if at_most is None and at_least is None else Target(at_most=at_most, at_least=at_least),
        beside_mania=which == "first" and row.beside_mania,
        points=list(read_course(getattr(row, f"{which}_course"), since=starts_on, until=today)),
    )
    return show_score(
        measured,
        today=today,
        starts_on=starts_on,
        width=WIDTHS[which],
        with_name=which != "first" or facts.names_scale,
    )


def _further(facts: RowFacts) -> Cell:
    measures = [further_words(each, facts.today) for each in json.loads(facts.columns.further)]
    return Cell(kind=FACTS, words="" if measures else "None", words_kind="quiet", notes=measures)


def further_words(measure: Mapping[str, Any], today: date) -> str:
    """A measure in a line: "GAD-7 14 → 9, 12 days"; one too old to go by reads unknown."""
    name = scale_label(measure["scale"])
    if measure["latest"] is None:
        return f"{name}: none yet"
    latest_on = date.fromisoformat(measure["latest_on"])
    age = (today - latest_on).days
    has_followed_up = measure["baseline_on"] is not None and measure["baseline_on"] < measure["latest_on"]
    before = f"{number(Decimal(measure['baseline']))} → " if has_followed_up else ""
    latest = number(Decimal(measure["latest"]))
    if age > measure["stale_after_days"]:
        return f"{name} {before}unknown, was {latest} {short_date(latest_on, today=today)}"
    return f"{name} {before}{latest}, {count(age, 'day') if age else 'today'}"


def _safety(facts: RowFacts) -> Cell:
    row, today = facts.columns, facts.today
    if row.safety_state is None:
        notes = list(_plan_notes(facts))
        return Cell(label="Safety", kind=FACTS, words="Never asked", words_kind="quiet", notes=notes)
    notes = [row.safety_item]
    if row.safety_state != POSITIVE and row.safety_positive_on is not None:
        notes.append(f"last positive {short_date(row.safety_positive_on, today=today)}")
    notes.extend(_plan_notes(facts))
    kind = _SAFETY_KINDS.get(row.safety_state, "")
    words = f"{SAFETY_WORDS[row.safety_state]} {short_date(row.safety_on, today=today)}"
    return Cell(label="Safety", kind=FACTS, words=words, words_kind=kind, notes=notes)


def _plan_notes(facts: RowFacts) -> Iterator[str]:
    """The safety plan and when it is looked at again; that there is none, of whoever ever told of a danger."""
    row, today = facts.columns, facts.today
    if row.safety_plan_on is None:
        if row.safety_positive_on is not None:
            yield "no safety plan"
    elif row.safety_plan_review_on is not None and row.safety_plan_review_on <= today:
        yield f"plan review due {short_date(row.safety_plan_review_on, today=today)}"
    else:
        yield f"plan {short_date(row.safety_plan_on, today=today)}"


def _contact(facts: RowFacts) -> Cell:
    row = facts.columns
    return Cell(
        label="Last contact",
        words=_days(row.last_two_way_on, facts.today, never="Never"),
        words_kind="action" if " engage." in row.rules else "",
        notes=(f"{row.failed_attempts} missed",) if row.failed_attempts else (),
    )


def _due(facts: RowFacts) -> Cell:
    row = facts.columns
    if is_resting(row):
        return _away(facts)
    first, *others = due_days(facts) or [("", None)]
    lost = [] if row.away_kind is None else [_away_words(facts)]
    if first[1] is None:
        return Cell(label="Next due", words="Nothing", words_kind="quiet", pressing=lost)
    what, day = first
    late = (facts.today - day).days
    said = [(due, f"{what.lower()} {_when_due(due, facts.today)}") for what, due in others]
    return Cell(
        label="Next due",
        kind=FACTS,
        words=f"{what} {_when_due(day, facts.today)}",
        words_kind="action" if late > 0 else "",
        pressing=[*lost, *(words for due, words in said if due < facts.today)],
        notes=[words for due, words in said if due >= facts.today],
    )


def _away(facts: RowFacts) -> Cell:
    """Where the person is, and what is asked of the team meanwhile."""
    return Cell(
        label="Next due",
        kind=FACTS,
        words=_away_words(facts),
        notes=[f"{what.lower()} {short_date(day, today=facts.today)}" for what, day in due_days(facts)],
    )


def _away_words(facts: RowFacts) -> str:
    row = facts.columns
    return away_words(row.away_kind, row.away_since, row.away_last_known_on, facts.today)


def is_resting(row: Columns | CaseloadRow) -> bool:
    """Whether the person is in a stay that somebody knows of: hardly anything falls due meanwhile."""
    return row.away_kind is not None and row.away_last_known_on is None


def away_words(kind: str, since: date, last_known_on: date | None, today: date) -> str:
    """ "In psychiatric hospital since 3 Mar", to which is added that nobody has confirmed it for long."""
    said = f"In {PLACES[kind]} since {short_date(since, today=today)}"
    return said if last_known_on is None else f"{said}, not confirmed since {short_date(last_known_on, today=today)}"


def due_days(facts: RowFacts) -> list[tuple[str, Any]]:
    """What falls due and on which day, soonest first; while care is paused, the day the pause ends before the rest."""
    row = facts.columns
    days = [(words, getattr(row, f"{kind}_due_on")) for kind, words in DUE_WORDS.items()]
    if row.due_on is not None and not is_resting(row) and row.paused_until is not None:
        days.insert(0, (PAUSE_ENDS, row.paused_until))
    return sorted(((what, day) for what, day in days if day is not None), key=lambda each: each[1])


def _when_due(day: date, today: date) -> str:
    late = (today - day).days
    if late < 0:
        return short_date(day, today=today)
    return f"{count(late, 'day')} late" if late else "today"


def _review(facts: RowFacts) -> Cell:
    row = facts.columns
    return Cell(
        label="Review", words=_days(row.last_review_on, facts.today, never="Never"), notes=[*_review_notes(row)]
    )


def _review_notes(row: Columns) -> Iterator[str]:
    if row.has_question:
        yield "question"
    if row.open_recommendations:
        yield f"{row.open_recommendations} open"


def _physical(facts: RowFacts) -> Cell:
    check = yearly_check(facts.columns, facts.today)
    if check is None:
        return Cell(label="Physical check", words="Not asked for", words_kind="quiet")
    return Cell(label="Physical check", kind=FACTS, words=f"{check.done}/{check.parts}", notes=check.notes)


def _housing(facts: RowFacts) -> Cell:
    return _told(HOUSING_WORDS, facts.columns.housing, facts.columns.housing_on, facts.today)


def _work(facts: RowFacts) -> Cell:
    return _told(WORK_WORDS, facts.columns.work, facts.columns.work_on, facts.today)


def _told(words: Mapping[str, str], code: str | None, on: date | None, today: date) -> Cell:
    if code is None or on is None or code not in words:
        return Cell(words="Not told", words_kind="quiet")
    return Cell(words=words[code], notes=(short_date(on, today=today),))


def dated_words(words: Mapping[str, str], code: str | None, on: date | None, today: date) -> str:
    """What was last said of a home or of work, with its day: "Stable home 12 Mar"; empty where nobody said."""
    known = words.get(code or "", "")
    return f"{known} {short_date(on, today=today)}" if known and on is not None else known


def _minutes(facts: RowFacts) -> Cell:
    minutes = facts.columns.minutes
    return Cell(kind="number", words="None" if minutes is None else f"{minutes} min")


def _manager(facts: RowFacts) -> Cell:
    name = facts.columns.manager
    return Cell(words=name) if name else Cell(words="Nobody", words_kind="action")


def _days(day: date | None, today: date, *, never: str) -> str:
    if day is None:
        return never
    days = (today - day).days
    return count(days, "day") if days else "today"


_CELLS: Mapping[str, Callable[[RowFacts], Cell]] = {
    "reasons": _reasons,
    "phase": _phase,
    "main": _main,
    "second": _second,
    "function": _function,
    "further": _further,
    "safety": _safety,
    "contact": _contact,
    "due": _due,
    "review": _review,
    "physical": _physical,
    "housing": _housing,
    "work": _work,
    "minutes": _minutes,
    "manager": _manager,
}
