"""What can be wrong with a person's record, each with its name."""

from __future__ import annotations

from registry.patients.models import Patient


class DuplicateMrn(ValueError):
    """A patient this work may see has this record number."""

    def __init__(self, patient: Patient) -> None:
        super().__init__("that record number is in use")
        self.patient = patient


class KnownElsewhere(ValueError):
    """The organisation knows this record number from another clinic; nothing more may be said."""


class ImpossibleBirthDate(ValueError):
    """A birth date in the future, or after something that already happened to the person."""
