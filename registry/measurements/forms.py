"""Forms over measures: one built from the instrument's items, and the small ones around it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, ValidationError

from registry.measurements import modes
from registry.measurements.actions import Administration
from registry.measurements.answer_fields import ItemField, Listed, field_for
from registry.measurements.models import Measurement
from registry.measurements.rules import takes_total
from registry.measures.answers import Answer, ContradictoryAnswers
from registry.measures.instrument import Instrument, Item
from registry.measures.scoring import format_value, score
from registry.patients.rules import LANGUAGES
from registry.web.form_fields import LocalDate, NotAfter, NotBefore, RegistryForm, line
from registry.web.second_time import second_time_field

LONGEST_TOTAL = 10
"""Digits: more are no total of any instrument."""

ITEM = "item-"
"""Fields of items are called ``item-`` and the item's id."""


class ListField(Listed):
    """One of a list."""


class ModeField(Listed, RadioField):
    """One of a few ways."""


class MeasureForm(RegistryForm):
    """One administration. ``form_for`` adds the items of the instrument."""

    instrument: Instrument
    may_clear: bool

    taken_on = LocalDate(
        "Date completed",
        [
            InputRequired("Enter the date the form was completed"),
            NotAfter(lambda form: form.today, "Enter the date the form was completed, not later than today"),
            NotBefore(
                lambda form: form.born_on,
                "Enter the date the form was completed: the patient was born on {limit}",
            ),
        ],
    )
    mode = ModeField("How it was given", [InputRequired("Choose how it was given")])
    rater_id = ListField("Rater")
    language = ListField("Language")
    used_interpreter = BooleanField("With an interpreter")
    total = line("Total on the paper", longest=LONGEST_TOTAL)
    again = second_time_field()

    def __init__(
        self,
        *,
        today: date,
        born_on: date,
        raters: Mapping[str, str],
        imported: bool = False,
        as_draft: bool = False,
        **values: Any,
    ) -> None:
        self.today, self.born_on, self.as_draft = today, born_on, as_draft
        super().__init__(**values)
        stored = modes_offered(self.instrument) + (["imported"] if imported else [])
        self.mode.choices = {mode: modes.LABELS[mode] for mode in stored}
        self.rater_id.choices = {"": "Nobody", **raters}
        self.language.choices = {"": "Not stated", **LANGUAGES}

    @property
    def items(self) -> list[tuple[Item, ItemField]]:
        """Each item with its field, in the order of the paper."""
        return [(item, self[f"{ITEM}{item.id}"]) for item in self.instrument.items]

    @property
    def total_given(self) -> int | None:
        text = self.total.data or ""
        return int(text) if text else None

    def answers(self) -> dict[str, Answer]:
        """Item id → answer. Asked only of a form that validated."""
        return {item.id: field.answer for item, field in self.items}

    def validate_total(self, field: Any) -> None:
        if not field.data:
            return
        scale = self.instrument.primary_scale
        if not takes_total(self.instrument) or scale.minimum is None or scale.maximum is None:
            raise ValidationError("Leave this empty: this measure has no total")
        bounds = f"{format_value(scale.minimum)} to {format_value(scale.maximum)}"
        is_whole = field.data.isascii() and field.data.isdigit() and len(field.data) <= LONGEST_TOTAL
        if not is_whole or not scale.minimum <= int(field.data) <= scale.maximum:
            raise ValidationError(f"Enter the total as a whole number from {bounds}")

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields first; then whether the answers can stand together, and a total beside them.

        A draft is kept whether or not they can: who walks away from a refusal takes a positive safety answer along.
        """
        if not super().validate(extra_validators):
            return False
        if self.as_draft:
            return True
        answers, total = self.answers(), self.total_given
        try:
            scoring = score(self.instrument, answers)
        except ContradictoryAnswers as problem:
            self[f"{ITEM}{problem.item}"].errors = [str(problem)]
            return False
        if total is None or not _any_given(answers):
            return True
        result = scoring.scores[self.instrument.primary_scale.id]
        if result.missing:
            numbers = ", ".join(self.instrument.item(item_id).number for item_id in result.missing)
            self.total.errors = [
                f"Without an answer to item {numbers} this total cannot be checked. Answer it, leave the total empty, "
                "or clear every answer to record the total only"
            ]
            return False
        return True

    def administration(self) -> Administration:
        """What was entered; a total without answers is the total only, one beside answers is compared with them.

        Raises ``ValueError`` on a form that was not validated.
        """
        answers, total = self.answers(), self.total_given
        is_answered = _any_given(answers)
        return Administration(
            taken_on=self.taken_on.day,
            mode=self.mode.data,
            answers=None if total is not None and not is_answered else answers,
            total_only=None if is_answered else total,
            declared_total=total if is_answered else None,
            rater_id=uuid.UUID(self.rater_id.data) if self.rater_id.data else None,
            language=self.language.data,
            used_interpreter=self.used_interpreter.data,
        )


@lru_cache(maxsize=256)
def form_for(instrument: Instrument, *, may_clear: bool = False, is_correction: bool = False) -> type[MeasureForm]:
    """The form of one instrument. ``may_clear``: answers are filled in and can be taken back without a keyboard.

    So can, always, those which another answer may contradict. Made once: WTForms sorts the fields of a new class
    anew for each form that is opened.
    """
    contradictable = {*chain(*instrument.either_or), *chain(*(skip.items for skip in instrument.skips))}
    fields: dict[str, Any] = {
        f"{ITEM}{item.id}": field_for(item, may_clear=may_clear or item.id in contradictable)
        for item in instrument.items
    }
    if is_correction:
        fields["why"] = line("Why it is corrected", required="Say why it is corrected", longest=500)
    return type("InstrumentForm", (MeasureForm,), fields | {"instrument": instrument, "may_clear": may_clear})


def modes_offered(instrument: Instrument) -> list[str]:
    """The ways of giving it, as a measurement stores them, the usual one first."""
    return [modes.STORED[mode] for mode in instrument.modes]


def first_values(instrument: Instrument, *, on: date, mode: str, rater_id: uuid.UUID, language: str) -> dict[str, Any]:
    """What a new form is opened with."""
    is_rated = instrument.respondent == "clinician"
    return {
        "taken_on": on,
        "mode": mode,
        "rater_id": str(rater_id) if is_rated else "",
        "language": language if language in LANGUAGES else "",
    }


def values_of(measurement: Measurement) -> dict[str, Any]:
    """What a form is opened with to finish or correct this measurement."""
    answers = {f"{ITEM}{item}": None if value is None else str(value) for item, value in _answers(measurement).items()}
    return answers | {
        "taken_on": measurement.taken_on,
        "mode": measurement.mode,
        "rater_id": str(measurement.rater_id or ""),
        "language": measurement.language,
        "used_interpreter": measurement.used_interpreter,
        "total": "" if measurement.total_only is None else str(measurement.total_only),
        "version": str(measurement.version),
    }


def _answers(measurement: Measurement) -> Mapping[str, Any]:
    return measurement.answers or {}


def _any_given(answers: Mapping[str, Answer]) -> bool:
    return any(answer is not None for answer in answers.values())
