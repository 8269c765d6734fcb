"""Correcting what was noted of a treatment, and marking it entered in error."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import policy
from registry.accounts.saving import go_back, save
from registry.episodes.place import Place
from registry.patients.presenters import DatedFormPage, WithdrawPage
from registry.treatment import actions, queries
from registry.treatment.forms import NONE_OF_THEM, EntryForm, form_for, kind_of, values_of
from registry.treatment.models import TreatmentTrial
from registry.treatment.presenters import differences, trial_words
from registry.treatment.queries import Entry
from registry.treatment.views.place import (
    blueprint,
    entry_of,
    note_page,
    place_of,
    saved_by,
    show,
    trial_of,
    url_of,
)
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, STAYS, WithdrawForm

_STRIKE_OUT = "patients/withdraw.html"


@blueprint.route("/<entry_kind>/<uuid:entry_id>/correct", methods=["GET", "POST"])
@policy("treatment.record")
def correct(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID) -> Page:
    entry = entry_of(patient_id, entry_kind, entry_id)
    if request.method == "GET" and entry.status != "final":
        return _go_to_what_stands(entry)
    trial = trial_of(patient_id, entry.trial_id)
    place = place_of(patient_id, "treatment.record")
    form = form_for(entry, trial)(
        today=place.today,
        born_on=place.patient.birth_date,
        is_correction=True,
        version=str(entry.version),
        ingredient=trial.ingredient or NONE_OF_THEM,
        medicine_class=trial.medicine_class,
        **values_of(entry),
    )
    page, trial_id, step_kind = _correction_page(place, trial, form), trial.id, kind_of(entry)

    def act() -> None:
        actions.correct_entry(
            trial=trial_of(patient_id, trial_id),
            entry=entry_of(patient_id, entry_kind, entry_id),
            facts=form.facts(step_kind),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return save(
        form,
        act,
        to=page.back_url,
        show=lambda status: show(page, status=status),
        overtaken=lambda: _correction_conflict(patient_id, entry_kind, entry_id, form),
        saved="Correction saved. The earlier entry is kept",
    )


def _correction_page(place: Place, trial: TreatmentTrial, form: EntryForm) -> DatedFormPage:
    return note_page(place, trial, form, title="Correct an entry", save="Save the correction")


def _correction_conflict(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID, form: EntryForm) -> Page:
    """What somebody else saved meanwhile; the form now corrects that."""
    theirs = queries.get_current(entry_of(patient_id, entry_kind, entry_id))
    trial, place = trial_of(patient_id, theirs.trial_id), place_of(patient_id, "treatment.record")
    form.version.data = str(theirs.version)
    return show(
        replace(
            _correction_page(place, trial, form),
            action_url=url_for("treatment.correct", patient_id=patient_id, entry_kind=entry_kind, entry_id=theirs.id),
            conflict=differences(trial, theirs, form.facts(kind_of(theirs))),
            conflict_by=saved_by(theirs, place),
        ),
        status=409,
    )


@blueprint.route("/<entry_kind>/<uuid:entry_id>/entered-in-error", methods=["GET", "POST"])
@policy("treatment.record")
def withdraw(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID) -> Page:
    """Of one entry, or (``trial``) of the whole treatment."""
    row = trial_of(patient_id, entry_id) if entry_kind == "trial" else entry_of(patient_id, entry_kind, entry_id)
    place = place_of(patient_id, "treatment.record")
    if request.method == "GET" and row.status != "final":
        flash("That entry was corrected or entered in error already", "warning")
        return redirect(url_of(place), 303)
    form = WithdrawForm(version=str(row.version))
    page = _withdrawal_page(place, row, form)

    def act() -> None:
        why, version = form.why.data or "", form.opened_version
        if entry_kind == "trial":
            trial = trial_of(patient_id, entry_id)
            actions.withdraw_trial(trial=trial, why=why, opened_version=version, by=current_user)
        else:
            entry = entry_of(patient_id, entry_kind, entry_id)
            actions.withdraw_entry(entry=entry, why=why, opened_version=version, by=current_user)

    return save(
        form,
        act,
        to=page.back_url,
        show=lambda status: show(page, status=status, template=_STRIKE_OUT),
        overtaken=lambda: _withdrawal_conflict(patient_id, entry_kind, entry_id, form),
        saved=MARKED,
    )


def _withdrawal_conflict(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID, form: WithdrawForm) -> Page:
    place = place_of(patient_id, "treatment.record")
    if entry_kind == "trial":
        return go_back(url_of(place), "A colleague marked that treatment as entered in error already")
    theirs = queries.get_current(entry_of(patient_id, entry_kind, entry_id))
    trial = trial_of(patient_id, theirs.trial_id)
    form.version.data = str(theirs.version)
    page = replace(
        _withdrawal_page(place, theirs, form),
        conflict=differences(trial, theirs, None),
        conflict_by=saved_by(theirs, place),
    )
    return show(page, status=409, template=_STRIKE_OUT)


def _withdrawal_page(place: Place, row: Entry | TreatmentTrial, form: WithdrawForm) -> WithdrawPage:
    is_trial = isinstance(row, TreatmentTrial)
    trial = row if isinstance(row, TreatmentTrial) else trial_of(row.patient_id, row.trial_id)
    kind = "trial" if is_trial else str((request.view_args or {}).get("entry_kind"))
    return WithdrawPage(
        title="Mark a treatment as entered in error" if is_trial else "Mark an entry as entered in error",
        subtitle=trial_words(trial),
        patient=place.header(),
        form=form,
        action_url=url_for("treatment.withdraw", patient_id=trial.patient_id, entry_kind=kind, entry_id=row.id),
        back_url=url_of(place),
        intro=f"{STAYS} What is due is worked out again without it.",
    )


def _go_to_what_stands(entry: Entry) -> Response:
    current = queries.get_current(entry)
    if current.status != "final":
        flash("That entry was entered in error and can no longer be changed", "warning")
        return redirect(url_for("treatment.treatment", patient_id=entry.patient_id), 303)
    values = {**(request.view_args or {}), "entry_id": current.id}
    return redirect(url_for("treatment.correct", **values), 303)
