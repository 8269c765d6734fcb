"""The numbers of the rules, what each stands on, and a clinic's own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import can, clinics_where, found, policy
from registry.accounts import receipts
from registry.administration import actions
from registry.administration.blueprint import blueprint
from registry.administration.form_page import FormPage
from registry.administration.forms import RuleNumberForm
from registry.alerts.clinic_numbers import numbers_at, shipped
from registry.alerts.parameters import InvalidParameter, Numbers, Parameter
from registry.alerts.rulebook import RULEBOOK
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic, list_clinics

STATUS_WORDS = {
    "sourced": "In force",
    "clinic-adopted": "Consensus; off until a clinic adopts it",
    "off": "Off",
}


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What one of the reader's clinics decided, and where to change it."""

    clinic: str
    words: str
    change_url: str | None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number of one rule."""

    meaning: str
    number: str
    bounds: str
    source: str
    status: str
    is_in_force: bool
    own: tuple[OwnNumber, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule, for whom it speaks, and its numbers."""

    id: str
    title: str
    audience: str
    source: str
    numbers: tuple[NumberRow, ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    title: str
    rules: tuple[RuleRow, ...]
    load_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNumberPage(FormPage):
    clinic: str
    number: NumberRow


@blueprint.get("/rules")
@policy("rule.read")
def rules() -> str:
    mine = [(clinic, numbers_at(clinic.id)) for clinic in list_clinics(clinics_where(current_user, "rule.read"))]
    parameters = shipped().parameters
    rows = tuple(
        RuleRow(
            id=rule.id,
            title=rule.title,
            audience=", ".join(audience.value.replace("_", " ") for audience in rule.audience),
            source=rule.source,
            numbers=tuple(_number(parameters[name], mine) for name in rule.parameters),
        )
        for rule in RULEBOOK
    )
    page = RulesPage(title="Rules", rules=rows, load_url=url_for("administration.load"))
    return render_template("administration/rules.html", page=page)


@blueprint.route("/rules/<uuid:clinic_id>/<parameter_id>", methods=["GET", "POST"])
@policy("rule.change")
def rule_number(clinic_id: uuid.UUID, parameter_id: str) -> Response | tuple[str, int]:
    """A clinic's own number for a rule, with the reason for it."""
    clinic = found(get_clinic(clinic_id) if can(current_user, "rule.change", clinic_id=clinic_id) else None)
    parameter = found(shipped().parameters.get(parameter_id))
    numbers = numbers_at(clinic.id)
    form = RuleNumberForm(data={"number": numbers.get(parameter.id)})
    if form.validate_on_submit():
        try:
            return redirect(_set(clinic, parameter, form), 303)
        except InvalidParameter:
            form.number.errors = [_what_is_possible(parameter)]
    page = RuleNumberPage(
        title="A clinic's own number",
        clinic=clinic.name,
        number=_number(parameter, [(clinic, numbers)]),
        form=form,
        back_url=url_for("administration.rules"),
    )
    return render_template("administration/rule_number.html", page=page), 422 if form.errors else 200


def _set(clinic: Clinic, parameter: Parameter, form: RuleNumberForm) -> str:
    def act() -> str:
        actions.set_rule_number(
            clinic=clinic,
            parameter=parameter.id,
            number=None if form.is_off.data else form.number.data,
            why=form.why.data or "",
            by=current_user,
        )
        flash("The number is set. Every open case is checked with it by the next morning.", "success")
        return url_for("administration.rules")

    return receipts.once(form.form_key.data or "", by=current_user, act=act)


def _what_is_possible(parameter: Parameter) -> str:
    bounds = f"Enter a whole number from {parameter.least} to {parameter.most} {parameter.unit}"
    return f"{bounds}. A safety number can be changed but not switched off" if parameter.required else bounds


def _number(parameter: Parameter, clinics: list[tuple[Clinic, Numbers]]) -> NumberRow:
    return NumberRow(
        meaning=parameter.meaning,
        number=f"{parameter.number} {parameter.unit}",
        bounds=f"{parameter.least} to {parameter.most}",
        source=parameter.source,
        status=STATUS_WORDS[parameter.status.value],
        is_in_force=parameter.in_force_as_shipped,
        own=tuple(
            _own(parameter, clinic, numbers) for clinic, numbers in clinics if _has_say(parameter, clinic, numbers)
        ),
    )


def _has_say(parameter: Parameter, clinic: Clinic, numbers: Numbers) -> bool:
    return parameter.id in numbers.decided or can(current_user, "rule.change", clinic_id=clinic.id)


def _own(parameter: Parameter, clinic: Clinic, numbers: Numbers) -> OwnNumber:
    number = numbers.get(parameter.id)
    decided: Mapping[str, object] = numbers.decided
    words = "Off" if number is None else f"{number} {parameter.unit}"
    may_change = can(current_user, "rule.change", clinic_id=clinic.id)
    return OwnNumber(
        clinic=clinic.name,
        words=words if parameter.id in decided else "As shipped",
        change_url=url_for("administration.rule_number", clinic_id=clinic.id, parameter_id=parameter.id)
        if may_change
        else None,
    )
