"""Pages over contacts: the list, logging, correcting, withdrawing; reporting a danger."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.models import User
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.contacts import actions, queries
from registry.contacts.forms import ContactForm, CorrectContactForm, DangerForm, WithdrawContactForm, values_of
from registry.contacts.models import Contact
from registry.contacts.presenters import (
    ContactFormPage,
    ContactsPage,
    DangerPage,
    Difference,
    WithdrawPage,
    differences,
    second_time,
    show_contact,
)
from registry.contacts.rules import KIND_HINTS
from registry.db.conflict import EditConflict
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.episodes.record_tabs import record_tabs
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader
from registry.patients.queries import get_patient
from registry.web.filters import local_time
from registry.web.paging import Paging, page_number
from registry.web.second_time import SecondTime

blueprint = Blueprint("contacts", __name__)

PER_PAGE = 50
Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class _Place:
    """The person, and the clinic at which they are dealt with here."""

    patient: Patient
    clinic: Clinic

    @property
    def now(self) -> datetime:
        return clock.now().astimezone(self.clinic.zone)

    @property
    def today(self) -> date:
        return self.now.date()

    def header(self) -> IdentityHeader:
        """Leads to the record for whoever may open it."""
        shown = found(load_header(self.patient.id, self.today, clinic_id=self.clinic.id))
        return shown if can(current_user, "patient.read", clinic_id=self.clinic.id) else replace(shown, url="")


def _place(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> _Place:
    return _Place(found(get_patient(patient_id)), found(get_clinic_of(patient_id, clinic_ids)))


@blueprint.get("/patients/<uuid:patient_id>/contacts")
@policy("patient.read")
def contacts(patient_id: uuid.UUID) -> Page:
    place = _place(patient_id, permitted_clinics("patient.read"))
    number = page_number(request.args.get("page"))
    may_correct = can(current_user, "contact.correct", clinic_id=place.clinic.id)
    rows = queries.list_contacts(patient_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    page = ContactsPage(
        title="Contacts",
        patient=place.header(),
        tabs=record_tabs(patient_id),
        contacts=[show_contact(row, today=place.today, may_correct=may_correct) for row in rows],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=queries.count_contacts(patient_id),
            address=lambda wanted: url_for("contacts.contacts", patient_id=patient_id, page=wanted),
        ),
        log_url=_log_url(place) if can(current_user, "contact.record", clinic_id=place.clinic.id) else "",
    )
    opened("contacts.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("contacts/contacts.html", page=page)


@blueprint.route("/patients/<uuid:patient_id>/contacts/new", methods=["GET", "POST"])
@policy("contact.record")
def log_contact(patient_id: uuid.UUID) -> Page:
    place = _place(patient_id, permitted_clinics("contact.record"))
    return _log(place, back_url=url_for("contacts.contacts", patient_id=patient_id))


@blueprint.route("/my-people/<uuid:patient_id>/contacts/new", methods=["GET", "POST"])
@policy("contact.record-own")
def log_own_contact(patient_id: uuid.UUID) -> Page:
    """For whoever may deal only with the people whose team they are on: anybody else does not exist."""
    place = _place(patient_id, permitted_clinics("contact.record-own"))
    _refuse_stranger(patient_id)
    is_built = "caseload.my_people" in current_app.view_functions
    return _log(place, back_url=url_for("caseload.my_people") if is_built else request.path)


def _log(place: _Place, *, back_url: str) -> Page:
    form = ContactForm(
        now=place.now, born_on=place.patient.birth_date, kind="treatment", modality="phone", took_place_on=place.today
    )

    def show(status: int, recorded: SecondTime | None = None) -> Page:
        page = _form_page(place, form, title="Log a contact", save="Save contact", action_url="", back_url=back_url)
        return _show_form(replace(page, second_time=recorded), status=status)

    if not form.validate_on_submit():
        return show(422 if form.errors else 200)
    recorded = _second_time(place, form, url=back_url)
    if recorded is not None:
        return show(409, recorded)
    patient_id, clinic_id = place.patient.id, place.clinic.id

    def act() -> str:
        actions.record_contact(patient_id=patient_id, clinic_id=clinic_id, facts=form.facts(), by=current_user)
        return back_url

    location = receipts.once(form.key, by=current_user, act=act)
    flash("Contact saved", "success")
    return redirect(location, 303)


def _second_time(place: _Place, form: ContactForm, *, url: str) -> SecondTime | None:
    """What says the same already. Nothing for a second click on the form that stored it, or one said to be another."""
    if form.again.data:
        return None
    contact = queries.find_same(place.patient.id, form.facts(), staff_id=current_user.id)
    if contact is None or receipts.led_to(form.key, by=current_user) is not None:
        return None
    return second_time(contact, by=_saved_by(contact, place), url=url)


@blueprint.route("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/correct", methods=["GET", "POST"])
@policy("contact.correct")
def correct(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    contact = _contact(patient_id, contact_id, "contact.correct")
    if request.method == "GET" and contact.status != "final":
        return _go_to_what_stands(contact)
    place = _place(patient_id, permitted_clinics("contact.correct"))
    back_url = url_for("contacts.contacts", patient_id=patient_id)
    form = CorrectContactForm(
        now=place.now, born_on=place.patient.birth_date, version=str(contact.version), **values_of(contact)
    )
    page = _form_page(
        place,
        form,
        title="Correct a contact",
        save="Save the correction",
        action_url=url_for("contacts.correct", patient_id=patient_id, contact_id=contact_id),
        back_url=back_url,
    )
    if not form.validate_on_submit():
        return _show_form(page, status=422 if form.errors else 200)

    def act() -> str:
        why = form.why.data or ""
        actions.correct_contact(
            contact=_contact(patient_id, contact_id, "contact.correct"),
            facts=form.facts(),
            why=why,
            opened_version=form.opened_version,
            by=current_user,
        )
        return back_url

    try:
        location = receipts.once(form.form_key.data or "", by=current_user, act=act)
    except EditConflict:
        return _correction_conflict(patient_id, contact_id, form, back_url)
    flash("Correction saved. The earlier entry is kept", "success")
    return redirect(location, 303)


def _correction_conflict(patient_id: uuid.UUID, contact_id: uuid.UUID, form: CorrectContactForm, back_url: str) -> Page:
    """What somebody else saved meanwhile; the form now corrects that."""
    place = _place(patient_id, permitted_clinics("contact.correct"))
    theirs = queries.get_current(_contact(patient_id, contact_id, "contact.correct"))
    form.version.data = str(theirs.version)
    page = _form_page(
        place,
        form,
        title="Correct a contact",
        save="Save the correction",
        action_url=url_for("contacts.correct", patient_id=patient_id, contact_id=theirs.id),
        back_url=back_url,
        conflict=differences(theirs, form.facts()),
        conflict_by=_saved_by(theirs, place),
    )
    return _show_form(page, status=409)


@blueprint.route("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/entered-in-error", methods=["GET", "POST"])
@policy("contact.correct")
def withdraw(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    contact = _contact(patient_id, contact_id, "contact.correct")
    if request.method == "GET" and contact.status != "final":
        return _go_to_what_stands(contact)
    back_url = url_for("contacts.contacts", patient_id=patient_id)
    form = WithdrawContactForm(version=str(contact.version))
    if not form.validate_on_submit():
        return _show_withdrawal(contact, form, status=422 if form.errors else 200)

    def act() -> str:
        actions.mark_entered_in_error(
            contact=_contact(patient_id, contact_id, "contact.correct"),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        return back_url

    try:
        location = receipts.once(form.form_key.data or "", by=current_user, act=act)
    except EditConflict:
        theirs = queries.get_current(_contact(patient_id, contact_id, "contact.correct"))
        form.version.data = str(theirs.version)
        return _show_withdrawal(theirs, form, status=409)
    flash("Marked as entered in error. The entry is kept, struck through, and counts nowhere", "success")
    return redirect(location, 303)


def _show_withdrawal(contact: Contact, form: WithdrawContactForm, *, status: int) -> Page:
    place = _place(contact.patient_id, permitted_clinics("contact.correct"))
    conflict: list[Difference] = differences(contact, None) if status == 409 else []
    page = WithdrawPage(
        title="Mark a contact as entered in error",
        patient=place.header(),
        form=form,
        contact=show_contact(contact, today=place.today, may_correct=False),
        action_url=url_for("contacts.withdraw", patient_id=contact.patient_id, contact_id=contact.id),
        back_url=url_for("contacts.contacts", patient_id=contact.patient_id),
        conflict=conflict,
        conflict_by=_saved_by(contact, place) if conflict else "",
    )
    opened("contact.opened", by=current_user, patient_id=contact.patient_id, clinic_id=place.clinic.id)
    return render_template("contacts/withdraw.html", page=page), status


@blueprint.route("/patients/<uuid:patient_id>/danger/new", methods=["GET", "POST"])
@policy("danger.report")
def report_danger(patient_id: uuid.UUID) -> Page:
    place = _place(patient_id, permitted_clinics("danger.report"))
    sees_everybody = can(current_user, "patient.read", clinic_id=place.clinic.id)
    if not sees_everybody:
        _refuse_stranger(patient_id)
    back_url = place.header().url if sees_everybody else url_for("accounts.start")
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
    page = DangerPage(title="Report a danger", patient=place.header(), form=form, today=place.today, back_url=back_url)
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("contacts/danger.html", page=page), 422 if form.errors else 200


def _contact(patient_id: uuid.UUID, contact_id: uuid.UUID, action: str) -> Contact:
    """The contact, if this person's and recorded at a clinic where one may do this."""
    contact = found(queries.get_contact(patient_id, contact_id))
    if contact.clinic_id not in permitted_clinics(action):
        abort(404)
    return contact


