"""What clinics decided about instruments, beside what the instruments propose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.clinics.models import Clinic, InstrumentDecision
from registry.clinics.queries import list_instrument_decisions
from registry.measures.in_use import Decision, is_in_use
from registry.measures.instrument import Instrument


@dataclass(frozen=True, slots=True)
class ClinicUse:
    """One clinic, and its decisions by instrument."""

    clinic: Clinic
    decided: Mapping[str, InstrumentDecision]

    def uses(self, instrument: Instrument) -> bool:
        return is_in_use(instrument, self.decision(instrument))

    def decision(self, instrument: Instrument) -> Decision | None:
        """What the clinic said of it, if it said anything."""
        row = self.decided.get(instrument.id)
        return None if row is None else Decision(row.in_use, is_non_commercial=row.is_non_commercial)


def use_at(clinics: Iterable[Clinic]) -> tuple[ClinicUse, ...]:
    """The decisions of each of these clinics, in their order; one statement."""
    listed = list(clinics)
    rows = list_instrument_decisions([clinic.id for clinic in listed])
    return tuple(
        ClinicUse(clinic, {row.instrument: row for row in rows if row.clinic_id == clinic.id}) for clinic in listed
    )
