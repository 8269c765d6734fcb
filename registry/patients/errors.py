"""What can be wrong with a person's record, each with its name."""

from __future__ import annotations

from datetime import date

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


class LegalStatusBefore(ValueError):
    """A legal status that would begin, or end, before ``began_on``, when what holds now began."""

    def __init__(self, began_on: date) -> None:
        super().__init__("what holds now began later")
        self.began_on = began_on
