"""Entering who pays for somebody's care, and from when to when."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from wtforms import BooleanField, SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Optional, ValidationError

from registry.patients.facts import PayerFacts
from registry.patients.forms.around import TODAY_AT_LATEST, AroundForm
from registry.patients.models import PayerPeriod
from registry.patients.rules import PAYERS
from registry.web.form_fields import LocalDate, choices, line


class PayerForm(AroundForm):
    payer = SelectField("Payer", [InputRequired("Choose the payer")], choices=choices({**PAYERS, "": "Choose"}))
    is_primary = BooleanField("Primary payer: pays first", default=True)
    member_number = line("Member number", longest=40)
    starts_on = LocalDate("Since", [InputRequired("Enter the first day"), TODAY_AT_LATEST])
    ends_on = LocalDate("Until", [Optional()], description="The last day, once it is known")

    def validate_ends_on(self, field: Field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("Enter a date on or after the first day")

    @classmethod
    def of(cls, period: PayerPeriod | None, *, today: date) -> PayerForm:
        """The form as sent, or as opened for ``period``."""
        if period is None:
            return cls(today=today)
        values = {field.name: getattr(period, field.name) for field in fields(PayerFacts)}
        return cls(today=today, version=str(period.version), **values)

    def facts(self) -> PayerFacts:
        """What was entered. Raises ``ValueError`` for a form that was not validated."""
        return PayerFacts(
            payer=self.payer.data,
            starts_on=self.starts_on.day,
            ends_on=self.ends_on.data,
            is_primary=bool(self.is_primary.data),
            member_number=self.member_number.data or "",
        )
