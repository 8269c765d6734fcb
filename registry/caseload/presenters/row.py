"""One row of the caseload in words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.caseload.columns import Columns
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.brief import brief_sentence
from registry.caseload.presenters.scores import Measured, ScoreShown, show_score
from registry.caseload.queries import SPARKLINE_DAYS, CaseloadPage, read_course
from registry.episodes.rules import CONDITIONS, PHASE_TITLES, weeks_in_care
from registry.episodes.scales import ClinicScales, ScalesInForce
from registry.measures.course import Target
from registry.web.filters import age, count, short_date

MAIN_WIDTH, SECOND_WIDTH = 64, 44
"""Widths of the two sparklines, in CSS pixels."""

MOST_REASONS = 3
"""A row shows this many sentences; the person's page shows all."""

HOUSING_WORDS: Mapping[str, str] = {
    "stable": "Stable home",
    "unstable": "Unstable home",
    "institution": "Institution",
    "homeless": "Homeless",
}
WORK_WORDS: Mapping[str, str] = {
    "competitive": "Competitive job",
    "other": "Other work",
    "education": "In education",
    "none": "No work",
}


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason, worded for today."""

    tier: str
    sentence: str
    since: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RowShown:
    """What one row of the list prints. ``id`` keeps the keyboard on the row when a search brings a new list."""

    id: str
    name: str
    facts: str
    url: str
    reasons: Sequence[ReasonShown]
    more_reasons: str
    phase: str
    phase_kind: str
    weeks: str
    first: ScoreShown | None
    second: ScoreShown | None
    contact: str
    contact_is_late: bool
    attempts: str
    review: str
    review_note: str
    situation: str
    """What is treated, and home and work: "Bipolar I · Homeless · No work"."""
    measure_url: str
    contact_url: str
    quick_url: str
    """Where one line logs a contact of today, below the row."""
    question_url: str


STEPS = ("contact.record", "measurement.record", "question.ask")
"""What a row offers to do next, by the action it is."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """All that the words of one row depend on, comparable as a whole: the same facts give the same row."""

    columns: Columns
    first_course: str
    second_course: str
    today: date
    names_scale: bool
    """Whether the main measure is named in the row, because the page holds several."""
    offers: frozenset[str]
    """Which of ``STEPS`` the reader may do at the clinic of the row."""
    read: ClinicScales
    """How the clinic of the row reads its scales."""


def facts_of(
    found: CaseloadPage,
    today: Mapping[uuid.UUID, date],
    *,
    names_scale: bool,
    offers: Mapping[uuid.UUID, frozenset[str]],
    read: ScalesInForce,
) -> Iterator[RowFacts]:
    """The facts of each row of a page. ``offers``: clinic → which of ``STEPS`` the reader may do there."""
    for row in found.rows:
        yield RowFacts(
            columns=row,
            first_course=found.courses.get((row.patient_id, row.first_scale), ""),
            second_course=found.courses.get((row.patient_id, row.second_scale), ""),
            today=today[row.clinic_id],
            names_scale=names_scale,
            offers=offers[row.clinic_id],
            read=read.at(row.clinic_id),
        )


class RowPresenter:
    """Puts rows into words; holds the addresses all rows share."""

    def __init__(self) -> None:
        self._record = PatientAddress("caseload.patient")
        self._measure = PatientAddress("measurements.choose")
        self._contact = PatientAddress("contacts.log_contact")
        self._quick = PatientAddress("contacts.quick")
        self._question = PatientAddress("review.ask")

    def show(self, facts: RowFacts) -> RowShown:
        row, today = facts.columns, facts.today
        stored = json.loads(row.reasons)
        reasons = list(reasons_today(stored, today))
        hidden = len(reasons) - MOST_REASONS
        pronoun = row.pronouns.partition("/")[0].strip()
        years = str(age(row.birth_date, today))
        return RowShown(
            id=f"episode-{row.episode_id}",
            name=f"{row.used_name or row.legal_given} {row.legal_family}",
            facts=" · ".join(fact for fact in (pronoun, years, row.mrn) if fact),
            url=self._record.of(row.patient_id),
            reasons=reasons[:MOST_REASONS],
            more_reasons=f"and {hidden} more" if hidden > 0 else "",
            phase=PHASE_TITLES[row.phase],
            phase_kind=row.phase,
            weeks=_weeks(row, today),
            first=_score(facts, "first", facts.first_course),
            second=_score(facts, "second", facts.second_course),
            contact=_days(row.last_two_way_on, today, never="Never"),
            contact_is_late=any(reason["rule"].startswith("engage.") for reason in stored),
            attempts=f"{row.failed_attempts} missed" if row.failed_attempts else "",
            review=_days(row.last_review_on, today, never="Never"),
            review_note=_review_note(row),
            situation=_situation(row),
            measure_url=self._measure.of(row.patient_id) if "measurement.record" in facts.offers else "",
            contact_url=self._contact.of(row.patient_id) if "contact.record" in facts.offers else "",
            quick_url=self._quick.of(row.patient_id) if "contact.record" in facts.offers else "",
            question_url=self._question.of(row.patient_id) if "question.ask" in facts.offers else "",
        )


def _score(facts: RowFacts, which: str, course: str) -> ScoreShown | None:
    row, today = facts.columns, facts.today
    scale = getattr(row, f"{which}_scale")
    if scale is None:
        return None
    at_most, at_least = getattr(row, f"{which}_at_most"), getattr(row, f"{which}_at_least")
    baseline_on = getattr(row, f"{which}_baseline_on")
    begins = baseline_on or row.enrolled_on or row.referred_on
    starts_on = max(begins, today - timedelta(days=SPARKLINE_DAYS))
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
        points=[each for each in read_course(course) if begins <= each.on <= today],
    )
    return show_score(
        measured,
        today=today,
        starts_on=starts_on,
        width=MAIN_WIDTH if which == "first" else SECOND_WIDTH,
        with_name=which == "second" or facts.names_scale,
    )


def reasons_today(stored: Iterable[Mapping[str, Any]], today: date) -> Iterable[ReasonShown]:
    """The reasons with their counts as of today; those put off last, saying until when."""
    awake, asleep = [], []
    for reason in stored:
        until = reason["snoozed_until"] and date.fromisoformat(reason["snoozed_until"])
        sentence = brief_sentence(reason, today)
        if until and until > today:
            put_off = f"{sentence} (put off until {short_date(until, today=today)})"
            asleep.append(ReasonShown(tier="queue", sentence=put_off))
        else:
            awake.append(ReasonShown(tier=reason["tier"], sentence=sentence))
    return [*awake, *asleep]


def _weeks(row: Columns, today: date) -> str:
    if row.enrolled_on is None:
        return f"since {short_date(row.referred_on, today=today)}"
    return f"{weeks_in_care(row.enrolled_on, ended_on=row.ended_on, today=today)} wk"


def _situation(row: Columns) -> str:
    treated = ", ".join(CONDITIONS[each] for each in json.loads(row.conditions))
    life = (HOUSING_WORDS.get(row.housing or ""), WORK_WORDS.get(row.work or ""))
    return " · ".join(words for words in (treated, *life) if words)


def _days(day: date | None, today: date, *, never: str) -> str:
    if day is None:
        return never
    days = (today - day).days
    return count(days, "day") if days else "today"


def _review_note(row: Columns) -> str:
    notes = []
    if row.has_question:
        notes.append("question")
    if row.open_recommendations:
        notes.append(f"{row.open_recommendations} open")
    return ", ".join(notes)
