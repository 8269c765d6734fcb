"""The form everybody's forms stand on, and fields that say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from flask import has_request_context, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DecimalField, Field, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import TextInput

from registry.db.identifiers import new_id
from registry.db.types import fits_hundredths
from registry.web import form_keys
from registry.web.filters import long_date

LINE = 200
_EMAIL_SIGN = r"[^\s@,;:<>()\[\]\\\"]"
EMAIL_ADDRESS = rf"^{_EMAIL_SIGN}+@{_EMAIL_SIGN}+\.{_EMAIL_SIGN}+$"
"""One address: the signs that would make a mail server read two of it, or another, are none of it."""
PARAGRAPH = 4_000
NO_VERSION = -1
"""No row is at it and no history counts to it, so a form that names no version is out of date."""


def _strip(text: str | None) -> str:
    return (text or "").strip()


_UNSEEN = "\u200b\u2060\ufeff" + "\u202a-\u202e" + "\u2066-\u2069"
"""Zero-width signs, and those that steer the direction of writing. Not among them: the joiners and marks (U+200C to
U+200F) that names and texts of several languages need."""

_UNPRINTABLE = re.compile(f"[\0-\x1f\x7f-\x9f\ud800-\udfff{_UNSEEN}]")
"""With them control characters and halves of characters: Unicode's categories Cc and Cs, which never grow."""


def is_printable(text: str, *, allowed: str = "") -> bool:
    """Whether no NUL or its kind is in it (one database stores them, the other does not, and nobody can read them),
    and no sign that takes no room or turns what follows round: two names that look alike would not be alike."""
    return all(sign in allowed for sign in _UNPRINTABLE.findall(text))


class NoControlCharacters:
    """Refuse what is not ``is_printable``."""

    def __call__(self, _form: Form, field: Field) -> None:
        allowed = "\n\r\t" if isinstance(field, TextAreaField) else ""
        if not is_printable(field.data or "", allowed=allowed):
            raise ValidationError("Remove the characters that cannot be printed")


class NotAfter:
    """Refuse a date later than a limit known when the form is used."""

    def __init__(self, limit: Callable[[Any], date], words: str) -> None:
        self._limit, self._words = limit, words

    def __call__(self, form: Form, field: Field) -> None:
        if field.data and field.data > self._limit(form):
            raise ValidationError(self._words.format(limit=long_date(self._limit(form))))


class NotBefore:
    """Refuse a date earlier than a limit known when the form is used."""

    def __init__(self, limit: Callable[[Any], date | None], words: str) -> None:
        self._limit, self._words = limit, words

    def __call__(self, form: Form, field: Field) -> None:
        limit = self._limit(form)
        if field.data and limit and field.data < limit:
            raise ValidationError(self._words.format(limit=long_date(limit)))


class TwoPlaces:
    """Refuse a number with a third decimal place: it would be lost in silence. Of one in range."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __call__(self, form: Form, field: Field) -> None:
        if field.data is not None and not field.errors and not fits_hundredths(field.data):
            raise ValidationError(self._words)


class LocalDate(DateField):
    """A calendar date, typed or picked; an impossible one (31 February) is named as such."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a date that exists, such as 2026-03-12") from None
        if self.data is not None and not date(1890, 1, 1) <= self.data <= date(2200, 1, 1):
            self.data = None
            raise ValueError("Enter a date with a year of four digits, such as 2026-03-12")

    @property
    def day(self) -> date:
        """The date entered. Raises ``ValueError`` on a form that was not validated."""
        if not isinstance(self.data, date):
            raise ValueError("a form that was not validated")
        return self.data


LARGEST_POWER = 20
"""Of ten, up or down. Nothing that is measured of a person comes near it; far beyond it arithmetic itself fails."""


class FiniteDecimal(DecimalField):
    """A number. "NaN", "Infinity" and "1e1000000" are decimals to the parser, and cannot be compared, told or stored.

    Typed as text: a browser sends nothing of what it cannot read as a number, and "0,8" would be left out unsaid.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        with suppress(ValueError):
            super().process_formdata(valuelist)
        if any(map(_strip, valuelist)) and (self.data is None or not _is_imaginable(self.data)):
            self.data = None
            raise ValueError(f"{self.label.text}: enter a number, such as 12.5")

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``StopValidation`` for what is no number: that it has no size either goes without saying."""
        if self.process_errors:
            raise StopValidation


def _is_imaginable(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) <= LARGEST_POWER


class WholeNumber(IntegerField):
    """A whole number within a range. The words of its ``NumberRange`` are said of what is no number too.

    Typed as text, as ``FiniteDecimal`` is.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        with suppress(ValueError):  # without data no range is met
            super().process_formdata(valuelist)

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ``TypeError`` for a field without a range: it would take nonsense for nothing."""
        if not any(isinstance(each, NumberRange) for each in self.validators):
            raise TypeError(f"{self.name} has no range")


def line(label: str, *, required: str = "", longest: int = LINE, hint: str = "") -> StringField:
    """One line of text. ``required`` is the message when it is empty."""
    return StringField(label, _text_rules(required, longest), filters=[_strip], description=hint)


def paragraph(label: str, *, required: str = "", longest: int = PARAGRAPH, hint: str = "") -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(label, _text_rules(required, longest), filters=[_strip], description=hint)


def _text_rules(required: str, longest: int) -> list[Any]:
    presence = DataRequired(required) if required else Optional()  # of text: blanks alone say nothing
    return [presence, Length(max=longest, message=f"Use at most {longest:,} characters"), NoControlCharacters()]


def choices(words: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The choices of a field, from code and words."""
    pairs = words.items() if isinstance(words, Mapping) else words
    return [SelectChoice(value, label) for value, label in pairs]


class OpenedVersion(HiddenField):
    """The version a form was opened at. Left out of what was sent it is none, and never the one that stands now."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class RegistryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """A form with its idempotency key, and the version of the row it was opened at."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """What counts as filled in."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Typed fields alone: no form takes a file or JSON, whose values are no texts."""
            if has_request_context() and (request.files or request.is_json) and not isinstance(formdata, MultiDict):
                return request.form if formdata is not None else None
            return super().wrap_formdata(form, formdata)

    form_key = HiddenField(default=lambda: new_id().hex, validators=[Length(max=64), NoControlCharacters()])
    version = OpenedVersion(validators=[Optional(), Length(max=12)])

    was_sent_before = False
    """The key was used for other content: the form comes back with a new one."""

    def validate_form_key(self, field: Field) -> None:
        sent = field.raw_data[0] if field.raw_data else ""
        if sent and not field.errors and form_keys.is_sent_otherwise(sent):
            field.data, self.was_sent_before = new_id().hex, True
            raise ValidationError(form_keys.SENT_BEFORE)

    @property
    def key(self) -> str:
        """The idempotency key the form was opened with."""
        return self.form_key.data or ""

    @property
    def opened_version(self) -> int:
        """The version shown when the form was opened; ``NO_VERSION`` for something new, or for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else NO_VERSION
