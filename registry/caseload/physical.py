"""What is due, done and out of range of a person's physical health: what the page and the summary say of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.loading.physical import load_physical
from registry.alerts.loading.treatment import load_treatment
from registry.alerts.parameters import Numbers
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.health import yearly_until
from registry.alerts.rulebook.medication import Danger, critical_now, lapses, out_of_range_now
from registry.alerts.rulebook.monitoring import CheckDue, OutOfRange, checks_due, last_done
from registry.alerts.snapshot import CaseSnapshot, TreatmentFacts
from registry.clinics.models import Clinic
from registry.clinics.queries import clinics_by_id
from registry.episodes.models import Episode
from registry.episodes.queries import list_episodes
from registry.physical.catalogue import Check, catalogue


@dataclass(frozen=True, slots=True)
class YearlyPart:
    """A part of the yearly physical check: when it was last done, and whether that was within the year."""

    check: Check
    last_on: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class PhysicalHealth:
    """The checks medicines ask for by their day, the yearly check, what is critical and what else is beyond a limit."""

    due: Sequence[CheckDue]
    yearly: Sequence[YearlyPart]
    critical: Sequence[Danger]
    out_of_range: Sequence[OutOfRange]
    physical: PhysicalFacts

    @property
    def yearly_done(self) -> int:
        """How many parts of the yearly check were done within the year."""
        return sum(part.is_done for part in self.yearly)


def load_physical_health(patient_id: uuid.UUID, clinic: Clinic, today: date) -> PhysicalHealth:
    """By this clinic's numbers; what was never done is due from the day its care began."""
    zones = {clinic_id: each.zone for clinic_id, each in clinics_by_id().items()}
    physical = load_physical([patient_id], zones).get(patient_id, PhysicalFacts())
    treatment = load_treatment([patient_id]).get(patient_id, TreatmentFacts())
    numbers, begun_on = numbers_at(clinic.id), _begun_on(list_episodes(patient_id), clinic.id, today)
    case = CaseSnapshot(patient_id=str(patient_id), treatment=treatment, physical=physical)
    return PhysicalHealth(
        due=checks_due(treatment, physical, since=begun_on, numbers=numbers),
        yearly=_yearly(physical, numbers, today),
        critical=[*critical_now(case, Clock(today), numbers), *lapses(case, Clock(today), numbers)],
        out_of_range=out_of_range_now(case, Clock(today), numbers),
        physical=physical,
    )


def _begun_on(episodes: Sequence[Episode], clinic_id: uuid.UUID, today: date) -> date:
    here = next((each for each in episodes if each.is_open and each.clinic_id == clinic_id), None)
    return today if here is None else here.enrolled_on or here.referred_on


def _yearly(physical: PhysicalFacts, numbers: Numbers, today: date) -> list[YearlyPart]:
    until = yearly_until(physical, numbers)
    return [
        YearlyPart(check, last_done(check, physical), check.key in until and today <= until[check.key])
        for check in catalogue().yearly
    ]
