"""One row of the caseload in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.caseload.columns import Columns
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.brief import brief_sentence
from registry.caseload.presenters.scores import Measured, ScoreShown, show_score
from registry.caseload.queries import SPARKLINE_DAYS
from registry.charts.sparkline import Point
from registry.episodes.rules import CONDITIONS, PHASE_TITLES, weeks_in_care
from registry.measures.course import Target
from registry.web.filters import age, count, short_date

MAIN_WIDTH, SECOND_WIDTH = 88, 56
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
    """What one row of the list prints."""

    name: str
    facts: str
    url: str
    reasons: Sequence[ReasonShown]
    more_reasons: str
    phase: str
    phase_kind: str
    weeks: str
    conditions: str
    first: ScoreShown | None
    second: ScoreShown | None
    contact: str
    contact_is_late: bool
    attempts: str
    review: str
    review_note: str
    circumstances: str
    measure_url: str
    contact_url: str
    question_url: str


class RowPresenter:
    """Puts rows into words; holds what all rows of a page share."""

    def __init__(
        self,
        *,
        today: Mapping[uuid.UUID, date],
        points: Mapping[tuple[uuid.UUID, str], Sequence[Columns]],
        names_scale: bool,
    ) -> None:
        self._today = today
        self._points = points
        self._names_scale = names_scale
        self._record = PatientAddress("caseload.patient")
        self._measure = PatientAddress("measurements.choose")
        self._contact = PatientAddress("contacts.log_contact")
        self._question = PatientAddress("review.ask")

    def show(self, row: Columns) -> RowShown:
        today = self._today[row.clinic_id]
        reasons = list(reasons_today(row.reasons, today))
        hidden = len(reasons) - MOST_REASONS
        pronoun = row.pronouns.partition("/")[0].strip()
        years = str(age(row.birth_date, today))
        return RowShown(
            name=f"{row.used_name or row.legal_given} {row.legal_family}",
            facts=" · ".join(fact for fact in (pronoun, years, row.mrn) if fact),
            url=self._record.of(row.patient_id),
            reasons=reasons[:MOST_REASONS],
            more_reasons=f"and {hidden} more" if hidden > 0 else "",
            phase=PHASE_TITLES[row.phase],
            phase_kind=row.phase,
            weeks=_weeks(row, today),
            conditions=", ".join(CONDITIONS[each] for each in row.conditions),
            first=self._score(row, "first", today),
            second=self._score(row, "second", today),
            contact=_days(row.last_two_way_on, today, never="Never"),
            contact_is_late=any(reason["rule"].startswith("engage.") for reason in row.reasons),
            attempts=f"{row.failed_attempts} missed" if row.failed_attempts else "",
            review=_days(row.last_review_on, today, never="Never"),
            review_note=_review_note(row),
            circumstances=" · ".join(
                words for words in (HOUSING_WORDS.get(row.housing or ""), WORK_WORDS.get(row.work or "")) if words
            ),
            measure_url=self._measure.of(row.patient_id),
            contact_url=self._contact.of(row.patient_id),
            question_url=self._question.of(row.patient_id),
        )

    def _score(self, row: Columns, which: str, today: date) -> ScoreShown | None:
        scale = getattr(row, f"{which}_scale")
        if scale is None:
            return None
        at_most, at_least = getattr(row, f"{which}_at_most"), getattr(row, f"{which}_at_least")
        baseline_on = getattr(row, f"{which}_baseline_on")
        begins = baseline_on or row.enrolled_on or row.referred_on
        starts_on = max(begins, today - timedelta(days=SPARKLINE_DAYS))
        measured = Measured(
            scale=scale,
            standing=getattr(row, f"{which}_standing"),
            baseline=getattr(row, f"{which}_baseline"),
            baseline_on=baseline_on,
            latest=getattr(row, f"{which}_latest"),
            latest_on=getattr(row, f"{which}_latest_on"),
            percent=row.first_percent if which == "first" else None,
            stale_after_days=getattr(row, f"{which}_stale_after_days"),
            target=None if at_most is None and at_least is None else Target(at_most=at_most, at_least=at_least),
            points=[
                Point(each.taken_on, float(each.value))
                for each in self._points.get((row.patient_id, scale), ())
                if begins <= each.taken_on <= today
            ],
        )
        return show_score(
            measured,
            today=today,
            starts_on=starts_on,
            width=MAIN_WIDTH if which == "first" else SECOND_WIDTH,
            with_name=which == "second" or self._names_scale,
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
