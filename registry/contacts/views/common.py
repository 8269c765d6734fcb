"""What the pages over contacts share: the person, the clinic, and the form of a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, render_template
from flask_login import current_user

from registry.access.policy import can
from registry.accounts.models import User
from registry.audit.opened import opened
from registry.contacts import queries
from registry.contacts.forms import ContactForm
from registry.contacts.models import Contact
from registry.contacts.presenters.contact import ContactFormPage, show_overlaps, transfer_stays_completed
from registry.contacts.rules import KIND_HINTS
from registry.episodes.models import Episode
from registry.episodes.place import Place
from registry.extensions import db
from registry.patients.presenters import AtClinic, Difference, IdentityHeader
from registry.web.filters import local_time
from registry.web.pages import Page

blueprint = Blueprint("contacts", __name__)


def header_of(place: Place) -> IdentityHeader:
    """Leads to the record for whoever may open it."""
    shown = place.header()
    return shown if can(current_user, "patient.read", clinic_id=place.clinic.id) else replace(shown, url="")


def saved_by(contact: Contact, place: Place) -> str:
    """Who made the entry that stands, and when. Who withdrew one stands in the audit trail only."""
    if contact.status == "entered-in-error":
        return "a colleague"
    author = db.session.get_one(User, contact.recorded_by_id)
    return f"{author.name}, {local_time(contact.recorded_at, place.clinic.zone)}"


def show_form(page: ContactFormPage, *, status: int) -> Page:
    """The form of a contact."""
    opened("contact.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template("contacts/contact_form.html", page=page), status


def form_page(
    place: Place,
    form: ContactForm,
    *,
    at: AtClinic,
    title: str,
    save: str,
    action_url: str,
    back_url: str,
    conflict: Sequence[Difference] = (),
    conflict_by: str = "",
) -> ContactFormPage:
    """A page with the form of a contact on it."""
    return ContactFormPage(
        title=title,
        patient=header_of(place),
        at=at,
        form=form,
        hints=dict(KIND_HINTS),
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        action_url=action_url,
        back_url=back_url,
        conflict=conflict,
        conflict_by=conflict_by,
    )


def warn_of_overlaps(contact: Contact) -> None:
    """Tell whoever saved it which other contacts of the same member of staff share time with it. Nothing is refused.

    Without a name: what is flashed travels in a cookie.
    """
    for overlap in show_overlaps(queries.list_overlaps([contact]).get(contact.id, ())):
        told = f"The time overlaps with another contact, {overlap.times}"
        flash(f"{told}: correct one of them if that is a mistake", "warning")


def transfer_warnings(contact: Contact) -> list[str]:
    """What whoever takes this contact out of the record must know of the transfers it completed."""
    return [
        transfer_stays_completed(
            transfer.from_clinic.name,
            transfer.to_clinic.name,
            is_on_caseload=db.session.get_one(Episode, transfer.received_episode_id).is_open,
        )
        for transfer in queries.transfers_resting_on(contact)
    ]


def warn_of_transfers(contact: Contact) -> None:
    """Tell whoever corrected it or marked it as entered in error, when the contact no longer stands."""
    for words in transfer_warnings(contact):
        flash(words, "warning")
