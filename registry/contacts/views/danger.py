"""Reporting a danger, and marking a report as entered in error."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.contacts import actions
from registry.contacts.forms import DangerForm
from registry.contacts.models import DangerReport
from registry.contacts.presenters.danger import REPORT_STAYS, DangerPage, report_facts
from registry.contacts.queries import get_report
from registry.contacts.views.common import blueprint, header_of
from registry.episodes.place import place_at, refuse_stranger
from registry.patients.presenters import Difference, WithdrawPage
from registry.web.pages import Page
from registry.web.withdraw_form import WithdrawForm


@blueprint.route("/patients/<uuid:patient_id>/danger/new", methods=["GET", "POST"])
@policy("danger.report")
def report_danger(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("danger.report"))
    sees_everybody = can(current_user, "patient.read", clinic_id=place.clinic.id)
    if not sees_everybody:
        refuse_stranger(patient_id)
    back_url = header_of(place).url if sees_everybody else url_for("accounts.start")
    form = DangerForm(today=place.today, born_on=place.patient.birth_date, reported_on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        actions.report_danger(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=form.kind.data,
            reported_on=form.reported_on.day,
            said_by=form.said_by.data or "",
            words=form.words.data or "",
            done=form.done.data or "",
            by=current_user,
        )

    page = DangerPage(
        title="Report a danger",
        patient=header_of(place),
        at=place.at(),
        form=form,
        today=place.today,
        back_url=back_url,
    )

    def show(status: int) -> Page:
        opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic_id)
        return render_template("contacts/danger.html", page=page), status

    said = "Danger reported. The care manager and the clinic's duty clinician are alerted"
    return save(form, act, to=back_url, show=show, saved=said)


@blueprint.route("/patients/<uuid:patient_id>/danger/<uuid:report_id>/entered-in-error", methods=["GET", "POST"])
@policy("contact.correct")
def withdraw_report(patient_id: uuid.UUID, report_id: uuid.UUID) -> Page:
    report = _report(patient_id, report_id)
    back_url = header_of(place_at(patient_id, permitted_clinics("contact.correct"))).url
    if report.alert_id is not None:
        back_url = url_for("alerts.alert", patient_id=patient_id, alert_id=report.alert_id)
    if request.method == "GET" and report.status != "final":
        flash("That report was entered in error and can no longer be changed", "warning")
        return redirect(back_url, 303)
    form = WithdrawForm(version=str(report.version))

    def act() -> None:
        actions.withdraw_report(
            report=_report(patient_id, report_id),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    def compare() -> Page:
        theirs = _report(patient_id, report_id)
        form.version.data = str(theirs.version)
        return _show_withdrawal(theirs, form, back_url, status=409)

    return save(
        form,
        act,
        to=back_url,
        show=lambda status: _show_withdrawal(report, form, back_url, status=status),
        overtaken=compare,
        saved="Marked as entered in error. The alert stays open until somebody closes it with how it ended",
    )


def _show_withdrawal(report: DangerReport, form: WithdrawForm, back_url: str, *, status: int) -> Page:
    place = place_at(report.patient_id, permitted_clinics("contact.correct"))
    state = f"Entered in error: {report.why}" if report.why else "Changed since you opened this form"
    page = WithdrawPage(
        title="Mark a report of danger as entered in error",
        patient=header_of(place),
        form=form,
        facts=report_facts(report),
        back_url=back_url,
        intro=REPORT_STAYS,
        conflict=[Difference("State", state, "Entered in error")] if status == 409 else (),
    )
    opened("patient.opened", by=current_user, patient_id=report.patient_id, clinic_id=place.clinic.id)
    return render_template("patients/withdraw.html", page=page), status


def _report(patient_id: uuid.UUID, report_id: uuid.UUID) -> DangerReport:
    """The report, if about this person and made at a clinic where one may correct."""
    report = found(get_report(patient_id, report_id))
    if report.clinic_id not in permitted_clinics("contact.correct"):
        abort(404)
    return report
