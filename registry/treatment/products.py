"""The long-acting injections on offer, and the medicines that are monitored: read from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from registry.treatment.rules import CLASSES

SHIPPED = Path(__file__).with_name("injections.toml")
MONITORED = Path(__file__).with_name("medicines.toml")
OTHER = "other"
"""The product whose name is typed."""


class InvalidProduct(ValueError):
    """An entry of the file that cannot be used; says which and why."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product: its key, what people call it, the class of its medicine, and what is in it."""

    key: str
    name: str
    medicine_class: str
    substance: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine whose blood tests are asked for; ``words`` are pieces of names it may be typed under."""

    key: str
    name: str
    words: tuple[str, ...]


@cache
def medicines(path: Path = MONITORED) -> Mapping[str, Medicine]:
    """The monitored medicines by key."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {key: Medicine(key, table["name"], tuple(table["words"])) for key, table in tables["medicine"].items()}


def may_be(name: str) -> Medicine | None:
    """The monitored medicine a typed name looks like: to ask, never to conclude."""
    typed = name.casefold()
    return next((each for each in medicines().values() if any(word in typed for word in each.words)), None)


@cache
def substances(path: Path = MONITORED) -> Mapping[str, tuple[str, ...]]:
    """Antipsychotics by key, with the pieces of names they may be typed under."""
    with path.open("rb") as file:
        return {key: tuple(words) for key, words in tomllib.load(file)["substance"].items()}


def substance_of(*, name: str, product: str | None, ingredient: str | None) -> str:
    """What is in a medicine: two of the same are one medicine tried, whatever they are called and however given."""
    if ingredient is not None:
        return ingredient
    if product is not None and product != OTHER:
        return products()[product].substance
    typed = name.casefold()
    return next((key for key, words in substances().items() if any(word in typed for word in words)), typed)


@cache
def products(path: Path = SHIPPED) -> Mapping[str, Product]:
    """The products by key, in the order of the file. Raises ``InvalidProduct``."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {key: _product(key, table) for key, table in tables.get("product", {}).items()}


def _product(key: str, table: Mapping[str, object]) -> Product:
    name, medicine_class = table.get("name"), table.get("class", "antipsychotic")
    substance = table.get("substance", key)
    if unknown := table.keys() - {"name", "class", "substance"}:
        raise InvalidProduct(f"{key}: unknown entry {', '.join(sorted(unknown))}")
    if not isinstance(name, str) or not name.strip():
        raise InvalidProduct(f"{key}: name is missing")
    if medicine_class not in CLASSES:
        raise InvalidProduct(f"{key}: no such class: {medicine_class}")
    if "substance" in table and substance not in substances():
        raise InvalidProduct(f"{key}: no such substance: {substance}")
    return Product(key, name, str(medicine_class), str(substance))
