"""Who pays for somebody's care."""

from __future__ import annotations

import uuid

from flask_login import current_user

from registry.access.policy import found, policy
from registry.extensions import db
from registry.patients import actions
from registry.patients.errors import PayersOverlap
from registry.patients.forms import PayerForm
from registry.patients.models import Patient, PayerPeriod
from registry.patients.place import local_today
from registry.patients.presenters import Difference
from registry.patients.presenters.payers import payer_differences
from registry.patients.queries import get_patient, get_payer
from registry.patients.rules import PAYERS
from registry.patients.views.common import blueprint, save, show_form
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/payers/new", methods=["GET", "POST"])
@policy("patient.write")
def add_payer(patient_id: uuid.UUID) -> Page:
    found(get_patient(patient_id))
    form = PayerForm.of(None, today=local_today("patient.write"))

    def act() -> None:
        patient = db.session.get_one(Patient, patient_id)
        actions.add_payer(patient=patient, facts=form.facts(), by=current_user)

    def show(_changes: tuple[Difference, ...]) -> str:
        return show_form("payer", title="Add a payer", form=form, patient_id=patient_id)

    try:
        return save(form=form, patient_id=patient_id, act=act, show=show)
    except PayersOverlap as problem:
        form.starts_on.errors = [_in_the_way(problem)]
    return show(()), 422


@blueprint.route("/<uuid:patient_id>/payers/<uuid:payer_id>", methods=["GET", "POST"])
@policy("patient.write")
def change_payer(patient_id: uuid.UUID, payer_id: uuid.UUID) -> Page:
    form = PayerForm.of(found(get_payer(payer_id, patient_id=patient_id)), today=local_today("patient.write"))

    def act() -> None:
        actions.change_payer(
            period=db.session.get_one(PayerPeriod, payer_id),
            facts=form.facts(),
            opened_version=form.opened_version,
            by=current_user,
        )

    def show(changes: tuple[Difference, ...]) -> str:
        return show_form("payer", title="Change a payer", form=form, patient_id=patient_id, changes=changes)

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_payer(payer_id, patient_id=patient_id))
        form.version.data = str(theirs.version)
        return payer_differences(theirs, form.facts())

    try:
        return save(form=form, patient_id=patient_id, act=act, show=show, compare=compare)
    except PayersOverlap as problem:
        form.starts_on.errors = [_in_the_way(problem)]
    return show(()), 422


def _in_the_way(problem: PayersOverlap) -> str:
    return f"{PAYERS[problem.payer]} is the primary payer {problem.span}: end that period first, or choose other days"
