"""Starting a treatment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import SelectField
from wtforms.fields import Field
from wtforms.validators import InputRequired, ValidationError

from registry.treatment.facts import TrialFacts
from registry.treatment.forms import (
    DoseForm,
    InjectionDoseForm,
    RhythmForm,
    class_field,
    happened_on_field,
    ingredient_field,
    offered_ingredients,
)
from registry.treatment.products import OTHER, may_be, medicines, products
from registry.treatment.rules import CLASSES, MAY_BE_MONITORED
from registry.web.form_fields import choices, line


class StartMedicationForm(DoseForm):
    """A medicine begins."""

    happened_on = happened_on_field("Started on")
    name = line("Medicine", required="Enter the name of the medicine", hint="For example: sertraline")
    medicine_class = class_field("Class")
    ingredient = ingredient_field()
    words = line("What for")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.ingredient.choices = choices({"": "Choose", **offered_ingredients()})

    def validate_ingredient(self, field: Field) -> None:
        looks_like = may_be(self.name.data or "")
        if field.data:
            return
        if looks_like is not None:
            raise ValidationError(f"Say whether this is {looks_like.name.lower()}, so that its tests are asked for")
        if self.medicine_class.data in MAY_BE_MONITORED:
            raise ValidationError("Say whether it is one of these, so that its tests are asked for")

    def trial(self) -> TrialFacts:
        return TrialFacts(
            kind="medication",
            name=self.name.data or "",
            medicine_class=self.medicine_class.data,
            ingredient=self.ingredient.data if self.ingredient.data in medicines() else None,
            start=self.facts("start"),
        )


class StartInjectionForm(InjectionDoseForm):
    """A long-acting injection begins."""

    happened_on = happened_on_field("First injection on, or due on")
    product = SelectField("Product", [InputRequired("Choose the product")])
    name = line("Name of another product")
    medicine_class = SelectField("Class of another product", choices=choices({"": "", **CLASSES}))
    words = line("What for")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        offered = {key: product.name for key, product in products().items()}
        self.product.choices = choices({"": "", **offered})

    def validate_name(self, field: Field) -> None:
        if self.product.data == OTHER and not field.data:
            raise ValidationError("Enter the name of the product")

    def validate_medicine_class(self, field: Field) -> None:
        if self.product.data == OTHER and not field.data:
            raise ValidationError("Choose the class of the product")

    def trial(self) -> TrialFacts:
        chosen = products()[self.product.data]
        return TrialFacts(
            kind="injection",
            name=(self.name.data or "") if chosen.key == OTHER else chosen.name,
            medicine_class=self.medicine_class.data if chosen.key == OTHER else chosen.medicine_class,
            product=chosen.key,
            start=self.facts("start"),
        )


class StartTherapyForm(RhythmForm):
    """A psychotherapy begins."""

    trial_kind = "therapy"
    happened_on = happened_on_field("Started on")
    name = line("Kind of therapy", required="Enter the kind of therapy", hint="For example: behavioural activation")
    words = line("What for, and with whom")

    def trial(self) -> TrialFacts:
        return TrialFacts(kind=self.trial_kind, name=self.name.data or "", start=self.facts("start"))


class StartOtherForm(StartTherapyForm):
    """Any other treatment begins."""

    trial_kind = "other"
    name = line("Treatment", required="Enter the treatment", hint="For example: light therapy, supported employment")


StartForm = StartMedicationForm | StartInjectionForm | StartTherapyForm

START_FORMS: Mapping[str, type[StartForm]] = {
    "medication": StartMedicationForm,
    "injection": StartInjectionForm,
    "therapy": StartTherapyForm,
    "other": StartOtherForm,
}
"""By kind of treatment."""
