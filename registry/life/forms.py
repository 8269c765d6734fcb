"""Entering life events."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Optional, ValidationError

from registry.life.facts import EventFacts
from registry.life.rules import EMERGENCY, KINDS, MOMENTS, REASONS, is_open, is_stay
from registry.web.form_fields import LocalDate, NotAfter, NotBefore, RegistryForm, choices, line

_NOT_LATER = NotAfter(lambda form: form.today, "Enter a date not later than today ({limit})")


class DatedForm(RegistryForm):
    """A form whose dates are not after ``today``, the clinic's local date."""

    def __init__(self, *args: Any, today: date, born_on: date, **values: Any) -> None:
        self.today, self.born_on = today, born_on
        super().__init__(*args, **values)


class EventForm(DatedForm):
    """What happened, and when. ``open_stay`` says in words which stay has no end, empty where none is open."""

    def __init__(self, *args: Any, open_stay: str, **values: Any) -> None:
        super().__init__(*args, **values)
        self.is_another.description = open_stay
        if not open_stay:
            del self.is_another

    kind = SelectField(
        "What happened?",
        [InputRequired("Choose what happened")],
        choices=[*choices({"": "Choose"}), *choices(KINDS)],
    )
    reason = SelectField(
        "Why the emergency department?",
        choices=[*choices({"": "Choose"}), *choices(REASONS)],
        default="",
        description="Only of an emergency visit: it decides whether somebody follows up",
    )
    starts_on = LocalDate(
        "On, or from",
        [
            InputRequired("Enter the date on which it happened or began"),
            _NOT_LATER,
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )
    ends_on = LocalDate(
        "Until",
        [Optional(), _NOT_LATER],
        description="The last day of a stay. Leave it empty while the person is there",
    )
    is_another = BooleanField("A second stay, beside the one without an end")
    words = line("In words", hint="What happened, and why")
    source = line("Who told of it?", hint="For example: the ward, her sister")

    def validate_reason(self, field: Field) -> None:
        is_emergency = self.kind.data == EMERGENCY
        if is_emergency and not field.data:
            raise ValidationError("Choose why the person was there, or that it is not known yet")
        if field.data and not is_emergency:
            raise ValidationError("Leave this at Choose: only an emergency visit has a reason")

    def validate_ends_on(self, field: Field) -> None:
        if field.data is None:
            return
        if self.kind.data in MOMENTS:
            raise ValidationError("Leave this empty: only a stay has an end")
        if self.starts_on.data is not None and field.data < self.starts_on.data:
            raise ValidationError("Enter a date that is not before the stay began")

    def validate_is_another(self, field: Field) -> None:
        if not field.data and is_open(self.kind.data, ends_on=self.ends_on.data):
            raise ValidationError(
                "The same stay is on record already. If the person was moved, say first on Life that it is over; tick "
                "this only where they are in both"
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """What is none of the kinds is said in words."""
        is_valid = bool(super().validate(extra_validators))
        if self.kind.data == "other" and not self.words.data:
            self.words.errors = [*self.words.errors, "Say what happened"]
            return False
        return is_valid

    def facts(self) -> EventFacts:
        """What was entered. Raises ``ValueError`` on a form that was not validated."""
        return EventFacts(
            kind=self.kind.data,
            starts_on=self.starts_on.day,
            ends_on=self.ends_on.data if is_stay(self.kind.data) else None,
            words=self.words.data or "",
            source=self.source.data or "",
            reason=self.reason.data or "",
        )


class SayForm(RegistryForm):
    """One button about a stay: they are still there, or the ward was called."""


def say_form(what: str, version: int | None = None) -> SayForm:
    """To be shown beside a stay of that version, or, without one, as it was sent. ``what`` it says tells them apart."""
    prefix = f"{what}-"
    if version is None:
        return SayForm(prefix=prefix)
    return SayForm(formdata=None, prefix=prefix, version=str(version))


class EndStayForm(DatedForm):
    """The last day of a stay."""

    on = LocalDate("Last day", [InputRequired("Enter the last day of the stay"), _NOT_LATER])

    @property
    def day(self) -> date:
        """The date entered. Raises ``ValueError`` on a form that was not validated."""
        return self.on.day
