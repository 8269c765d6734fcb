"""What an observation may say, and how it is written. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from registry.physical.catalogue import Kind

SOURCES: Mapping[str, str] = {
    "here": "Measured or asked here",
    "laboratory": "Laboratory report",
    "elsewhere": "Told by another service",
    "person": "The person says so",
}

STATUSES = ("final", "amended", "entered-in-error")


def impossible(kind: Kind, value: Decimal, unit: str) -> str | None:
    """Why no adult has this value in this unit, or ``None``."""
    possible = kind.units.get(unit)
    if possible is None:
        return "Choose the unit"
    if not possible.least <= value <= possible.most:
        return f"Enter a value between {plain(possible.least)} and {plain(possible.most)} {unit}: check value and unit"
    return None


def told(kind: Kind, value: Decimal | None, second: Decimal | None, unit: str, choice: str) -> str:
    """An observation as people write it: "0.82 mmol/L", "128/82 mmHg", "Smokes now"."""
    if value is None:
        return kind.choices.get(choice, choice)
    figures = plain(value) if second is None else f"{plain(value)}/{plain(second)}"
    return f"{figures} {unit}"


def first_to_say(row: Any, rows: Mapping[uuid.UUID, Any]) -> Any:
    """The row by which this value was entered first: correcting anything else about it makes it no other result, and
    no later one.

    ``rows``: the person's observations by id, what was replaced among them.
    """
    first = row
    while (before := rows.get(first.replaces_id)) is not None and _result(before) == _result(row):
        first = before
    return first


def _result(row: Any) -> tuple[Any, ...]:
    return row.kind, row.value, row.second, row.unit, row.choice


def plain(value: Decimal) -> str:
    """A figure without trailing zeros: "84", "0.8"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
