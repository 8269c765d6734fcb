"""The catalogue of instruments: what there is, for whom, under which licence, and what one's clinics use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user
from wtforms import Form, HiddenField, SelectField, StringField
from wtforms.validators import Length

from registry.access.policy import clinics_where, policy
from registry.administration.use_of_instruments import ClinicUse, use_at
from registry.administration.views.common import blueprint
from registry.clinics.queries import list_clinics
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.words import domain_words
from registry.measures.instrument import Instrument, Shipping
from registry.patients.rules import fold
from registry.web.filters import count
from registry.web.form_fields import NoControlCharacters

LICENCE_WORDS = {
    Shipping.FULL_TEXT: "Full wording",
    Shipping.OWN_WORDING: "Our own wording",
    Shipping.SCORE_ONLY: "Scores only",
}

RESPONDENT_WORDS = {"self": "The patient", "clinician": "A clinician who rates", "staff": "Staff who ask"}

USES = {"": "All", "yes": "In use", "no": "Not in use"}


class CatalogueSearch(Form):
    """Which instruments to show; sent in the address, and about nobody."""

    q = StringField("Find a measure", [Length(max=100), NoControlCharacters()])
    use = HiddenField()
    domain = SelectField("About", validate_choice=False)
    respondent = SelectField("Completed by", choices={"": "Anybody", **RESPONDENT_WORDS}, validate_choice=False)


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """A line of the catalogue. ``in_use``: where, of the reader's clinics."""

    title: str
    short_title: str
    domain: str
    respondent: str
    items: int
    cadence: str
    licence: str
    version: str
    in_use: str
    is_used: bool
    url: str


@dataclass(frozen=True, slots=True)
class Chip:
    """All, those in use, those that are not."""

    label: str
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class InstrumentsPage:
    """The catalogue by domain, as far as it was narrowed."""

    title: str
    subtitle: str
    search: CatalogueSearch
    chips: tuple[Chip, ...]
    domains: tuple[tuple[str, tuple[InstrumentRow, ...]], ...]
    choose: tuple[Link, ...]
    all_url: str

    @property
    def filters_in_force(self) -> str:
        """How many filters narrow the list; empty for none."""
        return str(bool(self.search.domain.data) + bool(self.search.respondent.data) or "")


@blueprint.get("/instruments")
@policy("instrument.read")
def instruments() -> str:
    known = sorted(catalogue(), key=lambda each: (domain_words(each), each.short_title.casefold()))
    uses = use_at(list_clinics(clinics_where(current_user, "instrument.read")))
    search = _search(known)
    rows = [_row(each, uses) for each in known if _fits(each, search)]
    page = InstrumentsPage(
        title="Measures",
        subtitle="What is in use, for whom, and what each number stands on",
        search=search,
        chips=_chips(rows, search),
        domains=tuple(
            (domain, tuple(group)) for domain, group in groupby(_used(rows, search.use.data), attrgetter("domain"))
        ),
        choose=tuple(
            Link(f"Choose for {clinic.name}", url_for("administration.choose_instruments", clinic_id=clinic.id))
            for clinic in list_clinics(clinics_where(current_user, "instrument.choose"))
        ),
        all_url=url_for("administration.instruments"),
    )
    return render_template("administration/instruments.html", page=page)


def _search(known: Iterable[Instrument]) -> CatalogueSearch:
    """What was asked for; nothing in particular where that cannot be."""
    domains = {"": "Anything"} | {each.domain: domain_words(each) for each in known}
    search = CatalogueSearch(request.args)
    search.domain.choices = domains
    if search.validate():
        return search
    search = CatalogueSearch()
    search.domain.choices = domains
    return search


def _fits(instrument: Instrument, search: CatalogueSearch) -> bool:
    """Whether every word typed is in one of its names, and both filters hold."""
    said = fold(f"{instrument.title} {instrument.short_title} {instrument.id} {domain_words(instrument)}")
    return (
        all(word in said for word in fold(search.q.data or "").split())
        and search.domain.data in {"", None, instrument.domain}
        and search.respondent.data in {"", None, instrument.respondent}
    )


def _used(rows: Iterable[InstrumentRow], wanted: str | None) -> list[InstrumentRow]:
    return [row for row in rows if wanted not in {"yes", "no"} or row.is_used == (wanted == "yes")]


def _chips(rows: Sequence[InstrumentRow], search: CatalogueSearch) -> tuple[Chip, ...]:
    """The other filters stay as they are."""
    kept: dict[str, Any] = {name: value or None for name, value in search.data.items()}
    return tuple(
        Chip(
            label=label,
            url=url_for("administration.instruments", **{**kept, "use": use or None}),
            is_current=(search.use.data or "") == use,
            count=len(_used(rows, use)),
        )
        for use, label in USES.items()
    )


def _row(instrument: Instrument, uses: Sequence[ClinicUse]) -> InstrumentRow:
    using = [each.clinic.name for each in uses if each.uses(instrument)]
    return InstrumentRow(
        title=instrument.title,
        short_title=instrument.short_title,
        domain=domain_words(instrument),
        respondent=RESPONDENT_WORDS[instrument.respondent],
        items=len(instrument.items),
        cadence=f"every {count(instrument.cadence_days, 'day')}",
        licence=licence_words(instrument),
        version=instrument.version,
        in_use=_where(using, len(uses)),
        is_used=bool(using),
        url=url_for("administration.instrument", instrument_id=instrument.id),
    )


def licence_words(instrument: Instrument) -> str:
    """The licence in a word."""
    words = LICENCE_WORDS[instrument.licence.may_ship]
    return f"{words}, non-commercial use only" if instrument.licence.non_commercial else words


def _where(using: Sequence[str], clinics: int) -> str:
    if not using:
        return "Not in use"
    return "In use" if len(using) == clinics else f"In use at {', '.join(using)}"
