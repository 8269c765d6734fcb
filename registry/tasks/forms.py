"""Writing to a colleague about a person, and answering."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Optional, ValidationError

from registry.tasks.rules import ANSWERS, KINDS, LATEST, needs_words
from registry.web.form_fields import LocalDate, NotAfter, NotBefore, RegistryForm, paragraph

_COLLEAGUE = "Choose a colleague"


class AskedForm(RegistryForm):
    """What is asked, and by when: not before ``earliest``, and within a year of ``today``."""

    words = paragraph("What is to be done, or known?", required="Say what is to be done, or known", longest=2_000)
    due_on = LocalDate(
        "Due",
        [
            Optional(),
            NotBefore(lambda form: form.earliest, "Enter a date from {limit} on"),
            NotAfter(lambda form: form.today + LATEST, "Enter a date within a year ({limit})"),
        ],
    )

    def __init__(self, *args: Any, today: date, earliest: date | None = None, **values: Any) -> None:
        self.today, self.earliest = today, earliest or today
        super().__init__(*args, **values)


class TaskForm(AskedForm):
    """What is asked of whom, and by when."""

    to = SelectField("To", [InputRequired(_COLLEAGUE)])
    kind = RadioField("What is it?", [InputRequired("Choose what it is")], choices=dict(KINDS))

    def __init__(self, *args: Any, colleagues: dict[str, str], **values: Any) -> None:
        super().__init__(*args, **values)
        self.to.choices = {"": _COLLEAGUE, **colleagues}

    def validate_due_on(self, field: Field) -> None:
        if field.data and self.kind.data == "note":
            raise ValidationError("Leave the date empty, or choose something to do: nothing is due of a note")


class ChangeForm(AskedForm):
    """What is asked, said better. Of a note nothing is due."""

    def __init__(self, *args: Any, kind: str, **values: Any) -> None:
        super().__init__(*args, **values)
        if kind == "note":
            del self.due_on

    @property
    def day(self) -> date | None:
        """By when, of a task."""
        return self.due_on.data if "due_on" in self else None


class TakeBackForm(RegistryForm):
    """That it is no longer asked."""

    words = paragraph("Why, if your colleague should know", longest=500)


class HandOnForm(RegistryForm):
    """Who is to do it instead."""

    to = SelectField("To", [InputRequired(_COLLEAGUE)])
    words = paragraph("Why, and what they should know besides", longest=500)

    def __init__(self, *args: Any, colleagues: dict[str, str], **values: Any) -> None:
        super().__init__(*args, **values)
        self.to.choices = {"": _COLLEAGUE, **colleagues}


class AnswerForm(RegistryForm):
    """What became of it."""

    state = RadioField("What became of it?", [InputRequired("Choose what became of it")])
    words = paragraph("In words", longest=2_000)

    def __init__(self, *args: Any, kind: str, **values: Any) -> None:
        self.kind = kind
        super().__init__(*args, **values)
        self.state.choices = dict(ANSWERS[kind])
        asked = "Say what was done, or why it cannot be done"
        self.words.description = asked if needs_words(kind) else "Only if you like"

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the answer says what it has to."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        if not self.words.data and needs_words(self.kind):
            self.words.errors = ["Say what was done, or why it cannot be done"]
            return False
        return is_valid
