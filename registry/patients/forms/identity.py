"""Entering a person, and the ways to reach them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from registry.patients.facts import ContactPointFacts, PatientFacts
from registry.patients.models import ContactPoint, Patient
from registry.patients.rules import (
    CONTACT_KINDS,
    ETHNICITIES,
    GENDER_IDENTITIES,
    INTERPRETER,
    LANGUAGES,
    NO_RACE_NAMED,
    PAYERS,
    RACES,
    SEXES,
    fold_mrn,
    fold_phone,
)
from registry.web.form_fields import LINE, LocalDate, NoControlCharacters, NotAfter, RegistryForm, choices, line

SHORTEST_PHONE = 7
LATER = ""


def _line(label: str, hint: str = "") -> StringField:
    """A line that may have to be filled in, depending on another field: an empty one is checked as well."""
    return StringField(
        label,
        [Length(max=LINE, message=f"Use at most {LINE} characters"), NoControlCharacters()],
        filters=[lambda text: (text or "").strip()],
        description=hint,
    )


def _several(label: str, words: Mapping[str, str], *, hint: str = "") -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=choices(words),
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=True,
    )


class PatientForm(RegistryForm):
    """Identity and demographics."""

    legal_given = line("Legal given name", required="Enter the legal given name")
    legal_family = line("Legal family name", required="Enter the legal family name")
    used_name = line("Given name in use", hint="If it is not the legal one. Everybody sees and says this name")
    pronouns = line("Pronouns", longest=40)
    birth_date = LocalDate(
        "Birth date",
        [
            InputRequired("Enter the birth date"),
            NotAfter(lambda form: form.today, "Enter a birth date not later than today"),
        ],
    )
    mrn = line("MRN", required="Enter the record number (MRN)", longest=40, hint="The organisation's record number")
    sex = SelectField("Sex", choices=choices(SEXES), default="unknown")
    gender_identity = SelectField("Gender identity", choices=choices(GENDER_IDENTITIES), default="")
    races = _several("Race", RACES, hint="All that the person names. Leave empty if nobody asked")
    ethnicity = SelectField("Ethnicity", choices=choices(ETHNICITIES), default="")
    languages = _several("Languages", LANGUAGES, hint="Those the person speaks well enough for care")
    needs_interpreter = RadioField(
        "Needs an interpreter?", choices=choices({"yes": "Yes", "no": "No", "": "Not asked"}), default=""
    )
    primary_care = line("Primary care provider", hint="Name and practice")

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        self.today = today
        super().__init__(*args, **values)

    def validate_races(self, field: Field) -> None:
        named = set(field.data or ())
        if named & NO_RACE_NAMED and len(named) > 1:
            raise ValidationError("Choose races, or that there was no answer, not both")

    def validate_mrn(self, field: Field) -> None:
        if not fold_mrn(field.data or ""):
            raise ValidationError("Enter the record number (MRN)")

    @classmethod
    def of(cls, patient: Patient, *, today: date) -> PatientForm:
        """The form as sent, or as opened for ``patient``."""
        facts = facts_of(patient)
        values = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
        values["needs_interpreter"] = next(
            code for code, needs in INTERPRETER.items() if needs is facts.needs_interpreter
        )
        return cls(today=today, version=str(patient.version), **values)

    def facts(self) -> PatientFacts:
        """What was entered. Raises ``ValueError`` for a form that was not validated."""
        return PatientFacts(
            mrn=fold_mrn(self.mrn.data or ""),
            legal_given=self.legal_given.data or "",
            legal_family=self.legal_family.data or "",
            used_name=self.used_name.data or "",
            pronouns=self.pronouns.data or "",
            birth_date=self.birth_date.day,
            sex=self.sex.data,
            gender_identity=self.gender_identity.data,
            races=tuple(self.races.data or ()),
            ethnicity=self.ethnicity.data,
            languages=tuple(self.languages.data or ()),
            needs_interpreter=INTERPRETER[self.needs_interpreter.data],
            primary_care=self.primary_care.data or "",
        )


class ReachFields(Form):
    """A way to reach somebody: part of two forms."""

    kind = RadioField("How can they be reached?", choices=choices(CONTACT_KINDS))
    value = _line("Number, e-mail or address")
    note = _line(
        "Where and when found, or what to mind",
        "For example: at the Fulton Street shelter after 18:00; ask for Jo",
    )
    may_leave_message = BooleanField("May leave a message")
    may_text = BooleanField("May send a text message")
    may_email = BooleanField("May send an e-mail")

    def validate_value(self, field: Field) -> None:
        kind, value = self.kind.data, field.data or ""
        if kind == "phone" and len(fold_phone(value)) < SHORTEST_PHONE:
            raise ValidationError("Enter the phone number with its area code")
        if kind == "email" and ("@" not in value.strip("@") or " " in value):
            raise ValidationError("Enter an e-mail address, such as name@example.org")
        if kind == "address" and not value:
            raise ValidationError("Enter the address")

    def validate_note(self, field: Field) -> None:
        if self.kind.data == "place" and not (field.data or self.value.data):
            raise ValidationError("Say where and when the person can be found")

    def contact_point(self) -> ContactPointFacts | None:
        """What was entered; nothing when it was left for later."""
        kind = self.kind.data or LATER
        if kind == LATER:
            return None
        return ContactPointFacts(
            kind=kind,
            value=self.value.data or "",
            note=self.note.data or "",
            may_leave_message=kind == "phone" and bool(self.may_leave_message.data),
            may_text=kind == "phone" and bool(self.may_text.data),
            may_email=kind == "email" and bool(self.may_email.data),
        )


class ContactPointForm(RegistryForm, ReachFields):
    """One way to reach somebody."""

    kind = RadioField(
        "How can they be reached?",
        [InputRequired("Choose how they can be reached")],
        choices=choices(CONTACT_KINDS),
    )

    @classmethod
    def of(cls, point: ContactPoint | None) -> ContactPointForm:
        """The form as sent, or as opened for ``point``."""
        if point is None:
            return cls()
        return cls(
            kind=point.kind,
            value=point.value,
            note=point.note,
            may_leave_message=point.may_leave_message,
            may_text=point.may_text,
            may_email=point.may_email,
            version=str(point.version),
        )

    def facts(self) -> ContactPointFacts:
        point = self.contact_point()
        if point is None:
            raise ValueError("a form that was not validated")
        return point


class ClinicForm(RegistryForm):
    """A form about one of the user's clinics; with a single one there is nothing to choose."""

    clinic = SelectField("Clinic", validate_choice=False)

    def __init__(self, *args: Any, clinics: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.clinic.choices = choices(clinics)
        self._clinic_ids = {value for value, _name in clinics}
        if len(clinics) == 1 and not self.clinic.data:
            self.clinic.data = clinics[0][0]

    def validate_clinic(self, field: Field) -> None:
        if field.data not in self._clinic_ids:
            raise ValidationError("Choose one of your clinics")

    @property
    def clinic_id(self) -> uuid.UUID:
        return uuid.UUID(self.clinic.data)


class AddPatientForm(ClinicForm, PatientForm, ReachFields):
    """A new person, the clinic that adds them, and the first way to reach them."""

    kind = RadioField(
        "How can they be reached?", choices=choices({**CONTACT_KINDS, LATER: "Enter this later"}), default=LATER
    )
    payer = SelectField("Primary payer", choices=choices(PAYERS), default="")

    def facts(self) -> PatientFacts:
        """As of anybody, with who pays from today."""
        return replace(super().facts(), payer=self.payer.data)


def facts_of(patient: Patient) -> PatientFacts:
    """What is on record about a person."""
    return PatientFacts(
        mrn=patient.mrn,
        legal_given=patient.legal_given,
        legal_family=patient.legal_family,
        used_name=patient.used_name,
        pronouns=patient.pronouns,
        birth_date=patient.birth_date,
        sex=patient.sex,
        gender_identity=patient.gender_identity,
        races=tuple(patient.races),
        ethnicity=patient.ethnicity,
        languages=tuple(patient.languages),
        needs_interpreter=patient.needs_interpreter,
        primary_care=patient.primary_care,
    )
