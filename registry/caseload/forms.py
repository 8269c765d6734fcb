"""Choosing columns, saving a view, and giving several people to a care manager."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.fields import Field
from wtforms.validators import ValidationError

from registry.caseload.rules import LONGEST_VIEW_NAME
from registry.web.form_fields import RegistryForm, choices, line

ONLY_MINE = ""


class ColumnsForm(RegistryForm):
    """The columns, in the order of their boxes."""


class SaveViewForm(RegistryForm):
    """A name for the list as it stands, and who sees it."""

    name = line(
        "Name",
        required="Enter a name for this view",
        longest=LONGEST_VIEW_NAME,
        hint="No patient's name: others see it",
    )
    clinic = SelectField("Who sees it", validate_choice=False)

    def __init__(self, *args: Any, clinics: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(*args, **values)
        self.clinic.choices = choices(
            [(ONLY_MINE, "Only me"), *((key, f"Everybody at {name}") for key, name in clinics)]
        )
        self._known = {ONLY_MINE, *(key for key, _name in clinics)}

    def validate_clinic(self, field: Field) -> None:
        if field.data is None:
            field.data = ONLY_MINE
        if field.data not in self._known:
            raise ValidationError("Choose one of your clinics")

    @property
    def clinic_id(self) -> uuid.UUID | None:
        return uuid.UUID(self.clinic.data) if self.clinic.data else None


class AssignForm(RegistryForm):
    """Who is to be the care manager of the people that were chosen."""

    to_user_id = SelectField("Care manager", validate_choice=False)

    def validate_to_user_id(self, field: SelectField) -> None:
        if not field.data or field.data not in (value for value, *_ in field.iter_choices()):
            raise ValidationError("Choose a care manager")
