"""What the pages about a person share."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from registry.access.policy import found
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.db.conflict import EditConflict
from registry.patients.forms.around import AroundForm
from registry.patients.place import local_today
from registry.patients.presenters import Difference, identity
from registry.patients.presenters.around import AroundPage
from registry.patients.queries import get_patient
from registry.patients.safety_banner import safety_banner
from registry.web.pages import Page

blueprint = Blueprint("patients", __name__, url_prefix="/patients")


def details_url(patient_id: uuid.UUID) -> str:
    return url_for("patients.details", patient_id=patient_id)


def save(
    *,
    form: AroundForm,
    patient_id: uuid.UUID,
    act: Callable[[], object],
    show: Callable[[tuple[Difference, ...]], str],
    compare: Callable[[], tuple[Difference, ...]] = tuple,
) -> Page:
    """Show the form, or do what it asks, once, unless somebody was quicker; then lead back to the details.

    ``compare`` says in what the two differ, and opens the form anew at what stands now.
    """
    if not form.validate_on_submit():
        return show(()), 422 if form.errors else 200

    def change() -> str:
        act()
        return details_url(patient_id)

    try:
        return redirect(receipts.once(form.key, by=current_user, act=change), 303)
    except EditConflict:
        return show(compare()), 409


def show_form(
    template: str, *, title: str, form: AroundForm, patient_id: uuid.UUID, changes: tuple[Difference, ...] = ()
) -> str:
    """A form about what surrounds a person, under their header."""
    patient = found(get_patient(patient_id))
    page = AroundPage(
        title=title,
        patient=identity(patient, local_today("patient.write"), safety_banner(patient_id)),
        form=form,
        today=form.today,
        cancel_url=details_url(patient_id),
        changes=changes,
    )
    opened("patient.opened", by=current_user, patient_id=patient_id)
    return render_template(f"patients/{template}.html", page=page)
