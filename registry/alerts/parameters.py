"""The rulebook's numbers as data: shipped in ``parameters.toml``, changed by a clinic, never written in code."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

SHIPPED = Path(__file__).with_name("parameters.toml")
RESPONSE_TIMES = Path(__file__).with_name("response_times.toml")


class Status(StrEnum):
    """Whether a number is in force, and on whose word."""

    SOURCED = "sourced"
    CLINIC_ADOPTED = "clinic-adopted"
    OFF = "off"


class AnothersToDecide(PermissionError):
    """A clinical number set without a signature, or a signature for one that is the lead's to set."""


class InvalidParameter(ValueError):
    """A parameter, shipped or set by a clinic, that cannot be used; says which and why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of one rule. ``least`` and ``most`` bound what a clinic may set; ``required`` forbids "off".

    ``clinical``: a psychiatrist of the clinic signs for it; else its lead sets it. ``edition`` counts up when the file
    gives the number another meaning, unit or ground: who signed for it before did not sign for that.
    """

    id: str
    number: int
    unit: str
    meaning: str
    source: str
    status: Status
    least: int
    most: int
    required: bool = False
    clinical: bool = False
    edition: int = 1

    @property
    def in_force_as_shipped(self) -> bool:
        """Whether the number counts before any clinic has decided about it."""
        return self.status is Status.SOURCED

    def check(self, number: int) -> None:
        """Raises InvalidParameter where ``number`` is outside what may be set."""
        if not self.least <= number <= self.most:
            raise InvalidParameter(f"{self.id}: {number} is not between {self.least} and {self.most} {self.unit}")


@dataclass(frozen=True, slots=True)
class ClinicNumber:
    """What a clinic decided about one parameter: a number it adopted, or None to switch it off."""

    number: int | None
    signed_edition: int | None = None
    """Which ``Parameter.edition`` a psychiatrist signed for; None where a lead set the number."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers in force at one clinic."""

    parameters: Mapping[str, Parameter]
    decided: Mapping[str, ClinicNumber] = field(default_factory=dict)
    _in_force: Mapping[str, int | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for id_, decision in self.decided.items():
            self.check(id_, decision)
        numbers = {id_: each.number if each.in_force_as_shipped else None for id_, each in self.parameters.items()}
        numbers |= {id_: decision.number for id_, decision in self.decided.items()}
        object.__setattr__(self, "_in_force", numbers)  # asked for a hundred times a person

    def check(self, id_: str, decision: ClinicNumber) -> None:
        """Raises InvalidParameter for a decision that cannot stand."""
        if id_ not in self.parameters:
            raise InvalidParameter(f"{id_}: no rule has this number")
        parameter = self.parameters[id_]
        if decision.number is not None:
            parameter.check(decision.number)
        elif parameter.required:
            raise InvalidParameter(f"{id_}: a safety number can be changed but not switched off")

    def stands(self, id_: str, decision: ClinicNumber) -> bool:
        """Whether a decision on record can still stand.

        A release may have narrowed what may be set, dropped the number, or made it another one to sign for.
        """
        try:
            self.check(id_, decision)
        except InvalidParameter:
            return False
        return self.is_signed_for(id_, decision)

    def is_signed_for(self, id_: str, decision: ClinicNumber) -> bool:
        """Whether nobody has to sign, or somebody signed for this edition. Raises KeyError for an unknown id."""
        parameter = self.parameters[id_]
        return not parameter.clinical or decision.signed_edition == parameter.edition

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def get(self, id_: str) -> int | None:
        """The number in force, or None where it is off or not adopted. Raises KeyError for an unknown id."""
        return self._in_force[id_]

    def required(self, id_: str) -> int:
        """A number that cannot be off. Raises InvalidParameter for one that can."""
        number = self.get(id_)
        if number is None or not self.parameters[id_].required:
            raise InvalidParameter(f"{id_}: may be off, so it cannot be relied on")
        return number

    def at_clinic(self, decided: Mapping[str, ClinicNumber]) -> "Numbers":
        """These parameters with a clinic's decisions. Raises InvalidParameter for a decision that cannot stand."""
        return Numbers(self.parameters, dict(decided))

    def at_clinic_today(self, decided: Mapping[str, ClinicNumber]) -> "Numbers":
        """As ``at_clinic``, of decisions on record: where one can no longer stand, the number as shipped counts."""
        return self.at_clinic({id_: decision for id_, decision in decided.items() if self.stands(id_, decision)})

    @property
    def fingerprint(self) -> str:
        """Changes whenever a number in force changes: the sign to check every case again."""
        lines = "\n".join(f"{id_}={self.get(id_)}" for id_ in sorted(self.parameters))
        return hashlib.sha256(lines.encode()).hexdigest()


_FIELDS = frozenset(
    {"number", "unit", "meaning", "source", "status", "least", "most", "required", "clinical", "edition"}
)


def load(path: Path = SHIPPED) -> Numbers:
    """The numbers as shipped, before any clinic's decision. Raises InvalidParameter naming the table that is wrong."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    parameters = [
        _parameter(f"{rule}.{name}", table)
        for rule, names in tables["parameter"].items()
        for name, table in names.items()
    ]
    return Numbers({parameter.id: parameter for parameter in parameters})


def _parameter(id_: str, table: Mapping[str, object]) -> Parameter:
    if unknown := table.keys() - _FIELDS:
        raise InvalidParameter(f"{id_}: unknown entry {', '.join(sorted(unknown))}")
    try:
        status = Status(_text(id_, table, "status"))
    except ValueError as error:
        raise InvalidParameter(f"{id_}: {error}") from error
    parameter = Parameter(
        id=id_,
        number=_number(id_, table, "number"),
        unit=_text(id_, table, "unit"),
        meaning=_text(id_, table, "meaning"),
        source=_text(id_, table, "source"),
        status=status,
        least=_number(id_, table, "least"),
        most=_number(id_, table, "most"),
        required=table.get("required") is True,
        clinical=table.get("clinical") is True,
        edition=_number(id_, {"edition": 1, **table}, "edition"),
    )
    parameter.check(parameter.number)
    if parameter.required and status is not Status.SOURCED:
        raise InvalidParameter(f"{id_}: a required number must be sourced")
    if status is Status.CLINIC_ADOPTED and not parameter.clinical:
        raise InvalidParameter(f"{id_}: what stands on consensus is clinical")
    return parameter


def _text(id_: str, table: Mapping[str, object], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidParameter(f"{id_}: {name} is missing")
    return value


def _number(id_: str, table: Mapping[str, object], name: str) -> int:
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidParameter(f"{id_}: {name} is not a whole number")
    return value
