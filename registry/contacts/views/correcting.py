"""Correcting a contact, and marking one as entered in error."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import found, permitted_clinics, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.contacts import actions, queries
from registry.contacts.forms import CorrectContactForm, values_of
from registry.contacts.models import Contact
from registry.contacts.presenters.contact import contact_facts, differences
from registry.contacts.views.common import (
    blueprint,
    form_page,
    header_of,
    saved_by,
    show_form,
    transfer_warnings,
    warn_of_overlaps,
    warn_of_transfers,
)
from registry.episodes.place import place_at
from registry.patients.presenters import Difference, WithdrawPage
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, STAYS, WithdrawForm


@blueprint.route("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/correct", methods=["GET", "POST"])
@policy("contact.correct")
def correct(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    contact = _contact(patient_id, contact_id, "contact.correct")
    if request.method == "GET" and contact.status != "final":
        return _go_to_what_stands(contact)
    place = place_at(patient_id, permitted_clinics("contact.correct"))
    back_url = url_for("contacts.contacts", patient_id=patient_id)
    form = CorrectContactForm(
        now=place.now, born_on=place.patient.birth_date, version=str(contact.version), **values_of(contact)
    )
    page = form_page(
        place,
        form,
        title="Correct a contact",
        save="Save the correction",
        action_url=url_for("contacts.correct", patient_id=patient_id, contact_id=contact_id),
        back_url=back_url,
    )

    def act() -> None:
        actions.correct_contact(
            contact=_contact(patient_id, contact_id, "contact.correct"),
            facts=form.facts(),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    def say_saved() -> None:
        flash("Correction saved. The earlier entry is kept", "success")
        corrected = _contact(patient_id, contact_id, "contact.correct")
        warn_of_overlaps(queries.get_current(corrected))
        warn_of_transfers(corrected)

    return save(
        form,
        act,
        to=back_url,
        show=lambda status: show_form(page, status=status),
        overtaken=lambda: _correction_conflict(patient_id, contact_id, form, back_url),
        saved=say_saved,
    )


def _correction_conflict(patient_id: uuid.UUID, contact_id: uuid.UUID, form: CorrectContactForm, back_url: str) -> Page:
    """What somebody else saved meanwhile; the form now corrects that."""
    place = place_at(patient_id, permitted_clinics("contact.correct"))
    theirs = queries.get_current(_contact(patient_id, contact_id, "contact.correct"))
    form.version.data = str(theirs.version)
    page = form_page(
        place,
        form,
        title="Correct a contact",
        save="Save the correction",
        action_url=url_for("contacts.correct", patient_id=patient_id, contact_id=theirs.id),
        back_url=back_url,
        conflict=differences(theirs, form.facts()),
        conflict_by=saved_by(theirs, place),
    )
    return show_form(page, status=409)


@blueprint.route("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/entered-in-error", methods=["GET", "POST"])
@policy("contact.correct")
def withdraw(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    contact = _contact(patient_id, contact_id, "contact.correct")
    if request.method == "GET" and contact.status != "final":
        return _go_to_what_stands(contact)
    form = WithdrawForm(version=str(contact.version))

    def act() -> None:
        actions.mark_entered_in_error(
            contact=_contact(patient_id, contact_id, "contact.correct"),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    def compare() -> Page:
        theirs = queries.get_current(_contact(patient_id, contact_id, "contact.correct"))
        form.version.data = str(theirs.version)
        return _show_withdrawal(theirs, form, status=409)

    def say_marked() -> None:
        flash(MARKED, "success")
        warn_of_transfers(_contact(patient_id, contact_id, "contact.correct"))

    return save(
        form,
        act,
        to=url_for("contacts.contacts", patient_id=patient_id),
        show=lambda status: _show_withdrawal(contact, form, status=status),
        overtaken=compare,
        saved=say_marked,
    )


def _show_withdrawal(contact: Contact, form: WithdrawForm, *, status: int) -> Page:
    place = place_at(contact.patient_id, permitted_clinics("contact.correct"))
    conflict: list[Difference] = differences(contact, None) if status == 409 else []
    page = WithdrawPage(
        title="Mark a contact as entered in error",
        patient=header_of(place),
        form=form,
        facts=contact_facts(contact, today=place.today),
        action_url=url_for("contacts.withdraw", patient_id=contact.patient_id, contact_id=contact.id),
        back_url=url_for("contacts.contacts", patient_id=contact.patient_id),
        intro=f"{STAYS} What is due is worked out again without it.",
        warnings=transfer_warnings(contact),
        conflict=conflict,
        conflict_by=saved_by(contact, place) if conflict else "",
    )
    opened("contact.opened", by=current_user, patient_id=contact.patient_id, clinic_id=place.clinic.id)
    return render_template("layouts/withdraw.html", page=page), status


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
