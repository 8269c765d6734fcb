"""Correcting a measure, and marking one as entered in error."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import policy
from registry.accounts import receipts
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.db.conflict import EditConflict
from registry.episodes.place import place_of_entry
from registry.measurements import actions, queries
from registry.measurements.models import Measurement
from registry.measurements.presenters.entering import WITHDRAWN_STAYS
from registry.measurements.presenters.words import STATUS_WORDS, measure_url, show_score
from registry.measurements.scores import definition_of, score_again
from registry.measurements.views.place import blueprint, own_measurement
from registry.measurements.views.saving import (
    REFUSED,
    address_after,
    explain,
    form_of,
    positive_answers,
    saved_by,
    say_what_it_means,
    show_conflict,
    show_form,
)
from registry.patients.presenters import Difference, WithdrawPage
from registry.web.filters import long_date
from registry.web.pages import Page
from registry.web.withdraw_form import WithdrawForm

_CORRECT = "measurement.correct"
_TAKEN_BACK = "A safety answer was taken back. Its alert stays open until somebody closes it with how it ended"


@blueprint.route("/<uuid:measurement_id>/correct", methods=["GET", "POST"])
@policy(_CORRECT)
def correct(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    row = own_measurement(patient_id, measurement_id, _CORRECT)
    place = place_of_entry(row.patient_id, row.clinic_id)
    if request.method == "GET" and row.status != "final":
        return _go_to_what_stands(row)
    form, clinic_id, known = form_of(row, place, is_correction=True), row.clinic_id, positive_answers(row)
    if not form.validate_on_submit():
        return show_form(place, form, status=422 if form.errors else 200, **_details(row))

    def act() -> str:
        stored = own_measurement(patient_id, measurement_id, _CORRECT)
        new = actions.correct_measurement(
            measurement=stored,
            why=form["why"].data,
            by=current_user,
            opened_version=form.opened_version or 0,
            **form.administration(),
        )
        return address_after(new, already_known=known)

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except REFUSED as problem:
        explain(form, problem)
        return show_form(place, form, status=422, **_details(row))
    except EditConflict:
        theirs = queries.get_current(own_measurement(patient_id, measurement_id, _CORRECT))
        return show_conflict(place, form, theirs, can_save_again=theirs.status == "final", **_details(theirs))
    flash("Correction saved. The earlier version is kept", "success")
    say_what_it_means(form, patient_id=patient_id, clinic_id=clinic_id)
    stands = queries.get_current(own_measurement(patient_id, measurement_id, _CORRECT))
    if known.keys() - positive_answers(stands).keys():
        flash(_TAKEN_BACK, "warning")
    return redirect(location, 303)


@blueprint.route("/<uuid:measurement_id>/entered-in-error", methods=["GET", "POST"])
@policy(_CORRECT)
def withdraw(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    row = own_measurement(patient_id, measurement_id, _CORRECT)
    if request.method == "GET" and row.status != "final":
        return _go_to_what_stands(row)
    form, known = WithdrawForm(version=str(row.version)), positive_answers(row)

    def act() -> str:
        stored = own_measurement(patient_id, measurement_id, _CORRECT)
        actions.mark_entered_in_error(
            measurement=stored, why=form.why.data or "", by=current_user, opened_version=form.opened_version or 0
        )
        return url_for("measurements.history", patient_id=patient_id, instrument=stored.instrument)

    def compare() -> Page:
        theirs = queries.get_current(own_measurement(patient_id, measurement_id, _CORRECT))
        form.version.data = str(theirs.version)
        return _show_withdrawal(theirs, form, status=409)

    def say_marked() -> None:
        flash("Marked as entered in error. It is kept, struck through, and counts nowhere", "success")
        if known:
            flash(_TAKEN_BACK, "warning")

    return save(
        form,
        act,
        to=measure_url(row),
        show=lambda status: _show_withdrawal(row, form, status=status),
        overtaken=compare,
        saved=say_marked,
    )


def _go_to_what_stands(row: Measurement) -> Page:
    current = queries.get_current(row)
    if current.status == "final" and current.id != row.id:
        flash("This version was corrected: here is the one that stands", "warning")
    return redirect(measure_url(current), 303)


def _show_withdrawal(row: Measurement, form: WithdrawForm, *, status: int) -> Page:
    place = place_of_entry(row.patient_id, row.clinic_id)
    state = STATUS_WORDS[row.status] or f"Corrected: {_in_words(row)}"
    is_conflict = status == 409
    page = WithdrawPage(
        title="Mark as entered in error",
        subtitle=_in_words(row),
        patient=place.header(),
        form=form,
        intro=WITHDRAWN_STAYS,
        action_url=measure_url(row, "withdraw"),
        back_url=measure_url(row),
        conflict=[Difference("This measure", state, "in error")] if is_conflict else (),
        conflict_by=saved_by(row, place) if is_conflict else "",
    )
    opened("patient.opened", by=current_user, patient_id=row.patient_id, clinic_id=place.clinic.id)
    return render_template("patients/withdraw.html", page=page), status


def _in_words(row: Measurement) -> str:
    """ "PHQ-9 of 12 Mar 2026: 14, moderate"."""
    definition = definition_of(row)
    scale = definition.primary_scale
    score = show_score(scale, score_again(row, definition).scores[scale.id])
    return f"{definition.short_title} of {long_date(row.taken_on)}: {score.text}"


def _details(row: Measurement) -> dict[str, Any]:
    return {
        "title": f"Correct: {definition_of(row).title}",
        "save": "Save the correction",
        "action_url": measure_url(row, "correct"),
        "back_url": measure_url(row),
        "is_correction": True,
        "corrects": row.id,
        "may_draft": False,
    }
