"""All of a person's treatments, starting one, and noting what happens to it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, found, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.episodes.place import Place
from registry.patients.presenters import DatedFormPage
from registry.patients.record_tabs import record_tabs
from registry.treatment import actions, queries
from registry.treatment.facts import InjectionFacts
from registry.treatment.forms import STEP_FORMS, EntryForm, InjectionForm, StopForm, adherence_form
from registry.treatment.models import TreatmentTrial
from registry.treatment.presenters import TreatmentPage, show_trials, starts_for
from registry.treatment.rules import KINDS, in_force
from registry.treatment.start_forms import START_FORMS, StartForm
from registry.treatment.views.place import blueprint, note_page, place_of, show, trial_of, url_of
from registry.web.pages import Page

_START_TITLES = {
    "medication": "Start a medication",
    "injection": "Start a long-acting injection",
    "therapy": "Start a psychotherapy",
    "other": "Start another treatment",
}


@blueprint.get("")
@policy("patient.read")
def treatment(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id, "patient.read")
    may_write = can(current_user, "treatment.record", clinic_id=place.clinic.id)
    may_log = can(current_user, "contact.record", clinic_id=place.clinic.id)
    shown = show_trials(queries.list_records(patient_id), today=place.today, may_write=may_write)
    header = place.header()
    page = TreatmentPage(
        title="Treatment",
        patient=header,
        tabs=record_tabs(patient_id),
        present=[each for each in shown if not each.is_void and not each.has_stopped],
        past=[each for each in shown if not each.is_void and each.has_stopped],
        void=[each for each in shown if each.is_void],
        starts=starts_for(list(KINDS), header) if may_write else (),
        log_url=_visit_url(patient_id, request.args["given"]) if "given" in request.args and may_log else "",
    )
    opened("treatment.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("treatment/treatment.html", page=page)


def _visit_url(patient_id: uuid.UUID, given_on: str) -> str:
    """The form of a contact as a visit is logged, of the day on which something was given."""
    return url_for("contacts.log_contact", patient_id=patient_id, kind="treatment", modality="in-person", on=given_on)


@blueprint.route("/<trial_kind>/new", methods=["GET", "POST"])
@policy("treatment.record")
def start(patient_id: uuid.UUID, trial_kind: str) -> Page:
    place = place_of(patient_id, "treatment.record")
    form_class = found(START_FORMS.get(trial_kind))
    form = form_class(today=place.today, born_on=place.patient.birth_date, happened_on=place.today)
    page, clinic_id = _start_page(place, form, trial_kind), place.clinic.id

    def act() -> None:
        actions.start_trial(patient_id=patient_id, clinic_id=clinic_id, facts=form.trial(), by=current_user)

    return save(
        form,
        act,
        to=page.back_url,
        show=lambda status: show(page, status=status),
        saved="Treatment saved",
    )


def _start_page(place: Place, form: StartForm, trial_kind: str) -> DatedFormPage:
    return DatedFormPage(
        title=_START_TITLES[trial_kind],
        patient=place.header(),
        at=place.at(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save="Save treatment",
        back_url=url_of(place),
    )


@blueprint.route("/<uuid:trial_id>/change", methods=["GET", "POST"])
@policy("treatment.record")
def change(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = trial_of(patient_id, trial_id)
    return _note(trial, STEP_FORMS[trial.kind], kind="change", title="Change a treatment", saved="Change saved")


@blueprint.route("/<uuid:trial_id>/stop", methods=["GET", "POST"])
@policy("treatment.record")
def stop(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = trial_of(patient_id, trial_id)
    return _note(trial, StopForm, kind="stop", title="Stop a treatment", saved="Saved: the treatment has stopped")


@blueprint.route("/<uuid:trial_id>/adherence", methods=["GET", "POST"])
@policy("treatment.record")
def note_adherence(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = trial_of(patient_id, trial_id)
    return _note(trial, adherence_form(trial), title="Note adherence", saved="Adherence saved")


@blueprint.route("/<uuid:trial_id>/injections/new", methods=["GET", "POST"])
@policy("treatment.record")
def note_injection(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = trial_of(patient_id, trial_id)
    if trial.kind != "injection":
        abort(404)
    return _note(trial, InjectionForm, title="Record an injection", saved="Injection saved")


def _rhythm_of(trial: TreatmentTrial) -> dict[str, Any]:
    """The rhythm in force: a change of dose shows it, so that nobody drops it by not typing it again."""
    stands = in_force(queries.standing_steps(trial.id))
    if stands is None:
        return {}
    return {"every_days": stands.every_days, "restart_after_days": stands.restart_after_days}


def _note(trial: TreatmentTrial, form_class: type[EntryForm], *, title: str, saved: str, kind: str = "") -> Page:
    """A form about a treatment that stands: shown, or done once."""
    patient_id, trial_id = trial.patient_id, trial.id
    place = place_of(patient_id, "treatment.record")
    if trial.status != "final":
        flash("That treatment was entered in error and can no longer be changed", "warning")
        return redirect(url_of(place), 303)
    rhythm = _rhythm_of(trial) if kind == "change" else {}
    form = form_class(today=place.today, born_on=place.patient.birth_date, happened_on=place.today, **rhythm)
    page = note_page(place, trial, form, title=title, save="Save", at=place.at())
    clinic_id, url = place.clinic.id, page.back_url

    def act() -> str:
        facts = form.facts(kind)
        actions.note(trial=trial_of(patient_id, trial_id), clinic_id=clinic_id, facts=facts, by=current_user)
        if isinstance(facts, InjectionFacts) and facts.outcome == "given":
            return url_for("treatment.treatment", patient_id=patient_id, given=facts.on.isoformat())
        return url

    return save(
        form,
        act,
        to=url,
        show=lambda status: show(page, status=status),
        saved=saved,
    )
