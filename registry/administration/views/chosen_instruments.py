"""Which instruments a clinic uses: chosen on one page, by its lead or an administrator."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.fields import Field

from registry.access.policy import can, found, policy
from registry.accounts import receipts
from registry.accounts.queries import names_of
from registry.administration.use_of_instruments import ClinicUse, use_at
from registry.administration.views.common import FormPage, blueprint
from registry.administration.views.instruments import RESPONDENT_WORDS, licence_words
from registry.clinics.actions import choose_instruments as store_choice
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic
from registry.clinics.rules import edition_of
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.words import domain_words
from registry.measures.in_use import Decision
from registry.measures.instrument import Instrument
from registry.patients.presenters import Difference
from registry.web.filters import count, long_date
from registry.web.form_fields import RegistryForm

USE, CONFIRM = "use-", "confirm-"
"""Fields are called by these and the instrument's id."""


class ChoiceForm(RegistryForm):
    """A box for each instrument; one whose licence asks for it has a second, to confirm its use."""

    instruments: tuple[Instrument, ...]

    def decisions(self) -> dict[Instrument, Decision]:
        return {each: Decision(self[f"{USE}{each.id}"].data, self.is_confirmed(each)) for each in self.instruments}

    def is_confirmed(self, instrument: Instrument) -> bool:
        """Whether the clinic says that it uses the instrument without commercial purpose."""
        field = self.confirmation(instrument)
        return field is not None and bool(field.data)

    def confirmation(self, instrument: Instrument) -> Field | None:
        return self[f"{CONFIRM}{instrument.id}"] if instrument.licence.non_commercial else None

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        for instrument, decision in self.decisions().items():
            field = self.confirmation(instrument)
            if field is not None and decision.in_use and not decision.is_non_commercial:
                field.errors = ["Confirm this to use the measure, or leave it off"]
                is_valid = False
        return is_valid


@dataclass(frozen=True, slots=True)
class Choice:
    """One instrument to use or not."""

    title: str
    domain: str
    about: str
    notice: str
    decided: str
    url: str
    use: Field
    confirm: Field | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicePage(FormPage):
    clinic: str
    domains: tuple[tuple[str, tuple[Choice, ...]], ...]
    conflict: tuple[Difference, ...] = ()


@blueprint.route("/clinics/<uuid:clinic_id>/instruments", methods=["GET", "POST"])
@policy("instrument.choose")
def choose_instruments(clinic_id: uuid.UUID) -> Response | tuple[str, int]:
    """What the clinic offers to whoever enters measures. What it no longer uses stays readable."""
    clinic = found(get_clinic(clinic_id) if can(current_user, "instrument.choose", clinic_id=clinic_id) else None)
    (use,) = use_at([clinic])
    form = _form_of(tuple(sorted(catalogue(), key=lambda each: (domain_words(each), each.short_title.casefold()))))(
        **_values(use), version=str(edition_of(use.decided.values()))
    )
    if not form.validate_on_submit():
        return _show(form, use), 422 if form.errors else 200
    try:
        return redirect(_store(clinic, form), 303)
    except EditConflict:
        (use,) = use_at([db.session.get_one(Clinic, clinic_id)])
        form.version.data = str(edition_of(use.decided.values()))
        return _show(form, use, conflict=tuple(_differences(form, use))), 409


def _store(clinic: Clinic, form: ChoiceForm) -> str:
    clinic_id, name = clinic.id, clinic.name

    def act() -> str:
        fresh = db.session.get_one(Clinic, clinic_id)
        changed = store_choice(
            clinic=fresh, chosen=form.decisions(), opened_edition=form.opened_version, by=current_user
        )
        flash(f"{name}: {count(changed, 'measure')} changed." if changed else "Nothing was changed.", "success")
        return url_for("administration.instruments")

    return receipts.once(form.key, by=current_user, act=act)


@lru_cache(maxsize=16)
def _form_of(instruments: tuple[Instrument, ...]) -> type[ChoiceForm]:
    fields: dict[str, Any] = {f"{USE}{each.id}": BooleanField(each.short_title) for each in instruments}
    fields |= {
        f"{CONFIRM}{each.id}": BooleanField("This clinic uses it without commercial purpose")
        for each in instruments
        if each.licence.non_commercial
    }
    return type("ChoiceFormOfThisCatalogue", (ChoiceForm,), fields | {"instruments": instruments})


def _values(use: ClinicUse) -> Mapping[str, bool]:
    """What stands now."""
    stands = {f"{USE}{each.id}": use.uses(each) for each in catalogue()}
    return stands | {f"{CONFIRM}{row.instrument}": row.is_non_commercial for row in use.decided.values()}


def _show(form: ChoiceForm, use: ClinicUse, *, conflict: tuple[Difference, ...] = ()) -> str:
    names = names_of({row.decided_by_id for row in use.decided.values()})
    choices = [_choice(each, form, use, names) for each in form.instruments]
    page = ChoicePage(
        title="Measures in use",
        clinic=use.clinic.name,
        domains=tuple((domain, tuple(group)) for domain, group in groupby(choices, attrgetter("domain"))),
        form=form,
        conflict=conflict,
        back_url=url_for("administration.instruments"),
    )
    return render_template("administration/choose_instruments.html", page=page)


def _choice(instrument: Instrument, form: ChoiceForm, use: ClinicUse, names: Mapping[uuid.UUID, str]) -> Choice:
    row = use.decided.get(instrument.id)
    by = "" if row is None else f" by {names.get(row.decided_by_id, 'somebody')}"
    return Choice(
        title=instrument.title,
        domain=domain_words(instrument),
        about=" · ".join(_about(instrument)),
        notice=instrument.licence.notice if instrument.licence.non_commercial else "",
        decided="" if row is None else f"Decided {long_date(row.decided_at.astimezone(use.clinic.zone).date())}{by}",
        url=url_for("administration.instrument", instrument_id=instrument.id),
        use=form[f"{USE}{instrument.id}"],
        confirm=form.confirmation(instrument),
    )


def _about(instrument: Instrument) -> Iterable[str]:
    yield RESPONDENT_WORDS[instrument.respondent]
    yield count(len(instrument.items), "item")
    yield licence_words(instrument)
    if instrument.is_core:
        yield "Core set"


def _differences(form: ChoiceForm, use: ClinicUse) -> Sequence[Difference]:
    """Where what stands now is not what was ticked."""
    words = {True: "In use", False: "Not in use"}
    return [
        Difference(instrument.short_title, words[use.uses(instrument)], words[decision.in_use])
        for instrument, decision in form.decisions().items()
        if use.uses(instrument) != decision.in_use
    ]
