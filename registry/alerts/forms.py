"""The forms of one alert: what was done, to whom it goes, when it comes back, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wtforms import Form, HiddenField, RadioField, SelectField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from registry.alerts.attempts import STILL_AHEAD, WelfareCheck
from registry.alerts.models import NOT_REACHED, OUTCOMES, WELFARE_CHECK
from registry.web.form_fields import LocalDate, RegistryForm, line, paragraph

DONE = "done"
AGAIN = {
    "hour": "Within an hour of opening time",
    "at-night": "Within an hour",
    "today": "By closing time",
    "next-day": "In the first hour of the next open day",
}


class AcknowledgeForm(RegistryForm):
    """One button: I am on it."""


class NoteForm(RegistryForm):
    """What was done about something that has no clock."""

    words = paragraph("What was done", required="Say what was done")


class ActForm(NoteForm):
    """What was done about something urgent, whether the person was reached, or who was asked to look after them."""

    outcome = RadioField(
        "How did it go?",
        [InputRequired("Say whether the person was reached")],
        choices={
            DONE: "Something was done",
            NOT_REACHED: "Not reached yet",
            WELFARE_CHECK: "Welfare check asked for",
        },
        default=DONE,
    )
    again = SelectField("Try again", validate_choice=False)
    asked_of = line("Who was asked to check", hint="For example: the police, the mobile crisis team, her residence")
    asked_on = LocalDate("Date it was asked", [Optional()])
    asked_at = TimeField("Time it was asked", [Optional()])

    def __init__(
        self, *args: Any, again: Mapping[str, str], times: Mapping[str, datetime], now: datetime, **values: Any
    ) -> None:
        """``times`` there are to try again, ``again`` the same in words; ``now`` is the time in the clinic's zone."""
        self.now, self.times = now, times
        usual = {
            "again": next(iter(again)),
            "asked_on": now.date(),
            "asked_at": now.time().replace(second=0, microsecond=0),
        }
        super().__init__(*args, **usual | values)
        self.again.choices = dict(again)

    @property
    def check(self) -> WelfareCheck | None:
        """The welfare check that was asked for, where one was. Of a form that is valid."""
        day, at = self.asked_on.data, self.asked_at.data
        if self.outcome.data != WELFARE_CHECK or day is None or at is None:
            return None
        return WelfareCheck(self.asked_of.data or "", datetime.combine(day, at, tzinfo=self.now.tzinfo))

    @property
    def try_again(self) -> datetime | None:
        """When to try again, as it was when the form was checked; None where the person was reached."""
        return self.times[self.again.data] if self.outcome.data == NOT_REACHED else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then what belongs to the outcome that was chosen."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        missing = self._missing()
        for name, words in missing.items():
            if not self[name].errors:
                field_errors(self, name, words)
        return is_valid and not missing

    def _missing(self) -> dict[str, str]:
        """Field → what it has to say and does not."""
        if self.outcome.data == NOT_REACHED and self.again.data not in self.times:
            return {"again": STILL_AHEAD}
        if self.outcome.data != WELFARE_CHECK:
            return {}
        wrong = {} if self.asked_of.data else {"asked_of": "Say who was asked to check"}
        if self.asked_on.data is None:
            wrong["asked_on"] = "Enter the date on which it was asked"
        if self.asked_at.data is None:
            wrong["asked_at"] = "Enter the time at which it was asked"
        if self.check is not None and self.check.asked_at > self.now:
            wrong["asked_at"] = "Enter a time that has come"
        return wrong


class AssignForm(RegistryForm):
    """Somebody else answers for it."""

    to = SelectField("Give it to", [InputRequired("Choose a person")])
    why = line("Why")


class TellForm(RegistryForm):
    """A psychiatrist is told of it."""

    to = SelectField("Who", [InputRequired("Choose a psychiatrist")])
    words = line("What you would like to know or have done")


class SnoozeForm(RegistryForm):
    """It can wait until a day. ``others`` are the person's other reasons that can: edition → sentence."""

    until = LocalDate("Put off until", [InputRequired("Enter the day it should come back")])
    reason = line("Why it can wait", required="Say why it can wait")
    along = HiddenField()
    """What is put off with it, as the page showed it (``together.edition``)."""
    also = SelectMultipleField(
        "Put off as well",
        choices={},
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, *args: Any, others: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = frozenset(others)
        self.also.choices = dict(others)

    def validate_also(self, field: SelectMultipleField) -> None:
        if not self._others.issuperset(field.data or ()):
            raise ValidationError("One of these was answered, changed, or can wait no longer: look again at what can")


class CloseForm(RegistryForm):
    """How it ended. ``outcomes`` are the ends this alert can have."""

    along = HiddenField()
    """What is closed with it, as the page showed it."""
    outcome = RadioField("How did it end?", [InputRequired("Choose how it ended")])
    words = paragraph("In words", required="Say how it ended")

    def __init__(self, *args: Any, outcomes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = {code: OUTCOMES[code] for code in outcomes}


def field_errors(form: Form, name: str, message: str) -> None:
    """Put what an action refused beside its field."""
    form[name].errors = [message]
