"""Logging a contact, correcting it, withdrawing it, reporting a danger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import RadioField, SelectField, SelectMultipleField, TimeField
from wtforms.fields import Field
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.contacts.rules import (
    DANGERS,
    KINDS,
    LONGEST_MINUTES,
    MODALITIES,
    QUICK_KINDS,
    TOOK_PART,
    contradiction,
    impossible_way,
    is_named,
)
from registry.contacts.span import ImpossibleSpan, minutes_of, span_of
from registry.web.form_fields import (
    PARAGRAPH,
    LocalDate,
    NotAfter,
    NotBefore,
    RegistryForm,
    WholeNumber,
    choices,
    line,
    paragraph,
)
from registry.web.second_time import second_time_field

YES, NO = "yes", "no"
NEVER_KEPT = frozenset({"csrf_token", "form_key", "version", "again"})
"""Fields of the form itself, and the answer to what it asked when it was sent: no part of a draft."""


def minutes_field(label: str) -> WholeNumber:
    """How long it took, 0 to 600; empty where nobody counted."""
    return WholeNumber(
        label, [Optional(), NumberRange(0, LONGEST_MINUTES, f"Enter whole minutes between 0 and {LONGEST_MINUTES}")]
    )


class ToldForm(RegistryForm):
    """Of what kind a contact was, how, and whether the person was reached: the three have to go together."""

    kind: Field
    modality: Field
    reached: Field

    def validate_reached(self, field: Field) -> None:
        wrong = contradiction(self.kind.data or "", reached=field.data == YES)
        if wrong:
            raise ValidationError(wrong)

    def validate_modality(self, field: Field) -> None:
        wrong = impossible_way(self.kind.data or "", field.data or "", reached=self.reached.data == YES)
        if wrong:
            raise ValidationError(wrong)


class ContactForm(ToldForm):
    """What happened, or was tried."""

    staff = SelectField("Who was in contact", choices=choices({"": "I was"}), default="")
    kind = RadioField("Kind", [InputRequired("Choose what kind of contact it was")], choices=dict(KINDS))
    reached = RadioField(
        "Was the person reached?",
        [InputRequired("Say whether the person was reached")],
        choices={YES: "Yes, seen or spoken with", NO: "No"},
    )
    modality = RadioField("How", [InputRequired("Choose how it happened")], choices=dict(MODALITIES))
    took_part = SelectMultipleField(
        "Who else took part",
        choices=choices(TOOK_PART),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    took_place_on = LocalDate(
        "Date",
        [
            InputRequired("Enter the date of the contact"),
            NotAfter(lambda form: form.now.date(), "Enter the date of the contact, not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )
    started_at = TimeField("Start time", [Optional()])
    ended_at = TimeField("End time", [Optional()])
    minutes = minutes_field("Minutes")
    participants = line("Who they were", hint="For example: her sister, Mr Lind of the residence")
    note = paragraph("Note")
    again = second_time_field()

    def __init__(self, *args: Any, now: datetime, born_on: date, **values: Any) -> None:
        """``now`` is the time at the clinic, in its zone."""
        self.now, self.born_on = now, born_on
        self.minutes_taken: int | None = None
        super().__init__(*args, **values)

    def offer_colleagues(self, names: Mapping[uuid.UUID, str]) -> None:
        """Whom this contact may be logged for, besides whoever logs it."""
        self.staff.choices = choices({"": "I was"} | {str(user_id): name for user_id, name in names.items()})

    @property
    def asks_for_staff(self) -> bool:
        """Whether there is anybody to log it for."""
        return len(list(self.staff.choices or ())) > 1

    @property
    def staff_id(self) -> uuid.UUID | None:
        """The colleague who was in contact; ``None`` for whoever logs it."""
        return uuid.UUID(self.staff.data) if self.staff.data else None

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's. Raises ``TypeError`` where the form was given a time without one."""
        if not isinstance(self.now.tzinfo, ZoneInfo):
            raise TypeError("the time at the clinic has a zone")
        return self.now.tzinfo

    def validate_took_part(self, field: Field) -> None:
        if not is_named(self.kind.data or "", field.data or (), self.participants.data or ""):
            raise ValidationError("Say with whom it was")

    def validate_started_at(self, field: Field) -> None:
        if field.data and self.took_place_on.data == self.now.date() and field.data > self.now.time():
            raise ValidationError("Enter a time that has come, or leave it empty")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether start, end and minutes go together."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        day = self.took_place_on.data
        times = (self.took_place_on, self.started_at, self.ended_at, self.minutes)
        if day is None or any(field.errors for field in times):
            return is_valid
        try:
            self.minutes_taken = self._minutes_taken(day)
        except ImpossibleSpan as wrong:
            self[wrong.field].errors = [str(wrong)]
            return False
        return is_valid

    def _minutes_taken(self, day: date) -> int | None:
        """Raises ``ImpossibleSpan``, also for a contact that would not be over yet."""
        start, end = self.started_at.data, self.ended_at.data
        minutes = minutes_of(day, start, end, self.minutes.data, zone=self.zone)
        span = span_of(day, start, minutes, zone=self.zone)
        if span is not None and span.ends > self.now:
            over = f"{span.ends.astimezone(self.zone):%H:%M}"
            raise ImpossibleSpan(
                "ended_at" if end else "minutes",
                f"It would end at {over}: enter a time that has come, or leave it empty",
            )
        return minutes

    def facts(self) -> ContactFacts:
        """What was entered. Raises ``ValueError`` on a form that was not validated."""
        return ContactFacts(
            took_place_on=self.took_place_on.day,
            kind=self.kind.data,
            modality=self.modality.data,
            reached=self.reached.data == YES,
            minutes=self.minutes_taken,
            started_at=self.started_at.data,
            took_part=tuple(self.took_part.data or ()),
            participants=self.participants.data or "",
            note=self.note.data or "",
        )

    def says_nothing(self) -> bool:
        """Whether nothing stands in it but what it was opened with."""
        return not self.typed().keys() - {"kind", "modality", "took_place_on"}

    def typed(self) -> dict[str, str | list[str]]:
        """What stands in each field as it was sent, right or wrong; nothing of a field left empty."""
        said = {field.name: list(field.raw_data or ()) for field in self if field.name not in NEVER_KEPT}
        return {name: values if name == "took_part" else values[0] for name, values in said.items() if any(values)}


