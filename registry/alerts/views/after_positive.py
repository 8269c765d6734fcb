"""Right after a positive safety answer: what was done now?"""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, redirect, render_template, request
from flask_login import current_user
from sqlalchemy import select

from registry import clock
from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.accounts.models import User
from registry.alerts import actions, queries
from registry.alerts.forms import field_errors
from registry.alerts.hours.duty import on_duty
from registry.alerts.loading.safety import covered_in
from registry.alerts.models import Alert
from registry.alerts.owners import people_told
from registry.alerts.presenters.alert import AfterPositivePage
from registry.alerts.presenters.words import alert_url, banner
from registry.alerts.rulebook import Tier, told_besides
from registry.alerts.rulebook.phrases import listed
from registry.alerts.views.safety_steps import steps_after
from registry.alerts.views.shared import IMPOSSIBLE, act_form, act_on, blueprint, lead_on_from, then
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.episodes.patient_header import load_header
from registry.extensions import db
from registry.measurements.models import SafetySignal
from registry.measurements.presenters.sitting import next_in
from registry.patients.models import Patient
from registry.web.pages import Page


@blueprint.route("/patients/<uuid:patient_id>/measures/<uuid:measurement_id>/safety", methods=["GET", "POST"])
@policy("alert.acknowledge")
def after_positive(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    """The answer and its alert are stored already: whoever leaves without a word leaves the alert open.

    Saying what was done leads on to the next instrument of the sitting, where there is one.
    """
    row = found(_alert_of(patient_id, measurement_id))
    if row.closed_at is not None:
        return redirect(alert_url(row), 303)
    lead_on_from(row)
    form, after = act_form(row, version=str(row.version)), next_in(patient_id, request.args) or alert_url(row)
    if form.validate_on_submit():
        try:
            location = receipts.once(
                form.form_key.data or "", by=current_user, act=lambda: then(lambda: act_on(row, form), after)
            )
            flash("Saved. The alert stays open until it is closed with how it ended", "success")
            return redirect(location, 303)
        except (EditConflict, actions.AlertIsClosed):
            flash("Somebody else answered this alert in the meantime. Read what they did, then add yours", "warning")
            return redirect(alert_url(row), 303)
        except IMPOSSIBLE as problem:
            field_errors(form, "again", str(problem))
    now, clinic = clock.now(), db.session.get_one(Clinic, row.clinic_id)
    page = AfterPositivePage(
        title="Positive safety answer",
        patient=found(load_header(patient_id, clinic.today(now), clinic_id=clinic.id, shows_safety=False)),
        banner=banner(row, clinic, now),
        form=form,
        alert_url=alert_url(row),
        told=_who_is_told(row, clinic, now),
        safety_steps=steps_after(row, db.session.get_one(Patient, patient_id), clinic.today(now)),
    )
    opened("alert.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("alerts/after_positive.html", page=page), 422 if form.errors else 200


def _alert_of(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Alert | None:
    alert_id = db.session.scalar(
        select(SafetySignal.alert_id)
        .where(SafetySignal.measurement_id == measurement_id, SafetySignal.patient_id == patient_id)
        .limit(1)
    )
    if alert_id is not None:
        return queries.get_alert(alert_id, patient_id=patient_id)
    # Of a score that is a danger no trigger writes a signal: the alert itself names the measurement.
    is_told = (row for row in queries.list_open_alerts(patient_id) if row.is_safety)
    return next((row for row in is_told if str(measurement_id) in _told_of(row)), None)


def _told_of(row: Alert) -> set[str]:
    return {id_ for (id_, _item), _height in covered_in(row.evidence)}


def _who_is_told(row: Alert, clinic: Clinic, now: datetime) -> str:
    duty_id = on_duty(clinic.id, clinic.today(now))
    duty = db.session.get(User, duty_id) if duty_id else None
    parts = told_besides(row.evidence) if row.tier == Tier.URGENT else ()
    besides = people_told(row.patient_id, parts) if parts else {}
    names = [person.name for person in (row.owner, duty) if person is not None]
    return listed(list(dict.fromkeys([*names, *filter(None, besides.values())]))) or "the clinic's lead"
