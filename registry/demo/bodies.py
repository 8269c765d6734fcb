"""What was weighed, counted and asked of an invented person, as medicines and the yearly check ask for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from registry.alerts.clinic_numbers import shipped
from registry.alerts.protocols import Protocol, protocols
from registry.demo.chance import happens
from registry.demo.spans import workday
from registry.physical.catalogue import catalogue
from registry.physical.facts import ObservationFacts

_MISSED = 0.03
"""Share of checks nobody did when they were due: the next one comes an interval later."""
_YEARLY_PART_DONE = 0.93


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine from a day until another: what protocols call it, and the days its dose changed."""

    keys: frozenset[str]
    starts_on: date
    ends_on: date
    changes: Sequence[date] = ()


@dataclass(slots=True)
class _Body:
    """How somebody is on the whole; single values vary around it."""

    roll: Random
    weight: float
    systolic: float
    hba1c: float
    tobacco: str
    alcohol: str

    def told(self, check: str, on: date, *, gains: bool) -> Iterator[ObservationFacts]:
        """What a check found."""
        if check == "weight":
            self.weight += self.roll.gauss(0.15 if gains else 0, 0.35)
            yield _value("weight", on, f"{self.weight:.1f}", "kg")
        elif check == "blood-pressure":
            upper = round(self.roll.gauss(self.systolic, 5))
            yield _value("blood-pressure", on, str(upper), "mmHg", second=str(round(upper * 0.62)))
        elif check == "glucose":
            yield _value("hba1c", on, f"{self.roll.gauss(self.hba1c, 0.1):.1f}", "%")
        elif check == "lipids":
            for lipid, (usual, around) in _LIPIDS.items():
                yield _value(lipid, on, str(max(20, round(self.roll.gauss(usual, around)))), "mg/dL")
        elif check in _CHOICES:
            answer = {"smoking": self.tobacco, "alcohol": self.alcohol}.get(check, "none")
            yield ObservationFacts(kind=check, taken_on=on, source="here", choice=answer)
        else:
            kind, middle, spread, places, unit = _TESTS[check]
            yield _value(kind, on, f"{max(middle * 0.5, self.roll.gauss(middle, spread)):.{places}f}", unit)


_CHOICES = frozenset({"smoking", "alcohol", "movement"})
_LIPIDS: Mapping[str, tuple[int, int]] = {"ldl": (112, 24), "hdl": (50, 9), "triglycerides": (132, 38)}
_TESTS: Mapping[str, tuple[str, float, float, int, str]] = {
    "anc": ("anc", 3900, 800, 0, "per µL"),
    "lithium": ("lithium", 0.76, 0.09, 2, "mmol/L"),
    "kidney": ("egfr", 92, 9, 0, "mL/min/1.73 m²"),
    "thyroid": ("tsh", 2.1, 0.6, 2, "mIU/L"),
    "calcium": ("calcium", 9.4, 0.2, 1, "mg/dL"),
    "liver": ("alt", 25, 7, 0, "U/L"),
    "platelets": ("platelets", 250, 40, 0, "×10⁹/L"),
    "waist": ("waist", 94, 9, 0, "cm"),
}
_MEASURED_HERE = frozenset({"weight", "waist", "blood-pressure"})


def _value(kind: str, on: date, value: str, unit: str, *, second: str | None = None) -> ObservationFacts:
    return ObservationFacts(
        kind=kind,
        taken_on=on,
        source="here" if kind in _MEASURED_HERE else "laboratory",
        value=Decimal(value),
        second=None if second is None else Decimal(second),
        unit=unit,
    )


def observed(roll: Random, taken: Sequence[Taken], *, begun_on: date, until: date) -> list[ObservationFacts]:
    """All that was observed between the enrolment and a day, oldest first."""
    body = _Body(
        roll=roll,
        weight=roll.gauss(84, 14),
        systolic=roll.gauss(121, 9),
        hba1c=roll.gauss(5.5, 0.4),
        tobacco=roll.choice(["never", "former", "current", "current"]),
        alcohol=roll.choice(["none", "none", "low", "risky"]),
    )
    gains = any("antipsychotic" in each.keys for each in taken)
    days = {(day, check) for each in taken for day, check in _asked(roll, each, begun_on, until)}
    yearly_on = workday(begun_on + timedelta(days=roll.randint(7, 50)))
    parts = [check.key for check in catalogue().checks.values() if check.is_yearly]
    days |= {(yearly_on, check) for check in parts if happens(roll, _YEARLY_PART_DONE)}
    return [facts for day, check in sorted(days) if day <= until for facts in body.told(check, day, gains=gains)]


def _asked(roll: Random, taken: Taken, begun_on: date, until: date) -> Iterator[tuple[date, str]]:
    """The days on which a medicine's checks were done."""
    late = roll.randint(0, 1)
    last = min(taken.ends_on, until)
    for protocol in protocols():
        if protocol.exposure in taken.keys:
            yield from _done(roll, protocol, taken.starts_on, max(taken.starts_on, begun_on), last, late)
            if protocol.after_change is not None:
                yield from ((workday(on + timedelta(days=7)), protocol.check) for on in taken.changes if on < last)


def _done(
    roll: Random, protocol: Protocol, starts_on: date, first: date, last: date, late: int
) -> Iterator[tuple[date, str]]:
    numbers, on = shipped(), first
    while on <= last:
        if not happens(roll, _MISSED):
            yield workday(on), protocol.check
        every = protocol.interval((on - starts_on).days, numbers)
        if every is None:
            every = numbers.parameters[protocol.stages[0].every].number
        on += timedelta(days=every + late)
