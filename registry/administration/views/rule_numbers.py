"""The numbers of the rules, what each stands on, and a clinic's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask_login import current_user

from registry.access.policy import can, clinics_where, policy
from registry.administration.decided_numbers import Decided, decided_at
from registry.administration.views.common import blueprint
from registry.alerts.clinic_numbers import answering_numbers, shipped
from registry.alerts.parameters import Parameter
from registry.alerts.rulebook import RULEBOOK
from registry.alerts.rulebook import backlog as backlog_rule
from registry.clinics.models import Clinic
from registry.clinics.queries import list_clinics

STATUS_WORDS = {
    "sourced": "In force",
    "clinic-adopted": "Consensus; off until a psychiatrist signs",
    "off": "Off",
}
WHO_DECIDES = {True: "A psychiatrist of the clinic signs for it", False: "The clinic's lead sets it"}


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
    index: tuple[Mapping[str, str], ...]
    """Where each rule stands on the page, by name: it is a long one."""
    load_url: str


@blueprint.get("/rules")
@policy("rule.read")
def rules() -> str:
    mine = decided_at(list_clinics(clinics_where(current_user, "rule.read")))
    parameters = shipped().parameters
    rows = tuple(
        RuleRow(
            id=rule.id,
            title=rule.title,
            audience=", ".join(audience.value.replace("_", " ") for audience in rule.audience),
            source=rule.source,
            numbers=tuple(number_row(parameters[name], mine) for name in rule.parameters),
        )
        for rule in RULEBOOK
    )
    backlog = tuple(number_row(parameters[name], mine) for name in (backlog_rule.LATE_BY, backlog_rule.DAYS))
    before = RuleRow("alerts.backlog", "From before", "care manager", backlog_rule.SOURCE, backlog)
    shown = (*rows, _answering(mine), before)
    page = RulesPage(
        title="Rules",
        rules=shown,
        index=tuple(
            {"label": rule.id, "value": rule.title, "url": f"#{rule.id}"}
            for rule in sorted(shown, key=lambda rule: rule.title)
        ),
        load_url=url_for("administration.load"),
    )
    return render_template("administration/rules.html", page=page)


def _answering(mine: Sequence[Decided]) -> RuleRow:
    """What no rule reads: the clock of an alert itself."""
    return RuleRow(
        id="alerts",
        title="How soon an alert is answered",
        audience="whoever answers alerts",
        source="each number has its own",
        numbers=tuple(number_row(each, mine) for each in answering_numbers()),
    )


def number_row(parameter: Parameter, clinics: Sequence[Decided]) -> NumberRow:
    """What a number stands on, and what each of the clinics decided."""
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
