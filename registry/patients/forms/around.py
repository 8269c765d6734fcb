"""Entering the people and the law around a patient."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Optional, ValidationError

from registry.patients.around import APPOINTED, DIRECTIVES, LEGAL_STATUSES, ORDERED, RELATIONS
from registry.patients.facts import DirectiveFacts, LegalStatusFacts, RelatedPersonFacts
from registry.patients.models import AdvanceDirective, LegalStatus, RelatedPerson
from registry.web.form_fields import LocalDate, NotAfter, RegistryForm, choices, line, paragraph

TODAY_AT_LATEST = NotAfter(lambda form: form.today, "Enter a date not later than today, {limit}")


class AroundForm(RegistryForm):
    """A form about a person on ``today``, the clinic's local date."""

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        self.today = today
        super().__init__(*args, **values)


class RelatedPersonForm(AroundForm):
    name = line("Name", required="Enter the name")
    relation = SelectField(
        "Who they are", [InputRequired("Choose who they are")], choices=choices({"": "Choose", **RELATIONS})
    )
    words = line("In their own words", hint="For example: mother, night staff of Maple House")
    reach = line("How to reach them", hint="Number or address, when, and what to mind")
    is_emergency_contact = BooleanField("To call in an emergency")
    consents_to_treatment = BooleanField("Decides about treatment for the person")
    authority = line("On the strength of", hint="The document, its court and date, such as a guardianship order")
    may_have_information = BooleanField("May be given information: a release is signed")
    release_scope = line("What may be shared", hint="For example: appointments and medication, no substance use")
    release_until = LocalDate("Release holds until", [Optional()])
    starts_on = LocalDate("Since", [Optional(), TODAY_AT_LATEST])
    ends_on = LocalDate("Until", [Optional()], description="The last day, where there is one: it may lie ahead")

    def validate(self, extra_validators: Any = None) -> bool:
        """What one field asks of another, also of one left empty: its own validators stop there."""
        is_valid = bool(super().validate(extra_validators))
        for field, problem in self._missing():
            if not field.errors:
                field.errors = [problem]
                is_valid = False
        return is_valid

    def _missing(self) -> list[tuple[Field, str]]:
        missing: list[tuple[Field, str]] = []
        decides = self.consents_to_treatment.data or self.relation.data in APPOINTED
        if decides and not self.authority.data:
            missing.append((self.authority, "Say what their authority rests on, or that the document was not seen"))
        if self.may_have_information.data and not self.release_scope.data:
            missing.append((self.release_scope, "Say what may be shared"))
        if not self.may_have_information.data and (self.release_scope.data or self.release_until.data):
            missing.append(
                (self.may_have_information, "Tick that they may be given information, or leave out what may be shared")
            )
        if self.starts_on.data and self.ends_on.data and self.ends_on.data < self.starts_on.data:
            missing.append((self.ends_on, "Enter a date on or after the first day"))
        return missing

    @classmethod
    def of(cls, person: RelatedPerson | None, *, today: date) -> RelatedPersonForm:
        """The form as sent, or as opened for ``person``."""
        if person is None:
            return cls(today=today)
        values = {field.name: getattr(person, field.name) for field in fields(RelatedPersonFacts)}
        return cls(today=today, version=str(person.version), **values)

    def facts(self) -> RelatedPersonFacts:
        return RelatedPersonFacts(
            name=self.name.data or "",
            relation=self.relation.data,
            words=self.words.data or "",
            reach=self.reach.data or "",
            is_emergency_contact=bool(self.is_emergency_contact.data),
            consents_to_treatment=bool(self.consents_to_treatment.data),
            authority=self.authority.data or "",
            may_have_information=bool(self.may_have_information.data),
            release_scope=self.release_scope.data or "",
            release_until=self.release_until.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class LegalStatusForm(AroundForm):
    kind = RadioField("Legal status", [InputRequired("Choose the legal status")], choices=choices(LEGAL_STATUSES))
    starts_on = LocalDate("Since", [InputRequired("Enter since when it holds"), TODAY_AT_LATEST])
    expires_on = LocalDate(
        "Expires on",
        [Optional()],
        description="The last day the order covers. Without it nobody is reminded 30 days before",
    )
    order_words = line("Order", hint="The court or hospital, and the number of the order")

    def validate_expires_on(self, field: Field) -> None:
        if field.data and self.kind.data not in ORDERED:
            raise ValidationError("Only a commitment or an order expires")
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("Enter a date on or after the first day")

    @classmethod
    def of(cls, status: LegalStatus | None, *, today: date) -> LegalStatusForm:
        """The form as sent, or as opened for ``status``."""
        if status is None:
            return cls(today=today)
        values = {field.name: getattr(status, field.name) for field in fields(LegalStatusFacts)}
        return cls(today=today, version=str(status.version), **values)

    def facts(self) -> LegalStatusFacts:
        """What was entered. Raises ``ValueError`` for a form that was not validated."""
        return LegalStatusFacts(
            kind=self.kind.data,
            starts_on=self.starts_on.day,
            expires_on=self.expires_on.data,
            order_words=self.order_words.data or "",
        )


class EndLegalStatusForm(AroundForm):
    how = RadioField(
        "What happened",
        [InputRequired("Choose what happened")],
        choices=choices([("ended", "It ended"), ("error", "It was entered in error")]),
        default="ended",
    )
    on = LocalDate("Ended on", [InputRequired("Enter the day it ended"), TODAY_AT_LATEST])
    why = paragraph("Why", required="Say why, so that the next person understands", longest=500)

    @property
    def day(self) -> date:
        return self.on.day


class DirectiveForm(AroundForm):
    answer = RadioField(
        "Psychiatric advance directive", [InputRequired("Choose what is known")], choices=choices(DIRECTIVES)
    )
    made_on = LocalDate("Made on", [Optional(), TODAY_AT_LATEST])
    kept_at = line("Where it is kept", hint="For example: scanned in the chart; the paper is with the sister")
    note = paragraph("What must be known of it at once", longest=500)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if self.answer.data == "made" and not self.kept_at.data and not self.kept_at.errors:
            self.kept_at.errors = ["Say where it is kept: whoever is on duty must find it"]
            return False
        return is_valid

    @classmethod
    def of(cls, directive: AdvanceDirective | None, *, today: date) -> DirectiveForm:
        """The form as sent, or as opened for what is known."""
        if directive is None:
            return cls(today=today)
        values = {field.name: getattr(directive, field.name) for field in fields(DirectiveFacts)}
        return cls(today=today, version=str(directive.version), **values)

    def facts(self) -> DirectiveFacts:
        """Without a directive there is no day, no place and nothing to know of it."""
        if self.answer.data != "made":
            return DirectiveFacts(answer=self.answer.data)
        return DirectiveFacts(
            answer="made", made_on=self.made_on.data, kept_at=self.kept_at.data or "", note=self.note.data or ""
        )