def _go_to_what_stands(contact: Contact) -> Response:
    current = queries.get_current(contact)
    if current.status != "final":
        flash("That contact was entered in error and can no longer be changed", "warning")
        return redirect(url_for("contacts.contacts", patient_id=contact.patient_id), 303)
    values = {**(request.view_args or {}), "contact_id": current.id}
    return redirect(url_for(request.endpoint or "contacts.correct", **values), 303)


def _refuse_stranger(patient_id: uuid.UUID) -> None:
    if not queries.is_on_team(patient_id, current_user.id):
        abort(404)


def _saved_by(contact: Contact, place: _Place) -> str:
    """Who made the entry that stands, and when. Who withdrew one stands in the audit trail only."""
    if contact.status == "entered-in-error":
        return "a colleague"
    author = db.session.get_one(User, contact.recorded_by_id)
    return f"{author.name}, {local_time(contact.recorded_at, place.clinic.zone)}"


def _log_url(place: _Place) -> str:
    return url_for("contacts.log_contact", patient_id=place.patient.id)


def _form_page(
    place: _Place,
    form: ContactForm,
    *,
    title: str,
    save: str,
    action_url: str,
    back_url: str,
    conflict: list[Difference] | None = None,
    conflict_by: str = "",
) -> ContactFormPage:
    return ContactFormPage(
        title=title,
        patient=place.header(),
        form=form,
        hints=dict(KIND_HINTS),
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        action_url=action_url,
        back_url=back_url,
        conflict=conflict or (),
        conflict_by=conflict_by,
    )


def _show_form(page: ContactFormPage, *, status: int) -> Page:
    opened("contact.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template("contacts/contact_form.html", page=page), status
