"""The forms of one alert: what was done, to whom it goes, when it comes back, how it ended."""

from __future__ import annotations

from typing import Any

from wtforms import Field, Form, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from registry.alerts.models import NOT_REACHED, OUTCOMES
from registry.web.form_fields import LocalDate, RegistryForm, line, paragraph

DONE = "done"
AGAIN = {
    "hour": "Within an hour of opening time",
    "today": "By closing time",
    "next-day": "In the first hour of the next open day",
}


class AcknowledgeForm(RegistryForm):
    """One button: I am on it."""


class ActForm(RegistryForm):
    """What was done, and whether the person was reached."""

    outcome = RadioField(
        "How did it go?",
        [InputRequired("Say whether the person was reached")],
        choices={DONE: "Something was done", NOT_REACHED: "Not reached yet"},
        default=DONE,
    )
    words = paragraph("What was done", required="Say what was done")
    again = SelectField("If not reached, try again", choices=AGAIN, default="hour")

    @property
    def is_not_reached(self) -> bool:
        return bool(self.outcome.data == NOT_REACHED)


class AssignForm(RegistryForm):
    """Somebody else answers for it."""

    to = SelectField("Give it to", [InputRequired("Choose a person")])
    why = line("Why")


class SnoozeForm(RegistryForm):
    """It can wait until a day."""

    until = LocalDate("Put off until", [InputRequired("Enter the day it should come back")])
    reason = line("Why it can wait", required="Say why it can wait")


class CloseForm(RegistryForm):
    """How it ended."""

    outcome = RadioField("How did it end?", [InputRequired("Choose how it ended")], choices=dict(OUTCOMES))
    words = paragraph("In words", required="Say how it ended")

    def __init__(self, *args: Any, is_withdrawn: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_withdrawn = is_withdrawn

    def validate_outcome(self, field: Field) -> None:
        """ "Entered in error" ends an alert only once the answer behind it is withdrawn."""
        if field.data == "entered-in-error" and not self._is_withdrawn:
            raise ValidationError("Mark the measure as entered in error first; then close the alert")


def field_errors(form: Form, name: str, message: str) -> None:
    """Put what an action refused beside its field."""
    form[name].errors = [message]