class QuickContactForm(ToldForm):
    """What can be told in one line: of today, and without more than it says."""

    kind = SelectField("Kind", choices=choices({kind: KINDS[kind] for kind in QUICK_KINDS}))
    modality = SelectField("How", choices=choices(MODALITIES))
    reached = RadioField(
        "Reached?", [InputRequired("Say whether the person was reached")], choices={YES: "Reached", NO: "Not reached"}
    )
    minutes = minutes_field("Minutes")
    note = line("Note", longest=PARAGRAPH)

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        self.today = today
        super().__init__(*args, **values)

    def facts(self) -> ContactFacts:
        """What was entered."""
        return ContactFacts(
            took_place_on=self.today,
            kind=self.kind.data,
            modality=self.modality.data,
            reached=self.reached.data == YES,
            minutes=self.minutes.data,
            note=self.note.data or "",
        )


class CorrectContactForm(ContactForm):
    """A contact entered anew; the earlier entry is kept."""

    why = line("Why is it corrected?", required="Say why the entry is corrected")

    def facts_so_far(self) -> ContactFacts | None:
        """What a draft says; ``None`` of one that could not be saved as it stands."""
        day, part = self.took_place_on.data, set(self.took_part.data or ())
        is_known = self.kind.data in KINDS and self.modality.data in MODALITIES and part <= TOOK_PART.keys()
        if day is None or not is_known or self.reached.data is None:
            return None
        try:
            self.minutes_taken = self._minutes_taken(day)
        except ImpossibleSpan:
            return None
        return self.facts()


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
        "took_part": contact.took_part,
        "minutes": contact.minutes,
        "participants": contact.participants,
        "note": contact.note,
    }
