"""Deciding about one number of the rules for a clinic: its lead sets it, or a psychiatrist signs for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import can, found, policy
from registry.accounts import receipts
from registry.administration import actions, trials
from registry.administration.decided_numbers import Decided, decided_at, in_words, number_words
from registry.administration.forms import RuleNumberForm
from registry.administration.rule_preview import can_be_tried, preview_number
from registry.administration.views.common import FormPage, blueprint
from registry.administration.views.rule_numbers import NumberRow, number_row
from registry.administration.views.rule_preview import PreviewShown, show_preview
from registry.alerts.clinic_numbers import shipped
from registry.alerts.models import AS_SHIPPED, OFF, OWN
from registry.alerts.parameters import ClinicNumber, InvalidParameter, Parameter
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.patients.presenters import Difference
from registry.web.form_fields import choices

TRY = "try"
"""The button that asks what a number would have done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNumberPage(FormPage):
    clinic: str
    number: NumberRow
    now: str
    """What the clinic has decided so far."""
    save: str
    can_be_tried: bool
    """Whether the number can be tried on the last days before it is saved."""
    conflict: tuple[Difference, ...] = ()
    preview: PreviewShown | None = None


@blueprint.route("/rules/<uuid:clinic_id>/<parameter_id>", methods=["GET", "POST"])
@policy("rule.change")
def rule_number(clinic_id: uuid.UUID, parameter_id: str) -> Response | tuple[str, int]:
    """A clinic's own number for a rule, with the reason for it. A clinical number is not the lead's to set."""
    clinic = found(get_clinic(clinic_id) if can(current_user, "rule.change", clinic_id=clinic_id) else None)
    return _decide(clinic, _parameter(parameter_id, clinical=False))


@blueprint.route("/rules/<uuid:clinic_id>/<clinical_id>/signature", methods=["GET", "POST"])
@policy("figure.sign")
def sign_rule_number(clinic_id: uuid.UUID, clinical_id: str) -> Response | tuple[str, int]:
    """A psychiatrist of the clinic signs for a clinical number, with the ground for it."""
    clinic = found(get_clinic(clinic_id) if can(current_user, "figure.sign", clinic_id=clinic_id) else None)
    return _decide(clinic, _parameter(clinical_id, clinical=True))


def _parameter(parameter_id: str, *, clinical: bool) -> Parameter:
    parameter = found(shipped().parameters.get(parameter_id))
    return found(parameter if parameter.clinical is clinical else None)


def _decide(clinic: Clinic, parameter: Parameter) -> Response | tuple[str, int]:
    clinic_id = clinic.id
    (decided,) = decided_at([clinic])
    form = _form_at(decided, parameter)
    if form.is_submitted() and TRY in request.form:
        return _try(form, parameter, decided)
    if not form.validate_on_submit():
        return _show(form, parameter, decided), 422 if form.errors else 200
    try:
        return redirect(_store(clinic, parameter, form), 303)
    except InvalidParameter:
        form.number.errors = [_what_is_possible(parameter)]
        return _show(form, parameter, decided), 422
    except EditConflict:
        (decided,) = decided_at([db.session.get_one(Clinic, clinic_id)])
        form.version.data = str(decided.version_of(parameter.id))
        return _show(form, parameter, decided, conflict=_differences(form, parameter, decided)), 409


