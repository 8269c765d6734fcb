"""The numbers of the rules, what each stands on, and a clinic's own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import can, clinics_where, found, policy
from registry.accounts import receipts
from registry.accounts.queries import names_of
from registry.administration import actions
from registry.administration.blueprint import blueprint
from registry.administration.form_page import FormPage
from registry.administration.forms import RuleNumberForm
from registry.administration.queries import list_rule_numbers
from registry.alerts.clinic_numbers import answering_numbers, shipped
from registry.alerts.models import RuleNumber
from registry.alerts.parameters import ClinicNumber, InvalidParameter, Numbers, Parameter
from registry.alerts.rulebook import RULEBOOK
from registry.alerts.rulebook import backlog as backlog_rule
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic, list_clinics
from registry.web.filters import long_date

STATUS_WORDS = {
    "sourced": "In force",
    "clinic-adopted": "Consensus; off until a psychiatrist signs",
    "off": "Off",
}
WHO_DECIDES = {True: "A psychiatrist of the clinic signs", False: "The clinic's lead sets"}


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What one of the reader's clinics decided, and where to change it."""

    clinic: str
    words: str
    change_url: str | None
    change: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number of one rule."""

    meaning: str
    number: str
    bounds: str
    source: str
    status: str
    decides: str
    """Whose decision another number is."""
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
    now: str
    """What the clinic has decided so far."""
    save: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A clinic with its numbers in force, and by parameter who decided what, when and why."""

    clinic: Clinic
    numbers: Numbers
    words: Mapping[str, str]


@blueprint.get("/rules")
@policy("rule.read")
def rules() -> str:
    mine = _decided(list_clinics(clinics_where(current_user, "rule.read")))
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
    backlog = tuple(_number(parameters[name], mine) for name in (backlog_rule.LATE_BY, backlog_rule.DAYS))
    before = RuleRow("alerts.backlog", "From before", "care manager", backlog_rule.SOURCE, backlog)
    shown = (*rows, _answering(mine), before)
    page = RulesPage(title="Rules", rules=shown, load_url=url_for("administration.load"))
    return render_template("administration/rules.html", page=page)


def _answering(mine: Sequence[Decided]) -> RuleRow:
    """What no rule reads: the clock of an alert itself."""
    return RuleRow(
        id="alerts",
        title="How soon an alert is answered",
        audience="whoever answers alerts",
        source="each number has its own",
        numbers=tuple(_number(each, mine) for each in answering_numbers()),
    )


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
    (decided,) = _decided([clinic])
    number = decided.numbers.get(parameter.id)
    form = RuleNumberForm(data={"number": parameter.number if number is None else number})
    if form.validate_on_submit():
        try:
            return redirect(_store(clinic, parameter, form), 303)
        except InvalidParameter:
            form.number.errors = [_what_is_possible(parameter)]
    page = RuleNumberPage(
        title="Sign for a number" if parameter.clinical else "A clinic's own number",
        clinic=clinic.name,
        number=_number(parameter, [decided]),
        now=decided.words.get(parameter.id, "As shipped"),
        save="Sign" if parameter.clinical else "Set the number",
        form=form,
        back_url=url_for("administration.rules"),
    )
    return render_template("administration/rule_number.html", page=page), 422 if form.errors else 200


def _store(clinic: Clinic, parameter: Parameter, form: RuleNumberForm) -> str:
    decide = actions.sign_rule_number if parameter.clinical else actions.set_rule_number

    def act() -> str:
        decide(
            clinic=clinic,
            parameter=parameter.id,
            number=None if form.is_off.data else form.number.data,
            why=form.why.data or "",
            by=current_user,
        )
        done = "signed for, under your name" if parameter.clinical else "set"
        flash(f"The number is {done}. Every open case is checked with it by the next morning.", "success")
        return url_for("administration.rules")

    return receipts.once(form.form_key.data or "", by=current_user, act=act)


def _what_is_possible(parameter: Parameter) -> str:
    bounds = f"Enter a whole number from {parameter.least} to {parameter.most} {parameter.unit}"
    return f"{bounds}. A safety number can be changed but not switched off" if parameter.required else bounds


def _decided(clinics: Sequence[Clinic]) -> list[Decided]:
    known = shipped().parameters
    rows = [row for row in list_rule_numbers([clinic.id for clinic in clinics]) if row.parameter in known]
    names = names_of({row.set_by_id for row in rows})
    return [
        Decided(
            clinic,
            shipped().at_clinic_today(
                {row.parameter: ClinicNumber(row.value) for row in rows if row.clinic_id == clinic.id}
            ),
            {row.parameter: _who_decided(row, clinic, names) for row in rows if row.clinic_id == clinic.id},
        )
        for clinic in clinics
    ]


def _who_decided(row: RuleNumber, clinic: Clinic, names: Mapping[uuid.UUID, str]) -> str:
    parameter = shipped().parameters[row.parameter]
    number = "Off" if row.value is None else f"{row.value} {parameter.unit}"
    day = long_date(row.set_at.astimezone(clinic.zone).date())
    verb = "signed" if parameter.clinical else "set"
    stands = shipped().stands(row.parameter, ClinicNumber(row.value))
    fallen = "" if stands else ". It is not possible any more: the number as shipped counts. Decide again"
    return f"{number}, {verb} by {names.get(row.set_by_id, 'somebody')} on {day}: {row.why}{fallen}"


def _number(parameter: Parameter, clinics: Sequence[Decided]) -> NumberRow:
    own = (_own(parameter, each) for each in clinics)
    return NumberRow(
        meaning=parameter.meaning,
        number=f"{parameter.number} {parameter.unit}",
        bounds=f"{parameter.least} to {parameter.most}",
        source=parameter.source,
        status=STATUS_WORDS[parameter.status.value],
        decides=WHO_DECIDES[parameter.clinical],
        is_in_force=parameter.in_force_as_shipped,
        own=tuple(each for each in own if each is not None),
    )


def _own(parameter: Parameter, at: Decided) -> OwnNumber | None:
    """Nothing where the clinic decided nothing and the reader cannot."""
    may_decide = can(current_user, "figure.sign" if parameter.clinical else "rule.change", clinic_id=at.clinic.id)
    if parameter.id not in at.words and not may_decide:
        return None
    return OwnNumber(
        clinic=at.clinic.name,
        words=at.words.get(parameter.id, "As shipped"),
        change_url=_decide_url(parameter, at.clinic) if may_decide else None,
        change="Sign" if parameter.clinical else "Change",
    )


def _decide_url(parameter: Parameter, clinic: Clinic) -> str:
    if parameter.clinical:
        return url_for("administration.sign_rule_number", clinic_id=clinic.id, clinical_id=parameter.id)
    return url_for("administration.rule_number", clinic_id=clinic.id, parameter_id=parameter.id)
