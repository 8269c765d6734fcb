"""The forms of one alert: what was done, to whom it goes, when it comes back, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import Form, RadioField, SelectField
from wtforms.validators import InputRequired

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


class NoteForm(RegistryForm):
    """What was done about something that has no clock."""

    words = paragraph("What was done", required="Say what was done")
    is_not_reached = False


class ActForm(NoteForm):
    """What was done about something urgent, and whether the person was reached."""

    outcome = RadioField(
        "How did it go?",
        [InputRequired("Say whether the person was reached")],
        choices={DONE: "Something was done", NOT_REACHED: "Not reached yet"},
        default=DONE,
    )
    again = SelectField("If not reached, try again", choices=AGAIN, default="hour")

    @property
    def is_not_reached(self) -> bool:  # type: ignore[override]  # a note is never one; here it depends on what was sent
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
    """How it ended. ``outcomes`` are the ends this alert can have."""

    outcome = RadioField("How did it end?", [InputRequired("Choose how it ended")])
    words = paragraph("In words", required="Say how it ended")

    def __init__(self, *args: Any, outcomes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = {code: OUTCOMES[code] for code in outcomes}


def field_errors(form: Form, name: str, message: str) -> None:
    """Put what an action refused beside its field."""
    form[name].errors = [message]
