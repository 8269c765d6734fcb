"""A death ends everything that would still be asked of the person."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.accounts.saving import put_beside
from registry.audit.opened import opened
from registry.db.refused import Refused
from registry.episodes import actions
from registry.episodes.forms import DeathForm, WithdrawDeathForm
from registry.episodes.patient_header import load_header
from registry.episodes.presenters import ChangePage
from registry.episodes.views.common import blueprint
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.place import local_today
from registry.patients.queries import get_patient
from registry.web.pages import Page

_WITHDRAWN = "The death was withdrawn. Reopen the episodes it ended, where care goes on"


@blueprint.route("/<uuid:patient_id>/death", methods=["GET", "POST"])
@policy("episode.write")
def death(patient_id: uuid.UUID) -> Page:
    patient, today = found(get_patient(patient_id)), local_today("episode.write")
    is_withdrawal = patient.died_on is not None
    form = WithdrawDeathForm() if is_withdrawal else DeathForm(today=today)
    if not form.validate_on_submit():
        return _page(form, patient_id), 422 if form.errors else 200

    def act() -> str:
        fresh = db.session.get_one(Patient, patient_id)
        if isinstance(form, DeathForm):
            actions.record_death(patient=fresh, died_on=form.day, today=today, by=current_user)
        else:
            actions.withdraw_death(patient=fresh, why=form.why.data or "", by=current_user)
        return url_for("episodes.care" if is_withdrawal else "patients.details", patient_id=patient_id)

    try:
        address = receipts.once(form.key, by=current_user, act=act)
    except Refused as problem:
        put_beside(form, problem)
        return _page(form, patient_id), 422
    flash(_WITHDRAWN if is_withdrawal else "The death is recorded. Open episodes have ended", "success")
    return redirect(address, 303)


def _page(form: DeathForm | WithdrawDeathForm, patient_id: uuid.UUID) -> str:
    today = local_today("episode.write")
    page = ChangePage(
        title="Record a death" if isinstance(form, DeathForm) else "Withdraw a death entered in error",
        patient=found(load_header(patient_id, today)),
        form=form,
        today=today,
        back_url=url_for("patients.details", patient_id=patient_id),
    )
    template = "death" if isinstance(form, DeathForm) else "withdraw_death"
    opened("patient.opened", by=current_user, patient_id=patient_id)
    return render_template(f"episodes/{template}.html", page=page)
