"""Logging a contact: the whole form, filled in from a draft or a timer where there is one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from registry.access.policy import permitted_clinics, policy
from registry.access.roles import GRANTS, Role
from registry.accounts import receipts
from registry.accounts.queries import list_users_with_role
from registry.contacts import actions, drafts, queries, timer
from registry.contacts.forms import ContactForm
from registry.contacts.models import ContactDraft
from registry.contacts.presenters.contact import second_time
from registry.contacts.presenters.unfinished import timed_words
from registry.contacts.timer import Timed
from registry.contacts.views.common import blueprint, form_page, saved_by, show_form, warn_of_overlaps
from registry.episodes.place import Place, place_at, refuse_stranger
from registry.web.filters import local_time
from registry.web.pages import Page
from registry.web.second_time import SecondTime

_IN_CONTACT = tuple(role.value for role in Role if {"contact.record", "contact.record-own"} & GRANTS[role])
"""Roles whose contacts are logged."""


@blueprint.route("/patients/<uuid:patient_id>/contacts/new", methods=["GET", "POST"])
@policy("contact.record")
def log_contact(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("contact.record"))
    return _log(place, back_url=url_for("contacts.contacts", patient_id=patient_id), whose="")


@blueprint.route("/my-people/<uuid:patient_id>/contacts/new", methods=["GET", "POST"])
@policy("contact.record-own")
def log_own_contact(patient_id: uuid.UUID) -> Page:
    """For whoever may deal only with the people whose team they are on: anybody else does not exist."""
    place = place_at(patient_id, permitted_clinics("contact.record-own"))
    refuse_stranger(patient_id)
    return _log(place, back_url=url_for("caseload.my_people"), whose="own_")


def _log(place: Place, *, back_url: str, whose: str) -> Page:
    """``whose`` tells the addresses of one's own people from those of everybody."""
    patient_id, clinic_id = place.patient.id, place.clinic.id
    draft, timed = drafts.get_draft_here(patient_id, clinic_id, by=current_user), _stopped_with(place)
    form = _form(place, draft, timed)
    if not whose:
        form.offer_colleagues(_colleagues(place))

    def show(status: int, recorded: SecondTime | None = None) -> Page:
        page = form_page(
            place, form, at=place.at(), title="Log a contact", save="Save contact", action_url="", back_url=back_url
        )
        page = replace(
            page,
            second_time=recorded,
            draft_url=url_for(f"contacts.keep_{whose}draft", patient_id=patient_id),
            discard_url=url_for(f"contacts.discard_{whose}draft", patient_id=patient_id) if draft is not None else "",
            draft=local_time(draft.saved_at, place.clinic.zone) if draft is not None else "",
            timed=timed_words(timed) if timed is not None else "",
        )
        return show_form(page, status=status)

    if not form.validate_on_submit():
        return show(422 if form.is_submitted() else 200)
    recorded = _second_time(place, form, url=back_url)
    if recorded is not None:
        return show(409, recorded)

    def act() -> str:
        contact = actions.record_contact(
            patient_id=patient_id, clinic_id=clinic_id, facts=form.facts(), staff_id=form.staff_id, by=current_user
        )
        drafts.drop_saved(patient_id, form.key, by=current_user)
        timer.drop_logged(patient_id, clinic_id, by=current_user)
        warn_of_overlaps(contact)
        return back_url

    location = receipts.once(form.key, by=current_user, act=act)
    flash("Contact saved", "success")
    return redirect(location, 303)


def _colleagues(place: Place) -> dict[uuid.UUID, str]:
    """Who else of the clinic is in contact with people, by name."""
    users = list_users_with_role(place.clinic.id, *_IN_CONTACT)
    return {each.id: each.name for each in users if each.id != current_user.id}


def _form(place: Place, draft: ContactDraft | None, timed: Timed | None) -> ContactForm:
    """With what was typed before, and the time that was stopped where the draft says none."""
    values: dict[str, Any] = {"kind": "treatment", "modality": "phone", "took_place_on": _day_named(place.today)}
    values |= {name: request.args[name] for name in ("kind", "modality") if name in request.args}
    if request.method == "GET" and draft is not None:
        values |= {"formdata": MultiDict(draft.typed), "form_key": draft.form_key}
    form = ContactForm(now=place.now, born_on=place.patient.birth_date, **values)
    if request.method == "GET" and timed is not None and form.started_at.data is None:
        form.took_place_on.data = timed.took_place_on
        form.started_at.data, form.ended_at.data = timed.start, timed.end
    return form


def _day_named(today: date) -> date:
    """The day the address proposes: that of an injection typed in later. Today where it names none, or one to come."""
    named = request.args.get("on", type=date.fromisoformat)
    return named if named is not None and named <= today else today


def _stopped_with(place: Place) -> Timed | None:
    """The time to be logged here. Asks nothing of whoever has timed nothing."""
    if current_user.stopwatch is None or current_user.stopwatch.stopped_at is None:
        return None
    return timer.get_stopped(place.patient.id, place.clinic.id, by=current_user)


def _second_time(place: Place, form: ContactForm, *, url: str) -> SecondTime | None:
    """What says the same already. Nothing for a second click on the form that stored it, or one said to be another."""
    if form.again.data:
        return None
    contact = queries.find_same(place.patient.id, form.facts(), staff_id=form.staff_id or current_user.id)
    if contact is None or receipts.led_to(form.key, by=current_user) is not None:
        return None
    return second_time(contact, by=saved_by(contact, place), url=url)
