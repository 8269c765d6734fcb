"""One version of one instrument: everything its file says, readable by whoever wants to check it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import clinics_where, policy
from registry.accounts.queries import names_of
from registry.administration.instrument_numbers import (
    STATUS_MEANING,
    STATUS_WORDS,
    NumberRow,
    band_facts,
    instrument_numbers,
    scale_numbers,
)
from registry.administration.signatures import Signature, signatures_of, signed_of
from registry.administration.use_of_instruments import ClinicUse, use_at
from registry.administration.views.common import blueprint
from registry.administration.views.instruments import RESPONDENT_WORDS, Link, licence_words
from registry.clinics.models import Clinic
from registry.clinics.queries import list_clinics
from registry.measurements import modes
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.words import domain_words
from registry.measures.adoption import SAFETY, adoptable
from registry.measures.catalogue import UnknownInstrument
from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.rules_in_words import numbered, of_instrument, of_scale
from registry.measures.scale import Scale
from registry.web.filters import count, long_date


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One question. ``marks`` say what is particular about it."""

    number: str
    label: str
    marks: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One possible answer and what it is worth."""

    value: int
    label: str
    points: str
    code: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that some items share."""

    title: str
    is_written: bool
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class ScaleShown:
    """One score: how it is made, and every number needed to read it."""

    key: str
    name: str
    code: str
    rules: tuple[str, ...]
    bands: tuple[dict[str, str], ...]
    numbers: tuple[NumberRow, ...]


@dataclass(frozen=True, slots=True)
class UseRow:
    """What one of the reader's clinics does with it."""

    clinic: str
    words: str
    change_url: str


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    title: str
    full_title: str
    facts: tuple[dict[str, str], ...]
    licence: tuple[dict[str, str], ...]
    uses: tuple[UseRow, ...]
    rules: tuple[str, ...]
    scales: tuple[ScaleShown, ...]
    numbers: tuple[NumberRow, ...]
    items: tuple[ItemRow, ...]
    answers: tuple[Answers, ...]
    citations: tuple[str, ...]
    versions: tuple[Link, ...]
    try_url: str
    back_url: str
    sign: tuple[Link, ...]
    meanings: Mapping[str, str]


@blueprint.get("/instruments/<instrument_id>")
@policy("instrument.read")
def instrument(instrument_id: str) -> str:
    chosen = instrument_asked_for(instrument_id)
    clinics = list_clinics(clinics_where(current_user, "instrument.read"))
    page = _page(chosen, _use_rows(chosen, use_at(clinics)), signatures_of(chosen, clinics))
    return render_template("administration/instrument.html", page=page)


def instrument_asked_for(instrument_id: str) -> Instrument:
    """The latest version, or the one the address names as ``version``; else 404."""
    try:
        return catalogue().get(instrument_id, request.args.get("version") or None)
    except UnknownInstrument:
        abort(404)


def _page(instrument: Instrument, uses: tuple[UseRow, ...], signatures: Sequence[Signature]) -> InstrumentPage:
    versions = [each for each in catalogue().versions() if each.id == instrument.id]
    return InstrumentPage(
        title=instrument.short_title,
        full_title=f"{instrument.title}, version {instrument.version}",
        facts=_as_facts(_facts(instrument)),
        licence=_as_facts(_licence(instrument)),
        uses=uses,
        rules=of_instrument(instrument),
        scales=tuple(_scale(instrument, scale, signatures) for scale in instrument.scales),
        numbers=instrument_numbers(instrument, _signed_items(instrument, signatures)),
        items=tuple(_item(instrument, item) for item in instrument.items),
        answers=tuple(_answers(instrument)),
        citations=instrument.citations,
        versions=tuple(
            Link(f"Version {each.version}", _url(each)) for each in versions if each.version != instrument.version
        ),
        try_url=url_for(
            "administration.try_instrument", instrument_id=instrument.id, version=_if_older(instrument, versions)
        ),
        back_url=url_for("administration.instruments"),
        sign=tuple(
            Link(f"Sign at {clinic.name}", url_for("administration.sign_figures", **_of(instrument, clinic)))
            for clinic in (list_clinics(clinics_where(current_user, "figure.sign")) if adoptable(instrument) else ())
            if instrument is versions[-1]
        ),
        meanings=STATUS_MEANING,
    )


def _facts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    yield "Domain", domain_words(instrument)
    yield "Completed by", RESPONDENT_WORDS[instrument.respondent]
    yield "Asks", instrument.lead or ""
    yield "Looks back on", "" if instrument.recall_days is None else count(instrument.recall_days, "day")
    yield "Given", "; ".join(modes.LABELS[modes.STORED[mode]] for mode in instrument.modes)
    yield "Repeated", f"every {count(instrument.cadence_days, 'day')}"
    yield "Items", str(len(instrument.items))
    yield "Languages", ", ".join(instrument.languages)
    yield "LOINC", instrument.code or ""
    yield "Core set", _core_words(instrument)


