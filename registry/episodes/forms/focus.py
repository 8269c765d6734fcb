"""What an episode follows: measures and how often, targets, conditions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectField
from wtforms.fields import SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from registry.episodes.facts import TargetWish, Tracking
from registry.episodes.forms.dated import ChangeForm
from registry.episodes.rules import CONDITIONS
from registry.measures.scale import Better, Scale
from registry.web.form_fields import FiniteDecimal, LocalDate, WholeNumber, choices

CADENCE = NumberRange(1, 730, message="Enter how often in days, from 1 to 730")


class TrackForm(Form):
    """One scale: whether it is tracked, how often, and its target."""

    is_tracked = BooleanField("Track")
    cadence_days = WholeNumber("Every (days)", [Optional(), CADENCE])
    level = FiniteDecimal("Target", [Optional()], places=None)

    def tracking(self, scale_key: str, default_days: int) -> Tracking:
        return Tracking(scale=scale_key, cadence_days=self.cadence_days.data or default_days)


def wish(scale_key: str, scale: Scale, level: Decimal, *, why: str = "") -> TargetWish:
    """A target on the right side of a scale: at most where lower is better."""
    if scale.better is Better.LOWER:
        return TargetWish(scale=scale_key, at_most=level, why=why)
    return TargetWish(scale=scale_key, at_least=level, why=why)


def field_name(scale_key: str) -> str:
    """The name of a scale's fields: ``phq-9:total`` → ``phq_9__total``."""
    return scale_key.replace("-", "_").replace(":", "__")


class TargetForm(ChangeForm):
    kind = RadioField(
        "Target",
        choices=choices([("level", "A level to reach"), ("hold", "Best achievable: hold, and look again")]),
        default="level",
    )
    level = FiniteDecimal("Level", [Optional()], places=None)
    review_by = LocalDate("Look again by", [Optional()], description="For a target to hold: within six months")

    def validate(self, extra_validators: Any = None) -> bool:
        """An empty level is an error only where a level was chosen: its own validators stop at an empty one."""
        is_valid = bool(super().validate(extra_validators))
        if self.kind.data == "level" and self.level.data is None and not self.level.errors:
            self.level.errors = ["Enter the level to reach"]
            return False
        return is_valid

    def wish(self, scale_key: str, scale: Scale) -> TargetWish:
        if self.kind.data == "hold":
            return TargetWish(scale=scale_key, is_hold=True, review_by=self.review_by.data)
        if self.level.data is None:
            raise ValueError("a form that was not validated")
        return wish(scale_key, scale, self.level.data)


class TrackingForm(ChangeForm):
    scale = SelectField("Measure", [InputRequired("Choose a measure")])
    cadence_days = WholeNumber("Every (days)", [InputRequired("Enter how often in days"), CADENCE])
    on_request = BooleanField(
        "Tell me when this one is off target too",
        description="The metric primary always tells. Tick it for a measure that is as important for this person",
    )


class StopTrackingForm(ChangeForm):
    """From which day a scale is followed no longer."""


class ConditionsForm(ChangeForm):
    conditions = SelectMultipleField(
        "Conditions",
        [InputRequired("Choose at least one condition")],
        choices=choices(CONDITIONS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
