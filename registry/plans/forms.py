"""Entering goals, ratings and plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from registry.plans.facts import PlanFacts
from registry.plans.rules import GOAL_ENDS, LEAST, MOST, SECTIONS, is_empty
from registry.web.form_fields import (
    LocalDate,
    NotAfter,
    NotBefore,
    RegistryForm,
    WholeNumber,
    choices,
    line,
    paragraph,
)

_NOTHING_WRITTEN = "Write down what was agreed in at least one section"


def _on(label: str) -> LocalDate:
    return LocalDate(
        label,
        [
            InputRequired("Enter the date"),
            NotAfter(lambda form: form.today, "Enter a date not later than today ({limit})"),
            NotBefore(lambda form: form.born_on, "Enter a date after the person's birth ({limit})"),
        ],
    )


class DatedForm(RegistryForm):
    """A form whose date is not after ``today``, the clinic's local date."""

    on = _on("Date")

    def __init__(self, *args: Any, today: date, born_on: date, **values: Any) -> None:
        self.today, self.born_on = today, born_on
        super().__init__(*args, **values)

    @property
    def day(self) -> date:
        """The date entered. Raises ``ValueError`` on a form that was not validated."""
        return self.on.day


class GoalForm(DatedForm):
    """A goal in the person's words."""

    words = line("What do you want? In the person's words", required="Write down the goal in the person's words")
    on = _on("Set on")


class ChangeGoalForm(GoalForm):
    """Another goal in the place of one."""

    why = line("What has changed?", required="Say what has changed")


class EndGoalForm(DatedForm):
    """What became of a goal."""

    how = RadioField(
        "What became of it?", [InputRequired("Choose what became of the goal")], choices=choices(GOAL_ENDS)
    )
    words = line("In words", required="Say it in words")


class RateForm(DatedForm):
    """How far the person says they are."""

    rating = WholeNumber(
        "How far are you, from 0 to 10?",
        [
            InputRequired("Enter a number from 0 to 10; 0 is a rating"),
            NumberRange(LEAST, MOST, "Enter a whole number from 0 to 10"),
        ],
        description="0 not at all, 10 there",
    )
    words = line("What makes it so?")


class PlanForm(DatedForm):
    """One version of a plan. Its sections are added by ``plan_form``."""

    opened_number = HiddenField(default="0", validators=[Optional(), Length(max=9)])
    on = _on("Talked through on")
    review_on = LocalDate("Look at it again on", [Optional()])
    took_part = line(
        "Who took part",
        required="Say who took part, the person first",
        hint="For example: Marisol, her sister, R. Osei",
    )

    def validate_review_on(self, field: Field) -> None:
        if field.data and self.on.data and field.data <= self.on.data:
            raise ValidationError("Enter a date after the plan was talked through")

    @property
    def seen_number(self) -> int:
        """The last version that was there when the form was opened; −1 for nonsense."""
        text = self.opened_number.data or ""
        return int(text) if text.isascii() and text.isdigit() else -1

    @property
    def sections(self) -> Mapping[str, str]:
        """What was written, by section."""
        return {name: field.data or "" for name, field in self._fields.items() if name in _KEYS}

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Likewise refuses a plan with nothing in it, beside its first section."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        if is_empty(self.sections):
            first = self._fields[next(iter(self.sections))]
            first.errors = [*first.errors, _NOTHING_WRITTEN]
            return False
        return is_valid

    def facts(self) -> PlanFacts:
        """What was entered."""
        return PlanFacts(
            written_on=self.day,
            review_on=self.review_on.data,
            took_part=self.took_part.data or "",
            sections=self.sections,
        )


_KEYS = frozenset(section.key for sections in SECTIONS.values() for section in sections)


class SafetyPlanForm(PlanForm):
    """A safety plan."""


class RelapsePlanForm(PlanForm):
    """A relapse-prevention plan."""


PLAN_FORMS: Mapping[str, type[PlanForm]] = {"safety": SafetyPlanForm, "relapse": RelapsePlanForm}

for _kind, _form in PLAN_FORMS.items():
    for _section in SECTIONS[_kind]:
        setattr(_form, _section.key, paragraph(_section.title, hint=_section.hint))
