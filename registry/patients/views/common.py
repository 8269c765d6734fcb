"""What the pages about a person share."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from registry.access.policy import found
from registry.accounts import saving
from registry.audit.opened import opened
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
    act: Callable[[], None],
    show: Callable[[tuple[Difference, ...]], str],
    compare: Callable[[], tuple[Difference, ...]] = tuple,
) -> Page:
    """Show the form, or do what it asks, once, unless somebody was quicker; then lead back to the details.

    ``compare`` says in what the two differ, and opens the form anew at what stands now.
    """
    return saving.save(
        form,
        act,
        to=details_url(patient_id),
        show=lambda status: (show(()), status),
        overtaken=lambda: (show(compare()), 409),
    )


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
        back_url=details_url(patient_id),
        conflict=changes,
    )
    opened("patient.opened", by=current_user, patient_id=patient_id)
    return render_template(f"patients/{template}.html", page=page)
