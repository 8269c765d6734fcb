"""Entering treatments: starts, changes, stops, injections, adherence; correcting and withdrawing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts
from registry.treatment.models import AdherenceCheck, Injection, TreatmentTrial, TrialStep
from registry.treatment.products import OTHER, medicines
from registry.treatment.queries import Entry
from registry.treatment.rules import (
    ADHERENCE_SOURCES,
    CLASSES,
    LONGEST_INTERVAL,
    LONGEST_RESTART,
    OUTCOMES,
    SHORTEST_INTERVAL,
    STOP_REASONS,
    UNITS,
)
from registry.web.form_fields import (
    FiniteDecimal,
    LocalDate,
    NotAfter,
    NotBefore,
    RegistryForm,
    TwoPlaces,
    WholeNumber,
    choices,
    line,
)

NONE_OF_THEM = "none"
LARGEST_AMOUNT = Decimal(100_000)
_RESTART = f"Enter whole days between {SHORTEST_INTERVAL} and {LONGEST_RESTART}"
_INTERVAL = f"Enter whole days between {SHORTEST_INTERVAL} and {LONGEST_INTERVAL}"


def happened_on_field(label: str) -> LocalDate:
    """The day something happened, from the birth to today."""
    return LocalDate(
        label,
        [
            InputRequired("Enter the date"),
            NotAfter(lambda form: form.today, "Enter a date not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )


def _amount(label: str, hint: str) -> FiniteDecimal:
    possible = NumberRange(Decimal("0.01"), LARGEST_AMOUNT, f"Enter an amount above 0 and at most {LARGEST_AMOUNT:,}")
    places = TwoPlaces("Enter an amount with at most two decimal places")
    return FiniteDecimal(label, [Optional(), possible, places], description=hint)


def _unit() -> SelectField:
    return SelectField("Unit", choices=choices(UNITS), default="mg")


def _about() -> BooleanField:
    return BooleanField("The date is known only roughly")


class NoteForm(RegistryForm):
    """Something dated about a treatment. ``why`` is there only where an earlier entry is corrected."""

    happened_on = happened_on_field("Date")
    words = line("Note")
    why = line("Why is it corrected?", required="Say why the entry is corrected")

    def __init__(self, *args: Any, today: date, born_on: date, is_correction: bool = False, **values: Any) -> None:
        self.today, self.born_on = today, born_on
        super().__init__(*args, **values)
        if not is_correction:
            del self.why

    @property
    def on(self) -> date:
        """The date entered. Raises ``ValueError`` on a form that was not validated."""
        return self.happened_on.day


class DoseForm(NoteForm):
    """A dose of a medicine, from a day on."""

    happened_on = happened_on_field("From")
    is_about = _about()
    amount = _amount("Dose a day", "All of one day together. Leave it empty when it is not known")
    unit = _unit()
    words = line("Why")

    def facts(self, kind: str) -> StepFacts:
        return StepFacts(
            kind=kind,
            on=self.on,
            is_about=self.is_about.data,
            amount=self.amount.data,
            unit=self.unit.data if self.amount.data is not None else "",
            words=self.words.data or "",
        )


def class_field(label: str) -> SelectField:
    """What a medicine is given for."""
    return SelectField(label, [InputRequired("Choose the class")], choices=choices({"": "", **CLASSES}))


def ingredient_field() -> SelectField:
    """Which of the monitored medicines it is, or none of them."""
    return SelectField(
        "Is it one of these?",
        default="",
        description="Their blood tests are asked for on the page Health. To be said of every antipsychotic and mood "
        "stabiliser, under whatever name",
    )


def offered_ingredients() -> dict[str, str]:
    """What is chosen from, by key."""
    return {**{key: medicine.name for key, medicine in medicines().items()}, NONE_OF_THEM: "None of these"}


class CorrectStartForm(DoseForm):
    """The start of a medicine, put right: with what it is, which decides what is asked for."""

    medicine_class = class_field("Class")
    ingredient = ingredient_field()

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.ingredient.choices = choices(offered_ingredients())

    def facts(self, kind: str) -> StepFacts:
        chosen = self.ingredient.data
        return replace(
            super().facts(kind),
            ingredient="" if chosen == NONE_OF_THEM else chosen,
            medicine_class=self.medicine_class.data,
        )


class InjectionDoseForm(DoseForm):
    """A dose and a rhythm of a long-acting injection, from a day on."""

    amount = _amount("Dose an injection", "Leave it empty when it is not known")
    every_days = WholeNumber(
        "Days from one injection to the next",
        [InputRequired(_INTERVAL), NumberRange(SHORTEST_INTERVAL, LONGEST_INTERVAL, _INTERVAL)],
        description="As prescribed, for example 28 for every four weeks",
    )
    restart_after_days = WholeNumber(
        "Days after which it is started anew",
        [Optional(), NumberRange(SHORTEST_INTERVAL, LONGEST_RESTART, _RESTART)],
        description="Counted from the last injection, as the label of the product says. Ask the prescriber. "
        "Left empty at a change that keeps the rhythm, what was entered before holds",
    )

    def validate_restart_after_days(self, field: Field) -> None:
        if field.data is not None and self.every_days.data is not None and field.data <= self.every_days.data:
            raise ValidationError("Enter more days than from one injection to the next")

    def facts(self, kind: str) -> StepFacts:
        return StepFacts(
            kind=kind,
            on=self.on,
            is_about=self.is_about.data,
            amount=self.amount.data,
            unit=self.unit.data if self.amount.data is not None else "",
            every_days=self.every_days.data,
            restart_after_days=self.restart_after_days.data,
            words=self.words.data or "",
        )


class CorrectInjectionStartForm(InjectionDoseForm):
    """The start of an injection that is none of the products offered: what it is was typed, and may be put right."""

    medicine_class = class_field("Class")

    def facts(self, kind: str) -> StepFacts:
        return replace(super().facts(kind), medicine_class=self.medicine_class.data)


class RhythmForm(NoteForm):
    """How often a therapy takes place, from a day on."""

    happened_on = happened_on_field("From")
    is_about = _about()
    frequency = line("How often", hint="For example: weekly, every two weeks")
    words = line("Why")

    def facts(self, kind: str) -> StepFacts:
        return StepFacts(
            kind=kind,
            on=self.on,
            is_about=self.is_about.data,
            frequency=self.frequency.data or "",
            words=self.words.data or "",
        )


class StopForm(NoteForm):
    """A treatment ends."""

    happened_on = happened_on_field("Stopped on")
    is_about = _about()
    reason = RadioField(
        "Why was it stopped?", [InputRequired("Choose why it was stopped")], choices=choices(STOP_REASONS)
    )
    words = line("In words")

    def facts(self, kind: str) -> StepFacts:
        return StepFacts(
            kind="stop",
            on=self.on,
            is_about=self.is_about.data,
            reason=self.reason.data,
            words=self.words.data or "",
        )


class AdherenceForm(NoteForm):
    """How much of what was agreed was taken or attended."""

    happened_on = happened_on_field("As known on")
    percent = WholeNumber(
        "Taken or attended, in percent",
        [
            InputRequired("Enter a percentage; 0 when nothing was taken"),
            NumberRange(0, 100, "Enter whole percent from 0 to 100"),
        ],
        description="Of what was agreed, over the last four weeks",
    )
    source = RadioField("Who says so?", [InputRequired("Choose who says so")], choices=choices(ADHERENCE_SOURCES))
    last_taken_on = LocalDate(
        "No dose since",
        [Optional(), NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})")],
        description="The day of the last dose, while doses are being missed. Note adherence again once they are taken",
    )

    def validate_last_taken_on(self, field: Field) -> None:
        if field.data is not None and self.happened_on.data is not None and field.data > self.happened_on.data:
            raise ValidationError("Enter a date that is not after the day it was known on")

    def facts(self, kind: str) -> AdherenceFacts:
        return AdherenceFacts(
            on=self.on,
            percent=self.percent.data or 0,
            source=self.source.data,
            words=self.words.data or "",
            last_taken_on=self.last_taken_on.data,
        )


class ClozapineAdherenceForm(AdherenceForm):
    """Of clozapine, which is not simply resumed."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Of whoever takes none the day of the last dose is asked for."""
        is_valid = bool(super().validate(extra_validators))
        if self.percent.data == 0 and self.last_taken_on.data is None and not self.last_taken_on.errors:
            self.last_taken_on.errors = ["Enter the day of the last dose: how clozapine is begun again depends on it"]
            return False
        return is_valid


