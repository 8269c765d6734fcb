"""Finishing and discarding what somebody began."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import current_user

from registry.access.policy import policy
from registry.accounts import receipts
from registry.db.conflict import EditConflict
from registry.episodes.place import Place, place_of_entry
from registry.measurements import actions
from registry.measurements.models import Measurement
from registry.measurements.presenters.words import measure_url
from registry.measurements.scores import definition_of
from registry.measurements.views.place import blueprint, own_measurement
from registry.measurements.views.saving import (
    REFUSED,
    address_after,
    explain,
    following,
    form_of,
    positive_answers,
    say_saved,
    second_time,
    show_conflict,
    show_form,
)
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page

_RECORD = "measurement.record"


@blueprint.route("/<uuid:measurement_id>/draft", methods=["GET", "POST"])
@policy(_RECORD)
def draft(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    row = own_measurement(patient_id, measurement_id, _RECORD)
    place = place_of_entry(row.patient_id, row.clinic_id)
    if request.method == "GET" and row.status != "draft":
        return redirect(measure_url(row), 303)
    as_draft, clinic_id = "draft" in request.form, row.clinic_id
    form = form_of(row, place, as_draft=as_draft)
    if not form.validate_on_submit():
        return show_form(place, form, status=422 if form.errors else 200, **_details(row, place))
    save = actions.change_draft if as_draft else actions.finish_draft
    recorded = None if as_draft else second_time(place, form)
    if recorded is not None:
        # A draft is kept whatever happens, so the entry that stands is corrected on its own page.
        return show_form(place, form, status=409, second_time=replace(recorded, correct_url=""), **_details(row, place))

    def act() -> str:
        stored = own_measurement(patient_id, measurement_id, _RECORD)
        known = positive_answers(stored)
        kept = save(draft=stored, by=current_user, opened_version=form.opened_version or 0, **form.administration())
        return address_after(kept, already_known=known)

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except REFUSED as problem:
        explain(form, problem)
        return show_form(place, form, status=422, **_details(row, place))
    except EditConflict:
        theirs = own_measurement(patient_id, measurement_id, _RECORD)
        return show_conflict(place, form, theirs, can_save_again=theirs.status == "draft", **_details(theirs, place))
    say_saved(form, patient_id=patient_id, clinic_id=clinic_id, as_draft=as_draft)
    return redirect(location, 303)


@blueprint.post("/<uuid:measurement_id>/discard")
@policy(_RECORD)
def discard(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    row = own_measurement(patient_id, measurement_id, _RECORD)
    form, address = RegistryForm(), url_for("measurements.choose", patient_id=patient_id)
    if not form.validate_on_submit():
        return redirect(measure_url(row), 303)

    def act() -> str:
        stored = own_measurement(patient_id, measurement_id, _RECORD)
        actions.discard_draft(draft=stored, by=current_user, opened_version=form.opened_version or 0)
        return address

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        flash("Somebody changed this draft meanwhile, so it was not discarded", "warning")
        return redirect(measure_url(own_measurement(patient_id, measurement_id, _RECORD)), 303)
    flash("Draft discarded. It stays on record as entered in error", "success")
    return redirect(location, 303)


def _details(row: Measurement, place: Place) -> dict[str, Any]:
    definition = definition_of(row)
    return {
        "title": f"Finish: {definition.title}",
        "following": following(place, definition, on=row.taken_on),
        "save": "Save",
        "action_url": measure_url(row, "draft"),
        "back_url": url_for("measurements.choose", patient_id=row.patient_id),
        "discard_url": measure_url(row, "discard"),
    }
