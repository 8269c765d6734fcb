"""Users, roles, clinics, duty cover."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, StopValidation, ValidationError

from registry.access.roles import TITLES
from registry.alerts.models import OWN
from registry.clinics.rules import WEEKDAYS, WrongHours, is_time_zone, read_intervals, write_intervals
from registry.web.form_fields import (
    EMAIL_ADDRESS,
    LocalDate,
    NoControlCharacters,
    NotAfter,
    NotBefore,
    RegistryForm,
    WholeNumber,
    line,
    paragraph,
)

DUTY, ON_CALL = "duty", "on-call"
FARTHEST_CLOSURE = 366
"""Days ahead a closure can be written down; the clock of an alert finds an opening beyond it."""


class RoleForm(RegistryForm):
    """A role in a clinic."""

    clinic_id = SelectField("Clinic")
    role = SelectField("Role", choices={role.value: title for role, title in TITLES.items()})


class InviteForm(RoleForm):
    """Somebody new with a first role. Their password is theirs to choose."""

    name = line("Name", required="Enter the person's name")
    email = EmailField(
        "E-mail address",
        [
            InputRequired("Enter an e-mail address"),
            Length(max=200),
            NoControlCharacters(),
            Regexp(EMAIL_ADDRESS, message="Enter an e-mail address, such as name@clinic.org"),
        ],
        description="The person signs in with it. Where the registry sends e-mail, that goes there, and names nobody.",
    )


class ReassignForm(RegistryForm):
    """Who takes over."""

    to_user_id = SelectField("Give the open work to")


class IntervalsField(StringField):
    """Hours of one weekday, as ``08:30-12:00, 13:00-17:00``."""

    def process_data(self, value: Any) -> None:
        self.data = write_intervals(value or [])

    def pre_validate(self, form: BaseForm) -> None:
        try:
            read_intervals(self.data or "")
        except WrongHours as problem:
            raise ValidationError(str(problem)) from None


class ClinicForm(RegistryForm):
    """A clinic: its name, zone, hours, and whether somebody is on call."""

    name = line("Name", required="Enter the clinic's name")
    time_zone = line("Time zone", required="Enter a time zone", hint="Such as America/New_York")
    phone = line("Phone")
    has_on_call = BooleanField("Somebody is on call while the clinic is closed: urgent alerts go to them at once")

    def validate_time_zone(self, field: StringField) -> None:
        if not is_time_zone(field.data or ""):
            raise ValidationError("Enter a time zone as in America/New_York")

    @property
    def opening_hours(self) -> dict[str, list[list[str]]]:
        return {day: read_intervals(self[day].data or "") for day in WEEKDAYS}


for _day, _title in WEEKDAYS.items():
    setattr(ClinicForm, _day, IntervalsField(_title, [Length(max=100)]))


class NewClinicForm(ClinicForm):
    """A clinic that does not exist yet, and whose it is."""

    organisation_id = SelectField("Organisation")


class DutyForm(RegistryForm):
    """Who answers the clinic's urgent alerts, from and until which local date: on duty, or on call."""

    user_id = SelectField("Who")
    hours = SelectField(
        "When",
        choices={DUTY: "On duty: while the clinic is open", ON_CALL: "On call: while it is closed"},
        description="A date ends at midnight: the hours after it, until the clinic opens, belong to the next date.",
    )
    starts_on = LocalDate("From", [InputRequired("Enter the first day")])
    ends_on = LocalDate(
        "Until",
        [InputRequired("Enter the last day"), NotBefore(lambda form: form.starts_on.data, "End on or after {limit}")],
    )


class ClosureForm(RegistryForm):
    """A day on which the clinic is closed, whatever the weekday."""

    day = LocalDate(
        "Day",
        [
            InputRequired("Enter the day"),
            NotBefore(lambda form: form.today, "Enter today ({limit}) or a day ahead"),
            NotAfter(lambda form: form.today + timedelta(days=FARTHEST_CLOSURE), "Enter a day up to {limit}"),
        ],
    )
    words = line("Why", required="Say why, such as a public holiday")

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        """``today`` is the clinic's."""
        self.today = today
        super().__init__(*args, **values)


def _number_where_own(form: Form, field: WholeNumber) -> None:
    """An empty number never reads as "off", and one that was typed is never passed over: the choice is of its own."""
    typed = "".join(text.strip() for text in field.raw_data or ())
    if form["choice"].data == OWN and typed:
        return
    field.errors = []
    if form["choice"].data == OWN:
        raise StopValidation("Enter the number")
    is_left_over = field.object_data is not None and field.data == field.object_data
    raise StopValidation("" if not typed or is_left_over else "Choose “Our own number”, or leave this empty")


class RuleNumberForm(RegistryForm):
    """What a clinic goes by: a rule's number as shipped, its own, or none."""

    choice = RadioField("What counts at your clinic", [InputRequired("Choose what counts at your clinic")])
    number = WholeNumber(
        "Our own number", [_number_where_own, NumberRange(0, 10_000, "Enter a number people can count to")]
    )
    why = paragraph("Why", required="Enter the reason, and who decided it", longest=500)


OUTCOMES = {"success": "Done", "refused": "Refused", "failed": "Failed"}
"""How an act ended, in words."""


class AuditPatientForm(RegistryForm):
    """Whose record was opened."""

    mrn = line("MRN", required="Enter the MRN", longest=60, hint="Shows who opened or changed this person's record.")


class AuditSearchForm(Form):
    """Which acts to show, and in which order; sent in the address, so nothing in it names a patient."""

    since = LocalDate("From", [Optional()])
    until = LocalDate("Until", [Optional(), NotBefore(lambda form: form.since.data, "End on or after {limit}")])
    clinic_id = SelectField("Clinic", validate_choice=False)
    actor_id = SelectField("By", validate_choice=False)
    action = StringField("What was done", [Optional(), Length(max=60), NoControlCharacters()])
    outcome = SelectField("Outcome", choices={"": "Any", **OUTCOMES}, validate_choice=False)
    person = HiddenField(validators=[Length(max=40)])
    sort = HiddenField(validators=[Length(max=40)])
    order = HiddenField(validators=[Length(max=20)])
