"""The list of a person's contacts."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, permitted_clinics, policy
from registry.audit.opened import opened
from registry.contacts import drafts, queries
from registry.contacts.presenters.contact import ContactsPage, show_contact
from registry.contacts.presenters.outreach import Outreach, show_outreach
from registry.contacts.presenters.unfinished import minutes_words, show_draft
from registry.contacts.reachability import Reachability
from registry.contacts.views.common import blueprint, header_of
from registry.episodes.place import Place, place_at
from registry.patients.record_tabs import record_tabs
from registry.web.pages import Page
from registry.web.paging import Paging, page_number

PER_PAGE = 50


@blueprint.get("/patients/<uuid:patient_id>/contacts")
@policy("patient.read")
def contacts(patient_id: uuid.UUID) -> Page:
    place = place_at(patient_id, permitted_clinics("patient.read"))
    number = page_number(request.args.get("page"))
    may_correct = can(current_user, "contact.correct", clinic_id=place.clinic.id)
    may_log = can(current_user, "contact.record", clinic_id=place.clinic.id)
    rows = queries.list_contacts(patient_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    overlaps = queries.list_overlaps(rows)
    begun = drafts.list_drafts_about(patient_id, by=current_user) if may_log else []
    page = ContactsPage(
        title="Contacts",
        patient=header_of(place),
        tabs=record_tabs(patient_id),
        contacts=[
            show_contact(row, today=place.today, may_correct=may_correct, overlaps=overlaps.get(row.id, ()))
            for row in rows
        ],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=queries.count_contacts(patient_id),
            address=lambda wanted: url_for("contacts.contacts", patient_id=patient_id, page=wanted),
        ),
        log_url=url_for("contacts.log_contact", patient_id=patient_id) if may_log else "",
        minutes=_minutes(place),
        outreach=_outreach(place),
        drafts=[
            show_draft(each, place.patient, place.clinic.zone, episode_id=drafts.episode_of(each)) for each in begun
        ],
        timer_url=url_for("contacts.start_timer", patient_id=patient_id)
        if may_log and current_user.stopwatch is None
        else "",
    )
    others = {entry.patient.id for each in overlaps.values() for entry in each} - {patient_id}
    opened("contacts.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id, shown=others)
    return render_template("contacts/contacts.html", page=page)


def _minutes(place: Place) -> str:
    spent = queries.minutes_in_month([place.patient.id], of=place.today).get(place.patient.id, 0)
    return minutes_words(spent, f"{place.today:%B %Y}")


def _outreach(place: Place) -> Outreach | None:
    attempts = queries.list_attempts(place.patient.id, clinic_id=place.clinic.id)
    if not attempts:
        return None
    steps = Reachability([place.patient.id]).steps(place.patient.id, clinic_id=place.clinic.id)
    return show_outreach(attempts, steps or frozenset())
