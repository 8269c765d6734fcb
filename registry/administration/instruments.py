"""The instruments in use: licence, sources, what each number stands on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template, url_for

from registry.access.policy import policy
from registry.administration.blueprint import blueprint
from registry.measurements.instruments import catalogue
from registry.measures.catalogue import UnknownInstrument
from registry.measures.instrument import Instrument, Shipping
from registry.measures.scale import Figure, Scale, Source
from registry.measures.scoring import format_value

STATUS_WORDS = {
    "verified": "Read in the source",
    "literature": "Standard in the field",
    "consensus": "Consensus; fires nothing until a clinic adopts it",
    "unverified": "No source confirmed; fires nothing",
}

LICENCE_WORDS = {
    Shipping.FULL_TEXT: "Full wording",
    Shipping.OWN_WORDING: "Our own wording",
    Shipping.SCORE_ONLY: "Scores only, neutral labels",
}


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """A line of the catalogue."""

    title: str
    version: str
    domain: str
    items: int
    cadence: str
    licence: str
    url: str


@dataclass(frozen=True, slots=True)
class InstrumentsPage:
    title: str
    rows: tuple[InstrumentRow, ...]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A clinical number with what it stands on."""

    scale: str
    name: str
    value: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    title: str
    full_title: str
    facts: tuple[dict[str, str], ...]
    numbers: tuple[NumberRow, ...]
    items: tuple[str, ...]
    back_url: str


@blueprint.get("/instruments")
@policy("instrument.read")
def instruments() -> str:
    rows = tuple(_row(instrument) for instrument in sorted(catalogue(), key=lambda each: (each.domain, each.title)))
    return render_template("administration/instruments.html", page=InstrumentsPage(title="Measures", rows=rows))


@blueprint.get("/instruments/<instrument_id>")
@policy("instrument.read")
def instrument(instrument_id: str) -> str:
    try:
        chosen = catalogue().get(instrument_id)
    except UnknownInstrument:
        abort(404)
    return render_template("administration/instrument.html", page=_page(chosen))


def _row(instrument: Instrument) -> InstrumentRow:
    return InstrumentRow(
        title=instrument.title,
        version=instrument.version,
        domain=instrument.domain.capitalize(),
        items=len(instrument.items),
        cadence=f"every {instrument.cadence_days} days",
        licence=LICENCE_WORDS[instrument.licence.may_ship],
        url=url_for("administration.instrument", instrument_id=instrument.id),
    )


def _page(instrument: Instrument) -> InstrumentPage:
    return InstrumentPage(
        title=instrument.short_title,
        full_title=f"{instrument.title} ({instrument.short_title}), version {instrument.version}",
        facts=(
            {"label": "Domain", "value": instrument.domain.capitalize()},
            {"label": "Completed by", "value": instrument.respondent},
            {"label": "Repeated", "value": f"every {instrument.cadence_days} days"},
            {"label": "Licence", "value": instrument.licence.notice},
            {"label": "Cited from", "value": "; ".join(instrument.citations)},
        ),
        numbers=tuple(row for scale in instrument.scales for row in _numbers(scale)),
        items=tuple(f"{item.number}. {item.label}" for item in instrument.items),
        back_url=url_for("administration.instruments"),
    )


def _numbers(scale: Scale) -> list[NumberRow]:
    figures: list[tuple[str, Figure | None]] = [
        ("Elevated from", scale.cutoff),
        ("Remission", scale.remission),
        ("Response, percent", scale.response),
        ("Response expected from", scale.response_from),
        ("Improved at", scale.improved_level),
        ("Reliable change", scale.reliable_change),
        ("Target", scale.target),
    ]
    rows = [_number(scale, name, format_value(figure.value), figure.source) for name, figure in figures if figure]
    if scale.bands and scale.bands_source:
        words = ", ".join(f"{format_value(b.low)}\u2013{format_value(b.high)} {b.label}" for b in scale.bands)
        rows.append(_number(scale, "Bands", words, scale.bands_source))
    return rows


def _number(scale: Scale, name: str, value: str, source: Source) -> NumberRow:
    return NumberRow(scale.name, name, value, source.text, STATUS_WORDS[source.status.value])