class InjectionForm(NoteForm):
    """What became of an injection on a day."""

    outcome = RadioField(
        "What became of it?", [InputRequired("Choose what became of the injection")], choices=choices(OUTCOMES)
    )
    amount = _amount("Dose", "As given. Leave it empty when nothing was given or it is not known")
    unit = _unit()
    place = line("Site, or who gave it elsewhere", hint="For example: left deltoid, or Mercy Hospital")

    def facts(self, kind: str) -> InjectionFacts:
        return InjectionFacts(
            on=self.on,
            outcome=self.outcome.data,
            amount=self.amount.data,
            unit=self.unit.data if self.amount.data is not None else "",
            place=self.place.data or "",
            words=self.words.data or "",
        )


EntryForm: TypeAlias = DoseForm | RhythmForm | StopForm | AdherenceForm | InjectionForm
"""A form whose ``facts`` say what was entered."""

STEP_FORMS: Mapping[str, type[EntryForm]] = {
    "medication": DoseForm,
    "injection": InjectionDoseForm,
    "therapy": RhythmForm,
    "other": RhythmForm,
}
"""A change, by kind of treatment; and what a start is corrected by."""


def adherence_form(trial: TreatmentTrial) -> type[AdherenceForm]:
    """The form that notes how much of this treatment was taken."""
    return ClozapineAdherenceForm if trial.ingredient == "clozapine" else AdherenceForm


def form_for(entry: Entry, trial: TreatmentTrial) -> type[EntryForm]:
    """The form that corrects what was noted of the treatment."""
    if isinstance(entry, AdherenceCheck):
        return adherence_form(trial)
    if isinstance(entry, Injection):
        return InjectionForm
    if entry.kind == "start" and trial.kind == "medication":
        return CorrectStartForm
    if entry.kind == "start" and trial.product == OTHER:
        return CorrectInjectionStartForm
    return StopForm if entry.kind == "stop" else STEP_FORMS[trial.kind]


_SHOWN = (
    "happened_on",
    "words",
    "is_about",
    "amount",
    "unit",
    "every_days",
    "restart_after_days",
    "frequency",
    "reason",
    "percent",
)
_ALSO_SHOWN = ("source", "last_taken_on", "outcome", "place")


def values_of(entry: Entry) -> dict[str, Any]:
    """What the form shows of what was noted."""
    names = [name for name in (*_SHOWN, *_ALSO_SHOWN) if hasattr(entry, name)]
    return {name: getattr(entry, name) for name in names if getattr(entry, name) not in {None, ""}}


def kind_of(entry: Entry) -> str:
    """The kind of a step; nothing for anything else."""
    return entry.kind if isinstance(entry, TrialStep) else ""
