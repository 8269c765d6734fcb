"""Correcting a contact, and marking one as entered in error."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from registry.access.policy import found, permitted_clinics, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.contacts import actions, drafts, queries
from registry.contacts.forms import CorrectContactForm, values_of
from registry.contacts.models import Contact, ContactDraft
from registry.contacts.presenters.contact import contact_facts, differences, stands_now
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
from registry.contacts.views.unfinished import answer_kept, kept, say_discarded
from registry.episodes.at_clinic import at_clinic
from registry.episodes.place import place_of_entry
from registry.patients.presenters import Difference, WithdrawPage
from registry.web.filters import local_time
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, STAYS, WithdrawForm


@blueprint.route("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/correct", methods=["GET", "POST"])
@policy("contact.correct")
def correct(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    contact = _contact(patient_id, contact_id, "contact.correct")
    draft = get_correction(contact)
    resumed = draft if request.method == "GET" else None
    is_of_the_past = contact.status == "amended" or (contact.status != "final" and draft is None)
    if request.method == "GET" and is_of_the_past:
        return _go_to_what_stands(contact)
    place = place_of_entry(patient_id, contact.clinic_id)
    values = (
        values_of(contact) if resumed is None else {"formdata": MultiDict(resumed.typed), "form_key": resumed.form_key}
    )
    form = CorrectContactForm(now=place.now, born_on=place.patient.birth_date, version=str(contact.version), **values)
    if resumed is not None:
        form.version.data = str(contact.version)  # no part of a draft
        if resumed.contact_id != contact.id or contact.status != "final":
            return _show_correction(contact, form, status=200, draft=resumed, conflict=_conflicts(contact, form))

    def act() -> None:
        actions.correct_contact(
            contact=_contact(patient_id, contact_id, "contact.correct"),
            facts=form.facts(),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        drafts.drop_saved(patient_id, form.key, by=current_user)

    def compare() -> Page:
        theirs = queries.get_current(_contact(patient_id, contact_id, "contact.correct"))
        form.version.data = str(theirs.version)
        return _show_correction(theirs, form, status=409, conflict=differences(theirs, form.facts()))

    def say_saved() -> None:
        flash("Correction saved. The earlier entry is kept", "success")
        corrected = _contact(patient_id, contact_id, "contact.correct")
        warn_of_overlaps(queries.get_current(corrected))
        warn_of_transfers(corrected)

    return save(
        form,
        act,
        to=url_for("contacts.contacts", patient_id=patient_id),
        show=lambda status: _show_correction(contact, form, status=status, draft=draft),
        overtaken=compare,
        saved=say_saved,
    )


def _show_correction(
    contact: Contact,
    form: CorrectContactForm,
    *,
    status: int,
    draft: ContactDraft | None = None,
    conflict: Sequence[Difference] = (),
) -> Page:
    """The form, which corrects ``contact``: with a ``conflict``, what somebody else saved meanwhile."""
    place = place_of_entry(contact.patient_id, contact.clinic_id)
    whose: dict[str, Any] = {"patient_id": contact.patient_id, "contact_id": contact.id}
    page = form_page(
        place,
        form,
        at=at_clinic(place.clinic, permitted_clinics("contact.correct")),
        title="Correct a contact",
        save="Save the correction",
        action_url=url_for("contacts.correct", **whose),
        back_url=url_for("contacts.contacts", patient_id=contact.patient_id),
        conflict=conflict,
        conflict_by=saved_by(contact, place) if conflict else "",
    )
    page = replace(
        page,
        draft_url=url_for("contacts.keep_correction", **whose),
        discard_url="" if draft is None else url_for("contacts.discard_correction", **whose),
        draft="" if draft is None else local_time(draft.saved_at, place.clinic.zone),
    )
    return show_form(page, status=status)


def _conflicts(theirs: Contact, form: CorrectContactForm) -> list[Difference]:
    """Where a draft differs from what somebody else has saved since it was begun."""
    said = form.facts_so_far()
    return stands_now(theirs) if said is None else differences(theirs, said)


def get_correction(contact: Contact) -> ContactDraft | None:
    """What the reader has begun to correct: of this entry, or of another version of it."""
    current = queries.get_current(contact)
    for draft in drafts.list_drafts_about(contact.patient_id, by=current_user):
        corrected = draft.contact_id and queries.get_contact(contact.patient_id, draft.contact_id)
        if corrected and queries.get_current(corrected).id == current.id:
            return draft
    return None


@blueprint.post("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/correct/draft")
@policy("contact.correct")
def keep_correction(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    """Asked by the page while one types, and by a button without scripts."""
    contact = _contact(patient_id, contact_id, "contact.correct")
    place = place_of_entry(contact.patient_id, contact.clinic_id)
    form = CorrectContactForm(now=place.now, born_on=place.patient.birth_date)
    status, words = kept(place, form, contact_id=contact.id)
    return answer_kept(status, words, back_url=url_for("contacts.contacts", patient_id=patient_id))


@blueprint.post("/patients/<uuid:patient_id>/contacts/<uuid:contact_id>/correct/draft/discard")
@policy("contact.correct")
def discard_correction(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Page:
    draft = get_correction(_contact(patient_id, contact_id, "contact.correct"))
    if draft is not None:
        drafts.discard_draft(patient_id=patient_id, by=current_user, contact_id=draft.contact_id)
    return say_discarded(back_url=url_for("contacts.contacts", patient_id=patient_id))


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
    place = place_of_entry(contact.patient_id, contact.clinic_id)
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
    return render_template("patients/withdraw.html", page=page), status


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
