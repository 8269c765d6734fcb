"""Logging a contact, correcting it, withdrawing it, reporting a danger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import IntegerField, RadioField, TimeField
from wtforms.fields import Field
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.contacts.rules import DANGERS, KINDS, LONGEST_MINUTES, MODALITIES, contradiction
from registry.web.form_fields import LocalDate, NotAfter, NotBefore, RegistryForm, line, paragraph
from registry.web.second_time import second_time_field

YES, NO = "yes", "no"


class ContactForm(RegistryForm):
    """What happened, or was tried."""

    kind = RadioField("Kind", [InputRequired("Choose what kind of contact it was")], choices=dict(KINDS))
    reached = RadioField(
        "Was the person reached?",
        [InputRequired("Say whether the person was reached")],
        choices={YES: "Yes, seen or spoken with", NO: "No"},
    )
    modality = RadioField("How", [InputRequired("Choose how it happened")], choices=dict(MODALITIES))
    took_place_on = LocalDate(
        "Date",
        [
            InputRequired("Enter the date of the contact"),
            NotAfter(lambda form: form.now.date(), "Enter the date of the contact, not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )
    started_at = TimeField("Start time", [Optional()])
    minutes = IntegerField(
        "Minutes",
        [Optional(), NumberRange(0, LONGEST_MINUTES, f"Enter whole minutes between 0 and {LONGEST_MINUTES}")],
    )
    participants = line("Who else took part", hint="For example: sister, residence staff, interpreter")
    note = paragraph("Note")
    again = second_time_field()

    def __init__(self, *args: Any, now: datetime, born_on: date, **values: Any) -> None:
        """``now`` is the clinic's local time."""
        self.now, self.born_on = now, born_on
        super().__init__(*args, **values)

    def validate_reached(self, field: Field) -> None:
        wrong = contradiction(self.kind.data or "", reached=field.data == YES)
        if wrong:
            raise ValidationError(wrong)

    def validate_started_at(self, field: Field) -> None:
        if field.data and self.took_place_on.data == self.now.date() and field.data > self.now.time():
            raise ValidationError("Enter a time that has come, or leave it empty")

    def facts(self) -> ContactFacts:
        """What was entered. Raises ``ValueError`` on a form that was not validated."""
        if self.took_place_on.data is None:
            raise ValueError("a form that was not validated")
        return ContactFacts(
            took_place_on=self.took_place_on.data,
            kind=self.kind.data,
            modality=self.modality.data,
            reached=self.reached.data == YES,
            minutes=self.minutes.data,
            started_at=self.started_at.data,
            participants=self.participants.data or "",
            note=self.note.data or "",
        )


class CorrectContactForm(ContactForm):
    """A contact entered anew; the earlier entry is kept."""

    why = line("Why is it corrected?", required="Say why the entry is corrected")


class WithdrawContactForm(RegistryForm):
    """A contact that never was, or was somebody else's."""

    why = line("Why was it entered in error?", required="Say why it was entered in error")


class DangerForm(RegistryForm):
    """Somebody says that the person is, or may be, in danger."""

    kind = RadioField("What danger?", [InputRequired("Choose what the danger is")], choices=dict(DANGERS))
    reported_on = LocalDate(
        "Date",
        [
            InputRequired("Enter the date it was said or seen"),
            NotAfter(lambda form: form.today, "Enter the date it was said or seen, not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )
    said_by = line("Who said or saw it?", required="Say who said or saw it")
    words = paragraph("What was said or seen?", required="Say what was said or seen")
    done = paragraph("What has been done already?")

    def __init__(self, *args: Any, today: date, born_on: date, **values: Any) -> None:
        self.today, self.born_on = today, born_on
        super().__init__(*args, **values)


def values_of(contact: Contact) -> dict[str, Any]:
    """What the form shows of a stored contact."""
    return {
        "kind": contact.kind,
        "reached": YES if contact.reached else NO,
        "modality": contact.modality,
        "took_place_on": contact.took_place_on,
        "started_at": contact.started_at,
        "minutes": contact.minutes,
        "participants": contact.participants,
        "note": contact.note,
    }
