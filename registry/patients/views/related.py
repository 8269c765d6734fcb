"""The people around a patient."""

from __future__ import annotations

import uuid

from flask import flash, redirect
from flask_login import current_user

from registry.access.policy import found, policy
from registry.extensions import db
from registry.patients import actions
from registry.patients.forms import RelatedPersonForm
from registry.patients.models import Patient, RelatedPerson
from registry.patients.place import local_today
from registry.patients.presenters import Difference
from registry.patients.presenters.around import related_differences
from registry.patients.queries import get_patient, get_related_person
from registry.patients.views.common import blueprint, details_url, save, show_form
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/people-around/new", methods=["GET", "POST"])
@policy("patient.write")
def add_related(patient_id: uuid.UUID) -> Page:
    found(get_patient(patient_id))
    form = RelatedPersonForm.of(None, today=local_today("patient.write"))

    def act() -> None:
        patient = db.session.get_one(Patient, patient_id)
        actions.add_related_person(patient=patient, facts=form.facts(), by=current_user)

    def show(_changes: tuple[Difference, ...]) -> str:
        return show_form("related", title="Add somebody around this person", form=form, patient_id=patient_id)

    return save(form=form, patient_id=patient_id, act=act, show=show)


@blueprint.route("/<uuid:patient_id>/people-around/<uuid:related_id>", methods=["GET", "POST"])
@policy("patient.write")
def change_related(patient_id: uuid.UUID, related_id: uuid.UUID) -> Page:
    person = found(get_related_person(related_id, patient_id=patient_id))
    form = RelatedPersonForm.of(person, today=local_today("patient.write"))

    def act() -> None:
        actions.change_related_person(
            person=db.session.get_one(RelatedPerson, related_id),
            facts=form.facts(),
            opened_version=form.opened_version,
            by=current_user,
        )

    def show(changes: tuple[Difference, ...]) -> str:
        title = "Change somebody around this person"
        return show_form("related", title=title, form=form, patient_id=patient_id, changes=changes)

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_related_person(related_id, patient_id=patient_id))
        form.version.data = str(theirs.version)
        return related_differences(theirs, form.facts())

    return save(form=form, patient_id=patient_id, act=act, show=show, compare=compare)


@blueprint.post("/<uuid:patient_id>/people-around/<uuid:related_id>/end")
@policy("patient.write")
def end_related(patient_id: uuid.UUID, related_id: uuid.UUID) -> Page:
    person = found(get_related_person(related_id, patient_id=patient_id))
    actions.end_relation(person=person, on=local_today("patient.write"), by=current_user)
    flash("Kept on record; after the last day no longer around this person", "success")
    return redirect(details_url(patient_id), 303)
