"""Under which law somebody is treated, and what they laid down in advance."""

from __future__ import annotations

import uuid

from flask_login import current_user

from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.extensions import db
from registry.patients import actions
from registry.patients.errors import LegalStatusBefore
from registry.patients.forms import DirectiveForm, EndLegalStatusForm, LegalStatusForm
from registry.patients.models import LegalStatus, Patient
from registry.patients.place import local_today
from registry.patients.presenters import Difference
from registry.patients.presenters.around import directive_differences, legal_differences
from registry.patients.queries import get_directive, get_legal_status, get_patient
from registry.patients.views.common import blueprint, save, show_form
from registry.web.filters import long_date
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/legal-status/new", methods=["GET", "POST"])
@policy("patient.write")
def set_legal_status(patient_id: uuid.UUID) -> Page:
    found(get_patient(patient_id))
    form = LegalStatusForm.of(None, today=local_today("patient.write"))

    def act() -> None:
        patient = db.session.get_one(Patient, patient_id)
        actions.set_legal_status(patient=patient, facts=form.facts(), by=current_user)

    def show(_changes: tuple[Difference, ...]) -> str:
        return show_form("legal_status", title="Legal status", form=form, patient_id=patient_id)

    try:
        return save(form=form, patient_id=patient_id, act=act, show=show)
    except LegalStatusBefore as problem:
        form.starts_on.errors = [f"Enter a date on or after {long_date(problem.began_on)}, when what holds now began"]
    return show(()), 422


@blueprint.route("/<uuid:patient_id>/legal-status/<uuid:legal_status_id>", methods=["GET", "POST"])
@policy("patient.write")
def change_legal_status(patient_id: uuid.UUID, legal_status_id: uuid.UUID) -> Page:
    status = _holding(patient_id, legal_status_id)
    form = LegalStatusForm.of(status, today=local_today("patient.write"))

    def act() -> None:
        actions.change_legal_status(
            status=db.session.get_one(LegalStatus, legal_status_id),
            facts=form.facts(),
            opened_version=form.opened_version,
            by=current_user,
        )

    def show(changes: tuple[Difference, ...]) -> str:
        title = "Correct the legal status"
        return show_form("legal_status", title=title, form=form, patient_id=patient_id, changes=changes)

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_legal_status(legal_status_id, patient_id=patient_id))
        form.version.data = str(theirs.version)
        return legal_differences(theirs, form.facts())

    return save(form=form, patient_id=patient_id, act=act, show=show, compare=compare)


@blueprint.route("/<uuid:patient_id>/legal-status/<uuid:legal_status_id>/end", methods=["GET", "POST"])
@policy("patient.write")
def end_legal_status(patient_id: uuid.UUID, legal_status_id: uuid.UUID) -> Page:
    status = _holding(patient_id, legal_status_id)
    today = local_today("patient.write")
    form = EndLegalStatusForm(today=today, on=today, version=str(status.version))

    def act() -> None:
        fresh, why = db.session.get_one(LegalStatus, legal_status_id), form.why.data or ""
        if form.how.data == "error":
            actions.void_legal_status(status=fresh, why=why, opened_version=form.opened_version, by=current_user)
        else:
            actions.end_legal_status(
                status=fresh, on=form.day, why=why, opened_version=form.opened_version, by=current_user
            )

    def show(changes: tuple[Difference, ...]) -> str:
        title = "End the legal status"
        return show_form("end_legal_status", title=title, form=form, patient_id=patient_id, changes=changes)

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_legal_status(legal_status_id, patient_id=patient_id))
        form.version.data = str(theirs.version)
        until = f"ended {long_date(theirs.ended_on)}" if theirs.ended_on else "changed"
        return (Difference("Legal status", until, form.how.data),)

    try:
        return save(form=form, patient_id=patient_id, act=act, show=show, compare=compare)
    except LegalStatusBefore as problem:
        form.on.errors = [f"Enter a date on or after {long_date(problem.began_on)}, when it began"]
    return show(()), 422


def _holding(patient_id: uuid.UUID, legal_status_id: uuid.UUID) -> LegalStatus:
    """The status, if it is this person's and holds: what is over, or was entered in error, stays as it is."""
    status = found(get_legal_status(legal_status_id, patient_id=patient_id))
    if status.ended_on is not None or status.error_why:
        receipts.refuse_what_is_over()
    return status


@blueprint.route("/<uuid:patient_id>/advance-directive", methods=["GET", "POST"])
@policy("patient.write")
def directive(patient_id: uuid.UUID) -> Page:
    found(get_patient(patient_id))
    form = DirectiveForm.of(get_directive(patient_id), today=local_today("patient.write"))

    def act() -> None:
        patient = db.session.get_one(Patient, patient_id)
        actions.note_directive(patient=patient, facts=form.facts(), opened_version=form.opened_version, by=current_user)

    def show(changes: tuple[Difference, ...]) -> str:
        return show_form("directive", title="Advance directive", form=form, patient_id=patient_id, changes=changes)

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_directive(patient_id))
        form.version.data = str(theirs.version)
        return directive_differences(theirs, form.facts())

    return save(form=form, patient_id=patient_id, act=act, show=show, compare=compare)
