"""Where the pages over treatments are at: the person, the clinic, what the address names; and showing a form."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, permitted_clinics
from registry.accounts.models import User
from registry.audit.opened import opened
from registry.episodes.place import Place, place_at
from registry.extensions import db
from registry.patients.presenters import AtClinic, DatedFormPage, PersonFormPage
from registry.treatment import queries
from registry.treatment.forms import NoteForm
from registry.treatment.models import TreatmentTrial
from registry.treatment.presenters import trial_words
from registry.treatment.queries import Entry
from registry.web.filters import local_time
from registry.web.pages import Page

blueprint = Blueprint("treatment", __name__, url_prefix="/patients/<uuid:patient_id>/treatment")


def place_of(patient_id: uuid.UUID, action: str) -> Place:
    """The person at the one of the reader's clinics that deals with them. Absent and foreign: 404."""
    return place_at(patient_id, permitted_clinics(action))


def url_of(place: Place) -> str:
    """Where everything of the kind stands, and every form leads back to."""
    return url_for("treatment.treatment", patient_id=place.patient.id)


def trial_of(patient_id: uuid.UUID, trial_id: uuid.UUID) -> TreatmentTrial:
    """The treatment, if it is this person's; else 404."""
    return found(queries.get_trial(patient_id, trial_id))


def entry_of(patient_id: uuid.UUID, kind: str, entry_id: uuid.UUID) -> Entry:
    """What was noted, if it is of this person and was noted at a clinic where one may correct it."""
    entry = queries.get_entry(patient_id, kind, entry_id)
    if entry is None or entry.clinic_id not in permitted_clinics("treatment.record"):
        abort(404)
    return entry


def saved_by(entry: Entry, place: Place) -> str:
    """Who made the entry that stands, and when. Who withdrew one stands in the audit trail only."""
    if entry.status == "entered-in-error":
        return "a colleague"
    author = db.session.get_one(User, entry.recorded_by_id)
    return f"{author.name}, {local_time(entry.recorded_at, place.clinic.zone)}"


def note_page(
    place: Place, trial: TreatmentTrial, form: NoteForm, *, title: str, save: str, at: AtClinic | None = None
) -> DatedFormPage:
    """One form about a treatment, under the person's header; ``at`` where it notes something new."""
    return DatedFormPage(
        title=title,
        subtitle=trial_words(trial),
        patient=place.header(),
        at=at,
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=url_of(place),
    )


def show(page: PersonFormPage, *, status: int, template: str = "treatment/note.html") -> Page:
    """The page, its opening noted."""
    opened("treatment.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template(template, page=page), status
