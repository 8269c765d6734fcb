"""Marking a record as looked at, and taking that back."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.caseload import looked
from registry.caseload.looked_form import TIMELINE, LookedForm
from registry.caseload.views import blueprint
from registry.patients.queries import get_patient


@blueprint.post("/patients/<uuid:patient_id>/looked")
@policy("patient.read")
def mark_looked(patient_id: uuid.UUID) -> Response:
    found(get_patient(patient_id))
    form = LookedForm()
    is_valid, looked_at = form.validate_on_submit(), form.looked_at
    back_url = _page_url(form, patient_id)
    if not is_valid or looked_at is None:
        flash("Nothing was marked. Look at the record as it stands now, then mark it", "warning")
        return redirect(back_url, 303)

    def act() -> str:
        looked.mark_looked(patient_id=patient_id, looked_at=looked_at, by=current_user)
        return back_url

    location = receipts.once(form.key, by=current_user, act=act)
    flash("Marked as looked at", "success")
    return redirect(location, 303)


@blueprint.post("/patients/<uuid:patient_id>/looked/<uuid:mark_id>/undo")
@policy("patient.read")
def undo_looked(patient_id: uuid.UUID, mark_id: uuid.UUID) -> Response:
    mark = found(looked.get_mark(patient_id, mark_id, user_id=current_user.id))
    looked.undo_look(mark=mark, by=current_user)
    flash("The mark is taken back", "success")
    return redirect(_page_url(LookedForm(), patient_id), 303)


def _page_url(form: LookedForm, patient_id: uuid.UUID) -> str:
    """Back to the timeline for who came from it, else to the overview."""
    page = "caseload.timeline" if form.page.data == TIMELINE else "caseload.patient"
    return url_for(page, patient_id=patient_id)
