"""What clinics decided about the numbers of the rules: who, when, why, and whether it still stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.accounts.queries import names_of
from registry.administration.queries import list_rule_numbers
from registry.alerts.clinic_numbers import shipped
from registry.alerts.models import AS_SHIPPED, RuleNumber
from registry.alerts.parameters import ClinicNumber, Numbers, Parameter
from registry.clinics.models import Clinic
from registry.web.filters import long_date


@dataclass(frozen=True, slots=True)
class Decided:
    """A clinic with its numbers in force, and by parameter what was decided, and in words by whom, when and why."""

    clinic: Clinic
    numbers: Numbers
    words: Mapping[str, str]
    rows: Mapping[str, RuleNumber]

    def version_of(self, parameter: str) -> int:
        """Of the decision on record; 0 without one."""
        row = self.rows.get(parameter)
        return row.version if row else 0

    def choice_at(self, parameter: str) -> str:
        """Which choice counts today: of a decision that stands no longer, the number as shipped."""
        row = self.rows.get(parameter)
        return row.choice if row and _stands(row) else AS_SHIPPED


def decided_at(clinics: Sequence[Clinic]) -> list[Decided]:
    """What each of the clinics decided. A number the program dropped since is left out."""
    known = shipped().parameters
    rows = [row for row in list_rule_numbers([clinic.id for clinic in clinics]) if row.parameter in known]
    names = names_of({row.set_by_id for row in rows})
    return [_decided(clinic, [row for row in rows if row.clinic_id == clinic.id], names) for clinic in clinics]


def number_words(parameter: Parameter, choice: str, number: int | None) -> str:
    """A choice in words: ``35 days``, ``Off``, ``As shipped``."""
    if choice == AS_SHIPPED:
        return "As shipped"
    return "Off" if number is None else in_words(parameter, number)


def in_words(parameter: Parameter, number: int | None) -> str:
    """A number in force in words: ``35 days``; ``off``."""
    return "off" if number is None else f"{number} {parameter.unit}"


def _decided(clinic: Clinic, rows: Sequence[RuleNumber], names: Mapping[uuid.UUID, str]) -> Decided:
    own = {row.parameter: _decision(row) for row in rows if row.choice != AS_SHIPPED}
    return Decided(
        clinic,
        shipped().at_clinic_today(own),
        {row.parameter: _who_decided(row, clinic, names) for row in rows},
        {row.parameter: row for row in rows},
    )


def _decision(row: RuleNumber) -> ClinicNumber:
    return ClinicNumber(row.value, row.signed_edition)


def _stands(row: RuleNumber) -> bool:
    return row.choice == AS_SHIPPED or shipped().stands(row.parameter, _decision(row))


def _who_decided(row: RuleNumber, clinic: Clinic, names: Mapping[uuid.UUID, str]) -> str:
    words = number_words(shipped().parameters[row.parameter], row.choice, row.value)
    day = long_date(row.set_at.astimezone(clinic.zone).date())
    verb = "set" if row.signed_edition is None else "signed"
    return f"{words}, {verb} by {names.get(row.set_by_id, 'somebody')} on {day}: {row.why}{_fallen(row)}"


def _fallen(row: RuleNumber) -> str:
    if _stands(row):
        return ""
    if shipped().is_signed_for(row.parameter, _decision(row)):
        return ". It is not possible any more: the number as shipped counts. Decide again"
    if row.signed_edition is None:
        return ". It was set before it was a psychiatrist's to sign for: the number as shipped counts until one signs"
    return ". It was signed for as it read before a new release: the number as shipped counts until it is signed again"
