"""Recording what was observed, correcting it, and marking it entered in error. The page over it is the caseload's."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, permitted_clinics, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.episodes.place import Place, place_at
from registry.patients.presenters import PersonFormPage, WithdrawPage
from registry.physical import actions, queries
from registry.physical.forms import ObservationForm, form_for, values_of
from registry.physical.models import Observation
from registry.physical.presenters import EntryPage, field_groups, observation_title
from registry.web.filters import long_date
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, WithdrawForm

blueprint = Blueprint("physical", __name__, url_prefix="/patients/<uuid:patient_id>/health")


@blueprint.route("/new", methods=["GET", "POST"])
@policy("observation.record")
def record(patient_id: uuid.UUID) -> Page:
    place = _place_of(patient_id)
    form = form_for()(today=place.today, born_on=place.patient.birth_date, taken_on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        actions.record_observations(patient_id=patient_id, clinic_id=clinic_id, facts=form.facts(), by=current_user)

    page = _form_page(place, form, title="Record results and measurements", save="Save")
    return _save(page, act, saved="Saved")


@blueprint.route("/<uuid:observation_id>/correct", methods=["GET", "POST"])
@policy("observation.record")
def correct(patient_id: uuid.UUID, observation_id: uuid.UUID) -> Page:
    place, row = _place_of(patient_id), _observation_of(patient_id, observation_id)
    form = form_for(row.kind)(
        today=place.today,
        born_on=place.patient.birth_date,
        is_correction=True,
        version=str(row.version),
        **values_of(row),
    )

    def act() -> None:
        actions.correct_observation(
            observation=_observation_of(patient_id, observation_id),
            facts=form.facts()[0],
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    page = _form_page(place, form, title="Correct an entry", save="Save the correction", row=row)
    return _save(page, act, saved="Correction saved. The earlier entry is kept")


@blueprint.route("/<uuid:observation_id>/entered-in-error", methods=["GET", "POST"])
@policy("observation.record")
def withdraw(patient_id: uuid.UUID, observation_id: uuid.UUID) -> Page:
    place, row = _place_of(patient_id), _observation_of(patient_id, observation_id)
    form = WithdrawForm(version=str(row.version))

    def act() -> None:
        actions.withdraw_observation(
            observation=_observation_of(patient_id, observation_id),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    page = WithdrawPage(
        title="Mark an entry as entered in error",
        subtitle=_what(row),
        patient=place.header(),
        form=form,
        back_url=_back_url(patient_id),
    )
    return _save(page, act, saved=MARKED, template="patients/withdraw.html")


def _place_of(patient_id: uuid.UUID) -> Place:
    return place_at(patient_id, permitted_clinics("observation.record"))


def _observation_of(patient_id: uuid.UUID, observation_id: uuid.UUID) -> Observation:
    """The observation, if it is this person's and was recorded where one may correct it; else 404."""
    row = found(queries.get_observation(patient_id, observation_id))
    if row.clinic_id not in permitted_clinics("observation.record"):
        abort(404)
    return row


def _form_page(
    place: Place, form: ObservationForm, *, title: str, save: str, row: Observation | None = None
) -> EntryPage:
    return EntryPage(
        title=title,
        subtitle="" if row is None else _what(row),
        patient=place.header(),
        at=place.at() if row is None else None,
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=_back_url(place.patient.id),
        groups=field_groups(form.kinds),
    )


def _what(row: Observation) -> str:
    return f"{observation_title(row)}, {long_date(row.taken_on)}"


def _back_url(patient_id: uuid.UUID) -> str:
    return url_for("caseload.physical", patient_id=patient_id)


def _save(page: PersonFormPage, act: Callable[[], None], *, saved: str, template: str = "physical/entry.html") -> Page:
    """Show the form, or do once what it asks, and go back to the page over all of them."""

    def show(status: int) -> Page:
        opened("observation.opened", by=current_user, patient_id=page.patient.patient_id)
        return render_template(template, page=page), status

    return save(page.form, act, to=page.back_url, show=show, saved=saved)
