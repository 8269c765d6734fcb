"""One row of the caseload in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.caseload.columns import Columns
from registry.caseload.looked import News
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.cells import Cell, RowFacts, cells_of
from registry.caseload.queries import DRAWN, CaseloadPage
from registry.episodes.scales import ScalesInForce
from registry.plans.queries import PlanDates
from registry.web.filters import age


@dataclass(frozen=True, slots=True)
class RowShown:
    """What one row of the list prints. ``id`` keeps the keyboard on the row when a search brings a new list."""

    id: str
    episode_id: uuid.UUID
    name: str
    facts: str
    url: str
    cells: Sequence[Cell]
    measure_url: str
    contact_url: str
    quick_url: str
    """Where one line logs a contact of today, below the row."""
    question_url: str
    consent: str = ""
    """A mark where the person took the consent back."""
    news: str = ""
    """How much is new to the reader, since they last marked the record as looked at."""
    news_url: str = ""


STEPS = ("contact.record", "measurement.record", "question.ask")
"""What a row offers to do next, by the action it is."""


def facts_of(
    found: CaseloadPage,
    today: Mapping[uuid.UUID, date],
    *,
    columns: tuple[str, ...],
    names_scale: bool,
    offers: Mapping[uuid.UUID, frozenset[str]],
    read: ScalesInForce,
    plans: Mapping[uuid.UUID, PlanDates] | None = None,
    news: Mapping[uuid.UUID, News] | None = None,
) -> Iterator[RowFacts]:
    """The facts of each row of a page. ``offers``: clinic → which of ``STEPS`` the reader may do there; ``plans``:
    patient → the safety plan in force; ``news``: patient → what is new to the reader."""
    drawn = [scale for column, scale in DRAWN.items() if column in columns]
    for row in found.rows:
        scales = {getattr(row, scale) for scale in drawn} - {None}
        yield RowFacts(
            columns=row,
            shown=columns,
            courses=tuple((scale, found.courses.get((row.patient_id, scale), "")) for scale in sorted(scales)),
            today=today[row.clinic_id],
            names_scale=names_scale,
            offers=offers[row.clinic_id],
            read=read.at(row.clinic_id),
            plan=(plans or {}).get(row.patient_id),
            news=(news or {}).get(row.patient_id),
        )


class RowPresenter:
    """Puts rows into words; holds the addresses all rows share."""

    def __init__(self) -> None:
        self._record = PatientAddress("caseload.patient")
        self._measure = PatientAddress("measurements.choose")
        self._contact = PatientAddress("contacts.log_contact")
        self._quick = PatientAddress("contacts.quick")
        self._question = PatientAddress("review.ask")
        self._news = PatientAddress("caseload.timeline", new=1)

    def show(self, facts: RowFacts) -> RowShown:
        row = facts.columns
        return RowShown(
            id=f"episode-{row.episode_id}",
            episode_id=row.episode_id,
            name=name_of(row),
            facts=_who(row, facts.today),
            url=self._record.of(row.patient_id),
            cells=cells_of(facts),
            measure_url=self._measure.of(row.patient_id) if "measurement.record" in facts.offers else "",
            contact_url=self._contact.of(row.patient_id) if "contact.record" in facts.offers else "",
            quick_url=self._quick.of(row.patient_id) if "contact.record" in facts.offers else "",
            question_url=self._question.of(row.patient_id) if "question.ask" in facts.offers else "",
            consent="consent withdrawn" if row.consent_withdrawn_on is not None else "",
            news=_news(facts),
            news_url=self._news.of(row.patient_id) if facts.news else "",
        )


def _news(facts: RowFacts) -> str:
    if facts.news is None:
        return ""
    return f"{facts.news.new} new" if facts.news.merged_at is None else "merged or parted since"


def name_of(row: Columns) -> str:
    """What the person is called."""
    return f"{row.used_name or row.legal_given} {row.legal_family}"


def _who(row: Columns, today: date) -> str:
    pronoun = row.pronouns.partition("/")[0].strip()
    return " · ".join(fact for fact in (pronoun, str(age(row.birth_date, today)), row.mrn) if fact)
