"""One row of the caseload in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from registry.caseload.columns import Columns
from registry.caseload.looked import News
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.cells import Cell, RowFacts, cells_of
from registry.caseload.queries import CaseloadPage
from registry.episodes.scales import ScalesInForce
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
    review_url: str
    """Where the reader reviews the case, or asks the psychiatrist to; ``review_words`` says which."""
    review_words: str
    consent: str = ""
    """A mark where the person took the consent back."""
    news: str = ""
    """How much is new to the reader, since they last marked the record as looked at."""
    news_url: str = ""


STEPS = ("contact.record", "measurement.record", "question.ask", "review.record")
"""What a row offers to do next, by the action it is."""


def facts_of(
    found: CaseloadPage,
    today: Mapping[uuid.UUID, date],
    *,
    columns: tuple[str, ...],
    names_scale: bool,
    offers: Mapping[uuid.UUID, frozenset[str]],
    read: ScalesInForce,
    clinics: Mapping[uuid.UUID, str],
    news: Mapping[uuid.UUID, News] | None = None,
) -> Iterator[RowFacts]:
    """The facts of each row of a page. ``offers``: clinic → which of ``STEPS`` the reader may do there; ``clinics``:
    their names; ``news``: patient → what is new to the reader."""
    at = {
        clinic_id: partial(
            RowFacts,
            shown=columns,
            today=today[clinic_id],
            names_scale=names_scale,
            offers=offers[clinic_id],
            read=read.at(clinic_id),
            clinic=clinics[clinic_id],
            names_clinic=len(clinics) > 1,
        )
        for clinic_id in {row.clinic_id for row in found.rows}
    }
    for row in found.rows:
        yield at[row.clinic_id](
            columns=row,
            news=news.get(row.patient_id) if news else None,
        )


class RowPresenter:
    """Puts rows into words; holds the addresses all rows share."""

    def __init__(self) -> None:
        self._record = PatientAddress("caseload.patient")
        self._measure = PatientAddress("measurements.choose")
        self._contact = PatientAddress("contacts.log_contact")
        self._quick = PatientAddress("contacts.quick")
        self._question = PatientAddress("review.ask")
        self._review = PatientAddress("review.case")
        self._news = PatientAddress("caseload.timeline", new=1)

    def show(self, facts: RowFacts) -> RowShown:
        row = facts.columns

        def address(page: PatientAddress) -> str:
            return page.at(row.patient_id, row.episode_id) if facts.names_clinic else page.of(row.patient_id)

        return RowShown(
            id=f"episode-{row.episode_id}",
            episode_id=row.episode_id,
            name=name_of(row),
            facts=_who(row, facts),
            url=address(self._record),
            cells=cells_of(facts),
            measure_url=address(self._measure) if "measurement.record" in facts.offers else "",
            contact_url=address(self._contact) if "contact.record" in facts.offers else "",
            quick_url=address(self._quick) if "contact.record" in facts.offers else "",
            review_url=self._review_url(facts, address(self._question)),
            review_words="Review" if "review.record" in facts.offers else "Ask",
            consent="consent withdrawn" if row.consent_withdrawn_on is not None else "",
            news=_news(facts),
            news_url=self._news.of(row.patient_id) if facts.news else "",
        )

    def _review_url(self, facts: RowFacts, question_url: str) -> str:
        if "review.record" in facts.offers:
            return self._review.at(facts.columns.patient_id, facts.columns.episode_id)
        return question_url if "question.ask" in facts.offers else ""


def _news(facts: RowFacts) -> str:
    if facts.news is None:
        return ""
    return f"{facts.news.new} new" if facts.news.merged_at is None else "merged or parted since"


def name_of(row: Columns) -> str:
    """What the person is called."""
    return f"{row.used_name or row.legal_given} {row.legal_family}"


def _who(row: Columns, facts: RowFacts) -> str:
    pronoun = row.pronouns.partition("/")[0].strip()
    return " · ".join(
        fact
        for fact in (
            pronoun,
            str(age(row.birth_date, facts.today)),
            row.mrn,
            "interpreter" if row.needs_interpreter else "",
            facts.clinic if facts.names_clinic else "",
        )
        if fact
    )
