"""What can be observed, in which units, and which checks it answers: read from ``observations.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("observations.toml")


class InvalidObservation(ValueError):
    """An entry of the file that cannot be used; says which and why."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit a value may be entered in: what is possible in it, and one of it in the unit rules count in."""

    name: str
    factor: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Kind:
    """What is observed: a value in one of ``units``, of which ``second`` names another beside it, or one of
    ``choices``."""

    key: str
    name: str
    group: str
    units: Mapping[str, Unit]
    choices: Mapping[str, str]
    second: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked for again and again: done where one of these observations, or forms, is on record.

    ``is_yearly``: one of those of the yearly physical check.
    """

    key: str
    name: str
    observations: Sequence[str]
    instruments: Sequence[str]
    is_yearly: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole file. ``groups`` are headings by key."""

    groups: Mapping[str, str]
    kinds: Mapping[str, Kind]
    checks: Mapping[str, Check]

    @property
    def yearly(self) -> Sequence[Check]:
        """The parts of the yearly physical check."""
        return [check for check in self.checks.values() if check.is_yearly]

    @property
    def instruments(self) -> frozenset[str]:
        """The forms that answer a check."""
        return frozenset(each for check in self.checks.values() for each in check.instruments)


@cache
def catalogue(path: Path = SHIPPED) -> Catalogue:
    """What can be observed, in the order of the file. Raises ``InvalidObservation``."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    groups = {key: str(table["name"]) for key, table in tables["group"].items()}
    kinds = {key: _kind(key, table, groups) for key, table in tables["observation"].items()}
    return Catalogue(groups, kinds, {key: _check(key, table, kinds) for key, table in tables["check"].items()})


def _kind(key: str, table: Mapping[str, Any], groups: Mapping[str, str]) -> Kind:
    if unknown := table.keys() - {"name", "group", "unit", "choices", "second"}:
        raise InvalidObservation(f"{key}: unknown entry {', '.join(sorted(unknown))}")
    if table.get("group") not in groups or not table.get("name"):
        raise InvalidObservation(f"{key}: name or group is missing")
    units = {name: _unit(key, name, entry) for name, entry in table.get("unit", {}).items()}
    choices = dict(table.get("choices", {}))
    if bool(units) == bool(choices):
        raise InvalidObservation(f"{key}: has either units or choices")
    return Kind(key, table["name"], table["group"], units, choices, table.get("second", ""))


def _unit(key: str, name: str, entry: Mapping[str, str]) -> Unit:
    try:
        unit = Unit(name, *(Decimal(entry[each]) for each in ("factor", "least", "most")))
    except (KeyError, InvalidOperation) as error:
        raise InvalidObservation(f"{key}: {name} lacks its factor, or what is possible") from error
    if unit.factor <= 0 or unit.least >= unit.most:
        raise InvalidObservation(f"{key}: {name} is no unit")
    return unit


def _check(key: str, table: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Check:
    observations = tuple(table.get("observations", ()))
    if not observations or not kinds.keys() >= set(observations):
        raise InvalidObservation(f"{key}: asks for what cannot be observed")
    return Check(key, table["name"], observations, tuple(table.get("instruments", ())), table.get("yearly") is True)
