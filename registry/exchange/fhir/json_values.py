"""JSON as FHIR wants it: numbers without binary noise, and nothing empty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def plain_number(value: Decimal) -> int | float:
    """A whole number as an integer, another as the decimal it is: a score has two places at most."""
    return int(value) if value == value.to_integral_value() else float(value)


def without_empty(value: Any) -> Any:
    """The same without lists and objects that hold nothing, which FHIR forbids."""
    if isinstance(value, dict):
        kept = {key: without_empty(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in ([], {}, None, "")}
    return [without_empty(each) for each in value] if isinstance(value, list) else value
