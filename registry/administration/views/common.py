"""What the pages of administration share: their blueprint, and what each that is a form has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from registry.web.form_fields import RegistryForm

blueprint = Blueprint("administration", __name__, url_prefix="/administration")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A form, and the way back from it."""

    title: str
    form: RegistryForm
    back_url: str

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)
