"""Conditions over answers, when some answers are missing: true, false, or not known yet.

A result is named only where no missing answer could change it: an unanswered question never makes a risk low.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from registry.measures.scale import Condition, Level, Scale


class Truth(Enum):
    """Whether a condition holds; UNKNOWN while a missing answer decides."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def holds(condition: Condition, values: Mapping[str, int]) -> Truth:
    """Whether enough of the condition's items have a counting answer. An item not in ``values`` is missing."""
    counting = sum(condition.is_met_by(values[item]) for item in condition.items if item in values)
    if counting >= condition.at_least:
        return Truth.TRUE
    missing = sum(item not in values for item in condition.items)
    return Truth.UNKNOWN if counting + missing >= condition.at_least else Truth.FALSE


def holds_all(conditions: Iterable[Condition], values: Mapping[str, int]) -> Truth:
    """Whether every one holds; one that does not decides."""
    found = {holds(condition, values) for condition in conditions}
    return next((truth for truth in (Truth.FALSE, Truth.UNKNOWN) if truth in found), Truth.TRUE)


def holds_any(conditions: Iterable[Condition], values: Mapping[str, int]) -> Truth:
    """Whether one of them holds; one that does decides."""
    found = {holds(condition, values) for condition in conditions}
    return next((truth for truth in (Truth.TRUE, Truth.UNKNOWN) if truth in found), Truth.FALSE)


def level_of(scale: Scale, values: Mapping[str, int]) -> Level | None:
    """The first level that holds; None while a missing answer could still make it another, or where none holds."""
    for level in scale.levels:
        truth = _level_holds(level, values)
        if truth is Truth.TRUE:
            return level
        if truth is Truth.UNKNOWN:
            return None
    return None


def at_least(scale: Scale, values: Mapping[str, int]) -> Level | None:
    """The worst level that is certain whatever the missing answers are; None where none is.

    The last level of all is no finding: it is what is left when nothing else holds.
    """
    certain = (level for level in scale.levels if not level.is_otherwise)
    return next((level for level in certain if _level_holds(level, values) is Truth.TRUE), None)


def _level_holds(level: Level, values: Mapping[str, int]) -> Truth:
    parts = {holds_all(level.all, values), holds_any(level.any, values) if level.any else Truth.TRUE}
    return next((truth for truth in (Truth.FALSE, Truth.UNKNOWN) if truth in parts), Truth.TRUE)
