"""A psychiatrist signs, for one clinic, for the numbers of an instrument that stand on a clinician's judgement."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.fields import Field

from registry.access.policy import can, found, policy
from registry.accounts import receipts
from registry.administration import actions
from registry.administration.instrument_numbers import FIGURES, figure_words, positive_words
from registry.administration.signatures import history_words
from registry.administration.views.common import FormPage, blueprint
from registry.clinics.models import AdoptedFigure, Clinic
from registry.clinics.queries import as_adoptable, get_clinic, list_adopted
from registry.clinics.rules import edition_of
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.measurements.views.place import instrument_called
from registry.measures.adoption import SAFETY, Adoptable, adoptable, figure_of, signable_keys
from registry.measures.instrument import Instrument
from registry.measures.scale import Source
from registry.patients.presenters import Difference
from registry.web.filters import count
from registry.web.form_fields import RegistryForm, paragraph

STATES = {True: "In force", False: "Shown only"}


class SigningForm(RegistryForm):
    """A box for each number that stands on consensus."""

    numbers: Mapping[str, Adoptable]
    why = paragraph("Why", required="Say on what ground, and who was asked", longest=500)

    def signed(self) -> set[Adoptable]:
        return {number for name, number in self.numbers.items() if self[name].data}


@dataclass(frozen=True, slots=True)
class NumberToSign:
    """One number, and what the clinic said of it so far."""

    field: Field
    value: str
    source: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPage(FormPage):
    instrument: str
    clinic: str
    numbers: tuple[NumberToSign, ...]
    catalogue_url: str
    conflict: tuple[Difference, ...] = ()


@blueprint.route("/instruments/<instrument_id>/numbers/<uuid:clinic_id>", methods=["GET", "POST"])
@policy("figure.sign")
def sign_figures(instrument_id: str, clinic_id: uuid.UUID) -> Response | tuple[str, int]:
    """What is ticked counts at the clinic; what no longer is, is withdrawn. Both are on record with their reason."""
    clinic = found(get_clinic(clinic_id) if can(current_user, "figure.sign", clinic_id=clinic_id) else None)
    instrument = instrument_called(instrument_id)
    rows = list_adopted([clinic.id], signable_keys(instrument))
    form = _form_of(instrument)(**_ticks(instrument, rows), version=str(edition_of(rows)))
    if not form.validate_on_submit():
        return _show(form, instrument, clinic, rows), 422 if form.errors else 200
    try:
        return redirect(_store(form, instrument, clinic_id), 303)
    except EditConflict:
        rows = list_adopted([clinic_id], signable_keys(instrument))
        form.version.data = str(edition_of(rows))
        clinic = db.session.get_one(Clinic, clinic_id)
        return _show(form, instrument, clinic, rows, conflict=_differences(form, instrument, rows)), 409


def _store(form: SigningForm, instrument: Instrument, clinic_id: uuid.UUID) -> str:
    def act() -> str:
        changed = actions.sign_figures(
            clinic=db.session.get_one(Clinic, clinic_id),
            instrument=instrument,
            signed=form.signed(),
            opened_edition=form.opened_version,
            why=form.why.data or "",
            by=current_user,
        )
        said = f"{count(changed, 'number')} changed. Every open case is checked with it by the next morning."
        flash(said if changed else "Nothing was changed.", "success")
        return url_for("administration.instrument", instrument_id=instrument.id)

    return receipts.once(form.key, by=current_user, act=act)


def _form_of(instrument: Instrument) -> type[SigningForm]:
    numbers = {_name(number): number for number in adoptable(instrument)}
    fields: dict[str, Any] = {name: BooleanField(_title(instrument, number)) for name, number in numbers.items()}
    return type("SigningFormOfThisInstrument", (SigningForm,), fields | {"numbers": numbers})


def _name(number: Adoptable) -> str:
    return f"sign-{number.within}-{number.figure}"


def _title(instrument: Instrument, number: Adoptable) -> str:
    if number.figure == SAFETY:
        return f"Item {instrument.item(number.within).number} alerts by itself"
    return f"{instrument.scale(number.within).name}: {FIGURES[number.figure].lower()}"


def _ticks(instrument: Instrument, rows: Sequence[AdoptedFigure]) -> Mapping[str, bool]:
    """What stands now, by field."""
    in_force = {as_adoptable(row) for row in rows if row.withdrawn_at is None}
    return {_name(number): number in in_force for number in adoptable(instrument)}


def _show(
    form: SigningForm,
    instrument: Instrument,
    clinic: Clinic,
    rows: Sequence[AdoptedFigure],
    *,
    conflict: tuple[Difference, ...] = (),
) -> str:
    history = history_words(rows, clinic)
    page = SigningPage(
        title="Sign for numbers",
        instrument=instrument.short_title,
        clinic=clinic.name,
        form=form,
        numbers=tuple(
            _number(form[name], instrument, number, history.get(number, ())) for name, number in form.numbers.items()
        ),
        conflict=conflict,
        back_url=url_for("administration.instrument", instrument_id=instrument.id),
        catalogue_url=url_for("administration.instruments"),
    )
    return render_template("administration/sign_figures.html", page=page)


def _number(field: Field, instrument: Instrument, number: Adoptable, history: Sequence[str]) -> NumberToSign:
    value, source = _what_counts(instrument, number)
    return NumberToSign(field=field, value=value, source=source.text, history=tuple(history))


def _what_counts(instrument: Instrument, number: Adoptable) -> tuple[str, Source]:
    """The number in words, and what it stands on."""
    if number.figure == SAFETY:
        item = instrument.item(number.within)
        value, source = positive_words(item), item.safety_source
    else:
        scale = instrument.scale(number.within)
        figure = figure_of(scale, number.figure)
        value = "" if figure is None else figure_words(scale, number.figure, figure.value)
        source = None if figure is None else figure.source
    if source is None:
        raise KeyError(number.figure)
    return value, source


def _differences(form: SigningForm, instrument: Instrument, rows: Sequence[AdoptedFigure]) -> tuple[Difference, ...]:
    """Where what stands now is not what was ticked."""
    ticked = form.signed()
    return tuple(
        Difference(_title(instrument, number), STATES[stands], STATES[number in ticked])
        for number, stands in zip(form.numbers.values(), _ticks(instrument, rows).values(), strict=True)
        if stands != (number in ticked)
    )
