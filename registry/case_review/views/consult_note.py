"""A case review as a note, to print or to paste into another record; on the blueprint of ``registry.review``."""

from __future__ import annotations

import uuid

from flask import render_template
from flask_login import current_user

from registry import clock
from registry.access.policy import found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.case_review.consult_note import load_note
from registry.case_review.presenters.consult_note import NotePage, show_note
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.patients.queries import get_patient
from registry.review.presenters import reviews_url
from registry.review.queries import get_review
from registry.review.views import blueprint


@blueprint.get("/patients/<uuid:patient_id>/reviews/<uuid:review_id>/note")
@policy("review.read")
def note(patient_id: uuid.UUID, review_id: uuid.UUID) -> str:
    patient = found(get_patient(patient_id))
    here = found(get_clinic_of(patient_id, permitted_clinics("review.read")))
    review = found(get_review(patient_id, review_id))
    clinic = found(get_clinic_of(patient_id, {review.clinic_id}))
    page = NotePage(
        title="Consultation note",
        patient=found(load_header(patient_id, here.today(clock.now()), clinic_id=here.id)),
        summary=show_note(load_note(patient, review), clinic=clinic.name, zone=clinic.zone),
        back_url=reviews_url(patient_id),
    )
    opened("note.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id, about=("review", review.id))
    return render_template("review/note.html", page=page)
