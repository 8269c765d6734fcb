"""What is begun and not yet logged: drafts kept while they are typed, and the timer."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import permitted_clinics, policy
from registry.contacts import drafts, timer
from registry.contacts.drafts import AnotherDraft, TooLong
from registry.contacts.forms import ContactForm
from registry.contacts.models import REVIEW
from registry.contacts.views.common import blueprint
from registry.episodes.place import Place, place_at, refuse_stranger
from registry.web.filters import local_time
from registry.web.pages import Page

SAVED_MEANWHILE = "This contact is saved already. What you typed since then is on this page only"
IN_ANOTHER_WINDOW = (
    "You have begun another contact with this person in another window. What you typed stays on this page"
)
TOO_LONG = "This is longer than a contact holds, and is on this page only. Shorten it"


@blueprint.post("/patients/<uuid:patient_id>/contacts/draft")
@policy("contact.record")
def keep_draft(patient_id: uuid.UUID) -> Page:
    """Asked by the page while one types, and by a button without scripts."""
    place = place_at(patient_id, permitted_clinics("contact.record"))
    return _keep(place, back_url=url_for("contacts.contacts", patient_id=patient_id))


@blueprint.post("/my-people/<uuid:patient_id>/contacts/draft")
@policy("contact.record-own")
def keep_own_draft(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("contact.record-own"))
    refuse_stranger(patient_id)
    return _keep(place, back_url=url_for("contacts.log_own_contact", patient_id=patient_id))


def _keep(place: Place, *, back_url: str) -> Page:
    form = ContactForm(now=place.now, born_on=place.patient.birth_date)
    status, words = (200, "") if form.says_nothing() else kept(place, form)
    return answer_kept(status, words, back_url=back_url)


def answer_kept(status: int, words: str, *, back_url: str) -> Page:
    """To the page itself, or to whoever pressed the button."""
    if request.headers.get("X-Requested-With") == "draft":
        return Response(words, status, mimetype="text/plain")
    if words:
        flash(words, "success" if status == 200 else "warning")
    return redirect(back_url, 303)


def kept(place: Place, form: ContactForm, *, contact_id: uuid.UUID | None = None) -> tuple[int, str]:
    """Keep what stands in the form, which may correct a contact: the status and the words of the answer."""
    try:
        kept_at = drafts.keep_draft(
            patient_id=place.patient.id,
            clinic_id=place.clinic.id,
            form_key=form.key,
            typed=form.typed(),
            by=current_user,
            contact_id=contact_id,
        )
    except TooLong:
        return 409, TOO_LONG
    except AnotherDraft:
        return 409, IN_ANOTHER_WINDOW
    if kept_at is None:
        return 409, SAVED_MEANWHILE
    return 200, f"Draft kept {local_time(kept_at, place.clinic.zone)}"


@blueprint.post("/patients/<uuid:patient_id>/contacts/draft/discard")
@policy("contact.record")
def discard_draft(patient_id: uuid.UUID) -> Page:
    place_at(patient_id, permitted_clinics("contact.record"))
    return _discard(patient_id, back_url=url_for("contacts.contacts", patient_id=patient_id))


@blueprint.post("/my-people/<uuid:patient_id>/contacts/draft/discard")
@policy("contact.record-own")
def discard_own_draft(patient_id: uuid.UUID) -> Page:
    place_at(patient_id, permitted_clinics("contact.record-own"))
    refuse_stranger(patient_id)
    return _discard(patient_id, back_url=url_for("contacts.log_own_contact", patient_id=patient_id))


def _discard(patient_id: uuid.UUID, *, back_url: str) -> Page:
    drafts.discard_draft(patient_id=patient_id, by=current_user)
    return say_discarded(back_url=back_url)


def say_discarded(*, back_url: str) -> Page:
    """Back to where it is gone."""
    flash("Draft thrown away", "success")
    return redirect(back_url, 303)


@blueprint.post("/patients/<uuid:patient_id>/contacts/timer")
@policy("contact.record")
def start_timer(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("contact.record"))
    return _start_timer(place, log_url=url_for("contacts.log_contact", patient_id=patient_id))


@blueprint.post("/my-people/<uuid:patient_id>/contacts/timer")
@policy("contact.record-own")
def start_own_timer(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("contact.record-own"))
    refuse_stranger(patient_id)
    return _start_timer(place, log_url=url_for("contacts.log_own_contact", patient_id=patient_id))


def _start_timer(place: Place, *, log_url: str) -> Page:
    try:
        timer.start_timer(patient_id=place.patient.id, clinic_id=place.clinic.id, by=current_user)
    except timer.AlreadyTiming:
        flash("You are timing something else already: finish it, or throw its time away", "warning")
    return redirect(log_url, 303)


@blueprint.post("/contacts/timer/stop")
@policy("contact.record")
def stop_timer() -> Page:
    return _stop_timer(log="contacts.log_contact")


@blueprint.post("/my-people/contacts/timer/stop")
@policy("contact.record-own")
def stop_own_timer() -> Page:
    return _stop_timer(log="contacts.log_own_contact")


def _stop_timer(*, log: str) -> Page:
    """Leads to the form of the contact, with its start and end filled in."""
    timed = timer.stop_timer(by=current_user)
    if timed is None:
        flash("No contact is being timed", "warning")
        return redirect(url_for("accounts.start"), 303)
    return redirect(url_for(log, patient_id=timed.patient.id, episode=timed.episode_id), 303)


@blueprint.post("/contacts/timer/discard")
@policy("contact.record")
def discard_timer() -> Page:
    timed = timer.get_timed(by=current_user)
    _discard_timer()
    if timed is None:
        return redirect(url_for("accounts.start"), 303)
    where = "review.case" if timed.purpose == REVIEW else "contacts.contacts"
    return redirect(url_for(where, patient_id=timed.patient.id, episode=timed.episode_id), 303)


@blueprint.post("/my-people/contacts/timer/discard")
@policy("contact.record-own")
def discard_own_timer() -> Page:
    _discard_timer()
    return redirect(url_for("accounts.start"), 303)


def _discard_timer() -> None:
    timer.discard_timer(by=current_user)
    flash("The time is thrown away. Nothing was logged", "success")
