"""What the browser needs to show a score while it is being entered: plain data, ready for JSON.

The browser only echoes; the score that counts is worked out by ``scoring`` when the form arrives.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from registry.measures.adding import adding
from registry.measures.course import Target
from registry.measures.instrument import Instrument, Item, Skip
from registry.measures.scale import Condition, Level, Rule, Scale

Plain = dict[str, Any]
"""JSON objects: what they hold is fixed by the functions below and their tests."""


def outline(instrument: Instrument, *, target: Target | None = None) -> Plain:
    """Items with what each answer is worth, what is not asked, and the scales with their arithmetic and bands.

    ``target`` belongs to the primary scale. Points are already turned round for reversed items. An answer without
    points is no information; an item without points is a number worth itself.
    """
    primary = instrument.primary_scale
    return {
        "id": instrument.id,
        "version": instrument.version,
        "items": [_item(item) for item in instrument.items],
        "either_or": [list(group) for group in instrument.either_or],
        "skips": [_skip(skip) for skip in instrument.skips],
        "scales": [_scale(instrument, scale, target if scale is primary else None) for scale in instrument.scales],
    }


def _item(item: Item) -> Plain:
    return {
        "id": item.id,
        "number": item.number,
        "optional": item.optional,
        "points": None if _is_worth_itself(item) else _keyed(item.worth()),
        "low": min(choice.value for choice in item.choices),
        "high": max(choice.value for choice in item.choices),
    }


def _is_worth_itself(item: Item) -> bool:
    """Of a number of days the browser needs the range, not a hundred answers one by one."""
    return item.is_number and not item.reversed


def _skip(skip: Skip) -> Plain:
    return {
        "when": _conditions(skip.when),
        "items": list(skip.items),
        "counts_as": skip.counts_as,
        "may_be_asked": skip.may_be_asked,
    }


def _scale(instrument: Instrument, scale: Scale, target: Target | None) -> Plain:
    plain: Plain = {"id": scale.id, "name": scale.name, "rule": scale.rule.value, "items": list(scale.items)}
    if scale.rule is Rule.CATEGORY:
        return plain | {"categories": _categories(instrument.item(scale.items[0]))}
    if scale.rule is Rule.CRITERIA:
        return plain | {"levels": [_level(level) for level in scale.levels]}
    return plain | {
        "is_profile": scale.is_profile,
        "minimum": _number(scale.minimum),
        "maximum": _number(scale.maximum),
        "better": scale.better.value,
        "places": [[list(slot) for slot in place] for place in adding(instrument, scale).places],
        "recoded": {item_id: _keyed(dict(recode.points)) for recode in scale.recodes for item_id in recode.items},
        "times": scale.times,
        "divided_by": scale.divided_by,
        "decimals": scale.decimals,
        "at_most_missing": scale.tolerated_missing,
        "cutoff": _number(scale.cutoff_in_force),
        "bands": [
            {"label": band.label, "low": _number(band.low), "high": _number(band.high), "severity": band.severity}
            for band in scale.bands
        ],
        "target": None if target is None else _target(target),
    }


def _categories(item: Item) -> Plain:
    """Answer → the name of its category; None for one that belongs to none."""
    return {str(choice.value): choice.category for choice in item.choices}


def _level(level: Level) -> Plain:
    return {
        "category": level.category,
        "label": level.label,
        "all": _conditions(level.all),
        "any": _conditions(level.any),
    }


def _conditions(conditions: Iterable[Condition]) -> list[Plain]:
    return [
        {"items": list(each.items), "from": each.low, "to": each.high, "at_least": each.at_least} for each in conditions
    ]


def _target(target: Target) -> Plain:
    return {"at_most": _number(target.at_most), "at_least": _number(target.at_least), "words": target.words()}


def _keyed(points: dict[int, int]) -> dict[str, int]:
    """As JSON has it: the answer is a name."""
    return {str(value): worth for value, worth in points.items()}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