def _try(form: RuleNumberForm, parameter: Parameter, decided: Decided) -> Response | tuple[str, int]:
    """Nothing is stored, so no reason is asked for; what was typed stays in the form."""
    form.validate()
    form.why.errors = []
    if not can_be_tried(parameter.id):
        abort(404)
    if form.choice.errors or form.number.errors or form.form_errors or form.csrf_token.errors:
        return _show(form, parameter, decided), 422
    chosen = {} if form.choice.data == AS_SHIPPED else {parameter.id: ClinicNumber(_typed(form))}
    now = decided.numbers
    try:
        then = now.at_clinic({**{id_: each for id_, each in now.decided.items() if id_ != parameter.id}, **chosen})
    except InvalidParameter:
        form.number.errors = [_what_is_possible(parameter)]
        return _show(form, parameter, decided), 422
    before, after = (in_words(parameter, each.get(parameter.id)) for each in (now, then))
    if before == after:
        form.form_errors = [f"That is the number in force: {before}. Enter another to see what it would do"]
        return _show(form, parameter, decided), 422
    try:
        with trials.in_turn(current_app.config["SETTINGS"].data_folder, by=current_user.id):
            found = preview_number(clinic=decided.clinic, parameter=parameter.id, now=now, then=then)
    except trials.NotNow as refusal:
        form.form_errors = [str(refusal)]
        return _show(form, parameter, decided), 429
    may_name = can(current_user, "caseload.list", clinic_id=decided.clinic.id)
    shown = show_preview(found, now=before, then=after, may_name=may_name)
    opened(
        trials.ACT,
        by=current_user,
        clinic_id=decided.clinic.id,
        shown=shown.patient_ids,
        details={"parameter": parameter.id, "number": then.get(parameter.id), "looked_at": found.looked_at},
    )
    return _show(form, parameter, decided, preview=shown), 200


def _form_at(decided: Decided, parameter: Parameter) -> RuleNumberForm:
    """As it stands; a number that no longer can is not offered again."""
    choice = decided.choice_at(parameter.id)
    number = decided.numbers.get(parameter.id) if choice == OWN else None
    form = RuleNumberForm(
        data={"choice": choice, "number": number, "version": str(decided.version_of(parameter.id))},
    )
    form.choice.choices = choices(_choices(parameter))
    return form


def _choices(parameter: Parameter) -> dict[str, str]:
    as_shipped = f"{parameter.number} {parameter.unit}" if parameter.in_force_as_shipped else "off"
    offered = {AS_SHIPPED: f"As shipped: {as_shipped}", OWN: "Our own number"}
    return offered if parameter.required else offered | {OFF: "Off: the rule does not use this number here"}


def _show(
    form: RuleNumberForm,
    parameter: Parameter,
    decided: Decided,
    *,
    conflict: tuple[Difference, ...] = (),
    preview: PreviewShown | None = None,
) -> str:
    page = RuleNumberPage(
        title="Sign for a number" if parameter.clinical else "A clinic's own number",
        clinic=decided.clinic.name,
        number=number_row(parameter, [decided]),
        now=decided.words.get(parameter.id, "As shipped"),
        save="Sign" if parameter.clinical else "Set the number",
        form=form,
        back_url=url_for("administration.rules"),
        can_be_tried=can_be_tried(parameter.id),
        conflict=conflict,
        preview=preview,
    )
    return render_template("administration/rule_number.html", page=page)


def _differences(form: RuleNumberForm, parameter: Parameter, decided: Decided) -> tuple[Difference, ...]:
    yours = f"{number_words(parameter, form.choice.data, _typed(form))}: {form.why.data}"
    return (Difference("At your clinic", decided.words[parameter.id], yours),)


def _typed(form: RuleNumberForm) -> int | None:
    return form.number.data if form.choice.data == OWN else None


def _store(clinic: Clinic, parameter: Parameter, form: RuleNumberForm) -> str:
    decide = actions.sign_rule_number if parameter.clinical else actions.set_rule_number

    def act() -> str:
        decide(
            clinic=clinic,
            parameter=parameter.id,
            decided=None if form.choice.data == AS_SHIPPED else ClinicNumber(_typed(form)),
            opened_version=form.opened_version,
            why=form.why.data or "",
            by=current_user,
        )
        done = "signed for, under your name" if parameter.clinical else "set"
        flash(f"The number is {done}. Every open case is checked with it by the next morning.", "success")
        return url_for("administration.rules")

    return receipts.once(form.key, by=current_user, act=act)


def _what_is_possible(parameter: Parameter) -> str:
    return f"Enter a whole number from {parameter.least} to {parameter.most} {parameter.unit}"
