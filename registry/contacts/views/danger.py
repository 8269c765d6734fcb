"""Reporting a danger."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from registry.access.policy import can, permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.contacts import actions
from registry.contacts.forms import DangerForm
from registry.contacts.presenters.contact import DangerPage
from registry.contacts.views.common import Page, blueprint, header_of, refuse_stranger
from registry.episodes.place import place_at


@blueprint.route("/patients/<uuid:patient_id>/danger/new", methods=["GET", "POST"])
@policy("danger.report")
def report_danger(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("danger.report"))
    sees_everybody = can(current_user, "patient.read", clinic_id=place.clinic.id)
    if not sees_everybody:
        refuse_stranger(patient_id)
    back_url = header_of(place).url if sees_everybody else url_for("accounts.start")
    form = DangerForm(today=place.today, born_on=place.patient.birth_date, reported_on=place.today)
    if form.validate_on_submit() and form.reported_on.data is not None:
        clinic_id, reported_on = place.clinic.id, form.reported_on.data

        def act() -> str:
            actions.report_danger(
                patient_id=patient_id,
                clinic_id=clinic_id,
                kind=form.kind.data,
                reported_on=reported_on,
                said_by=form.said_by.data or "",
                words=form.words.data or "",
                done=form.done.data or "",
                by=current_user,
            )
            return back_url

        location = receipts.once(form.form_key.data or "", by=current_user, act=act)
        flash("Danger reported. The care manager and the clinic's duty clinician are alerted", "success")
        return redirect(location, 303)
    page = DangerPage(
        title="Report a danger", patient=header_of(place), form=form, today=place.today, back_url=back_url
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("contacts/danger.html", page=page), 422 if form.errors else 200
