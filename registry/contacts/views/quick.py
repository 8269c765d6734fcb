"""One line from a list of people: what happened, and on to the next."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.contacts import actions
from registry.contacts.forms import QuickContactForm
from registry.contacts.presenters.contact import QuickLine, QuickSaved, quick_words
from registry.contacts.views.common import blueprint
from registry.episodes.at_clinic import at_clinic
from registry.episodes.place import Place, place_at
from registry.web.pages import Page


@blueprint.route("/patients/<uuid:patient_id>/contacts/quick", methods=["GET", "POST"])
@policy("contact.record")
def quick(patient_id: uuid.UUID) -> Page:
    """A row of a table for htmx; asked for by itself, the whole form."""
    clinic_ids = permitted_clinics("contact.record")
    place = place_at(patient_id, clinic_ids)
    full_url = url_for("contacts.log_contact", patient_id=patient_id)
    if "HX-Request" not in request.headers:
        return redirect(full_url, 303)
    form = QuickContactForm(
        today=place.today,
        prefix=f"{patient_id.hex}-",  # several lines may be open in one list, and each names its fields
        kind="treatment",
        modality="phone",
    )
    line = QuickLine(
        patient_id=str(patient_id),
        name=place.patient.name,
        at=at_clinic(place.clinic, clinic_ids),
        form=form,
        save_url=url_for("contacts.quick", patient_id=patient_id),
        full_url=full_url,
    )
    opened("contact.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    if not form.validate_on_submit():
        return render_template("contacts/quick.html", line=line), 422 if form.errors else 200
    saved = QuickSaved(words=quick_words(form.facts()), correct_url=_save(place, form))
    return render_template("contacts/quick_saved.html", line=line, saved=saved)


def _save(place: Place, form: QuickContactForm) -> str:
    """Where the saved contact is corrected. A second click finds the first one's."""
    patient_id, clinic_id = place.patient.id, place.clinic.id

    def act() -> str:
        contact = actions.record_contact(
            patient_id=patient_id, clinic_id=clinic_id, facts=form.facts(), by=current_user
        )
        return url_for("contacts.correct", patient_id=patient_id, contact_id=contact.id)

    return receipts.once(form.key, by=current_user, act=act)