def _core_words(instrument: Instrument) -> str:
    if not instrument.is_core:
        return "No: a clinic chooses it"
    if instrument.licence.non_commercial:
        return "Yes, where a clinic confirms that its use is not commercial"
    return "Yes: in use unless a clinic says otherwise"


def _licence(instrument: Instrument) -> Iterator[tuple[str, str]]:
    source = instrument.licence.source
    yield "What it allows", licence_words(instrument)
    yield "Notice", instrument.licence.notice
    yield "Read in", source.text
    yield "Status", STATUS_WORDS[source.status]


def _as_facts(pairs: Iterator[tuple[str, str]]) -> tuple[dict[str, str], ...]:
    """Those of which something is known."""
    return tuple({"label": label, "value": value} for label, value in pairs if value)


def _scale(instrument: Instrument, scale: Scale, signatures: Sequence[Signature]) -> ScaleShown:
    key = instrument.scale_key(scale)
    return ScaleShown(
        key=scale.id,
        name=scale.name,
        code=scale.code or "",
        rules=of_scale(instrument, scale),
        bands=band_facts(scale),
        numbers=scale_numbers(scale, signed_of(signatures, key, instrument.version)),
    )


def _signed_items(instrument: Instrument, signatures: Sequence[Signature]) -> Mapping[str, list[str]]:
    return {
        item.id: signed_of(signatures, instrument.item_key(item), instrument.version).get(SAFETY, [])
        for item in instrument.safety_items
    }


def _item(instrument: Instrument, item: Item) -> ItemRow:
    in_scales = {item_id for scale in instrument.scales for item_id in scale.items}
    marks = (
        ("Safety item", item.is_safety_item),
        ("Turned round", item.reversed),
        ("May stay blank", item.optional),
        ("Not scored", item.id not in in_scales),
    )
    return ItemRow(item.number, item.label, tuple(words for words, holds in marks if holds), item.code or "")


def _answers(instrument: Instrument) -> Iterator[Answers]:
    """The answers once for all items that share them, wherever on the form they stand."""
    sharing: dict[tuple[tuple[Choice, ...], bool], list[Item]] = {}
    for item in instrument.items:
        sharing.setdefault((item.choices, item.reversed), []).append(item)
    for (choices, _), items in sharing.items():
        first, title = items[0], numbered(instrument, (item.id for item in items))
        if first.is_number:
            written = f"{title}: a whole number from {choices[0].value} to {choices[-1].value}"
            yield Answers(written, is_written=True, rows=())
        else:
            yield Answers(title, is_written=False, rows=tuple(_answer(first, choice) for choice in first.choices))


def _answer(item: Item, choice: Choice) -> AnswerRow:
    if choice.is_missing:
        points = "no information"
    elif choice.category is not None:
        points = choice.category.replace("-", " ")
    else:
        points = str(item.worth()[choice.value])
    return AnswerRow(choice.value, choice.label, points, choice.code or "")


def _use_rows(instrument: Instrument, uses: Sequence[ClinicUse]) -> tuple[UseRow, ...]:
    governed = clinics_where(current_user, "instrument.choose")
    names = names_of({each.decided[instrument.id].decided_by_id for each in uses if instrument.id in each.decided})
    return tuple(
        UseRow(
            clinic=each.clinic.name,
            words=_use_words(instrument, each, names),
            change_url=url_for("administration.choose_instruments", clinic_id=each.clinic.id)
            if each.clinic.id in governed
            else "",
        )
        for each in uses
    )


def _use_words(instrument: Instrument, use: ClinicUse, names: Mapping[uuid.UUID, str]) -> str:
    words = "In use" if use.uses(instrument) else "Not in use"
    row = use.decided.get(instrument.id)
    if row is None:
        return words
    confirmed = ", without commercial purpose" if row.is_non_commercial else ""
    day = long_date(row.decided_at.astimezone(use.clinic.zone).date())
    return f"{words}{confirmed}; decided by {names.get(row.decided_by_id, 'somebody')} on {day}"


def _of(instrument: Instrument, clinic: Clinic) -> dict[str, Any]:
    return {"instrument_id": instrument.id, "clinic_id": clinic.id}


def _url(instrument: Instrument) -> str:
    return url_for("administration.instrument", instrument_id=instrument.id, version=instrument.version)


def _if_older(instrument: Instrument, versions: Sequence[Instrument]) -> str | None:
    return None if instrument is versions[-1] else instrument.version
