"""Fields that take the answer to one item: chosen among its choices, or written as digits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import Field, RadioField, SelectField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from registry.measures.answers import DECLINED, Answer
from registry.measures.instrument import Item

BLANK = "blank"
"""Takes an answer back, where there is one to take back."""

LONGEST_NUMBER = 4
"""Digits: no item asks for a larger number."""


class Listed(SelectField):
    """A choice among those shown; anything else was not typed here."""

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValueError:
            raise ValidationError("Choose one of those listed") from None


class AnswerField(Listed, RadioField):
    """One item of an instrument. Nothing chosen is no answer, which is possible and is not 0."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.raw_data and len(self.raw_data) > 1:
            self.data = None  # none of them is shown as the answer
            raise ValidationError("Choose one answer: more than one was sent")
        if self.raw_data and self.raw_data != [""]:
            super().pre_validate(form)

    @property
    def answer(self) -> Answer:
        """What was chosen. Asked only of a form that validated."""
        if self.data in (None, "", BLANK):
            return None
        return DECLINED if self.data == DECLINED.value else int(self.data)


class NumberField(Field):
    """An item answered by a whole number, or by a tick that says it was declined; both have the name of the field."""

    widget = TextInput()

    def __init__(self, label: str, *, low: int, high: int, **others: Any) -> None:
        super().__init__(label, **others)
        self.low, self.high = low, high
        self.is_declined = self.is_several = False

    def process_data(self, value: Any) -> None:
        self._take([] if value is None else [str(value)])

    def process_formdata(self, valuelist: list[str]) -> None:
        self._take(valuelist)

    def pre_validate(self, form: BaseForm) -> None:
        if self.is_several:
            raise ValidationError("Enter one number: more than one was sent")
        if not self.data:
            return
        if self.is_declined:
            raise ValidationError("Enter a number or tick “Declined”, not both")
        is_whole = self.data.isascii() and self.data.isdigit() and len(self.data) <= LONGEST_NUMBER
        if not is_whole or not self.low <= int(self.data) <= self.high:
            raise ValidationError(f"Enter a whole number from {self.low} to {self.high}")

    @property
    def answer(self) -> Answer:
        """What was written. Asked only of a form that validated."""
        if self.is_declined:
            return DECLINED
        return int(self.data) if self.data else None

    def _value(self) -> str:
        return str(self.data or "")

    def _take(self, sent: Iterable[str]) -> None:
        """The number as it was typed, and apart from it whether "declined" is ticked."""
        given = [each.strip() for each in sent]
        self.is_declined = DECLINED.value in given
        numbers = [each for each in given if each not in ("", DECLINED.value)]
        self.is_several = len(numbers) > 1
        self.data = numbers[0] if len(numbers) == 1 else ""


ItemField = AnswerField | NumberField


def field_for(item: Item, *, may_clear: bool) -> Any:
    """The unbound field of an item. ``may_clear``: a choice takes an answer back without a keyboard."""
    if item.is_number:
        values = [choice.value for choice in item.choices]
        return NumberField(item.label, low=min(values), high=max(values))
    choices = {str(choice.value): choice.label for choice in item.choices}
    if not any(choice.is_missing for choice in item.choices):
        choices[DECLINED.value] = "Declined"
    if may_clear:
        choices[BLANK] = "No answer"
    return AnswerField(item.label, choices=choices)
