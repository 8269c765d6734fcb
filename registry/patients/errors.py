"""What can be wrong with a person's record, each with its name."""

from __future__ import annotations

from datetime import date

from registry.patients.models import Patient, PayerPeriod
from registry.web.filters import long_date


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


class PayersOverlap(ValueError):
    """Two primary payers on one day. ``payer`` and ``span`` tell of the one on record."""

    def __init__(self, period: PayerPeriod) -> None:
        super().__init__("two primary payers on one day")
        until = "" if period.ends_on is None else f" to {long_date(period.ends_on)}"
        self.payer, self.span = period.payer, f"from {long_date(period.starts_on)}{until}"
