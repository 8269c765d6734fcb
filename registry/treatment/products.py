"""The long-acting injections on offer, read from ``injections.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from registry.treatment.rules import CLASSES

SHIPPED = Path(__file__).with_name("injections.toml")
OTHER = "other"
"""The product whose name is typed."""


class InvalidProduct(ValueError):
    """An entry of the file that cannot be used; says which and why."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product: its key, what people call it, and the class of its medicine."""

    key: str
    name: str
    medicine_class: str


@cache
def products(path: Path = SHIPPED) -> Mapping[str, Product]:
    """The products by key, in the order of the file. Raises ``InvalidProduct``."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {key: _product(key, table) for key, table in tables.get("product", {}).items()}


def _product(key: str, table: Mapping[str, object]) -> Product:
    name, medicine_class = table.get("name"), table.get("class", "antipsychotic")
    if unknown := table.keys() - {"name", "class"}:
        raise InvalidProduct(f"{key}: unknown entry {', '.join(sorted(unknown))}")
    if not isinstance(name, str) or not name.strip():
        raise InvalidProduct(f"{key}: name is missing")
    if medicine_class not in CLASSES:
        raise InvalidProduct(f"{key}: no such class: {medicine_class}")
    return Product(key, name, str(medicine_class))
