"""What the browser needs to show a score while it is being entered: plain data, ready for JSON.

The browser only echoes; the score that counts is worked out by ``scoring`` when the form arrives.
"""

from decimal import Decimal
from typing import Any

from registry.measures.course import Target
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Rule, Scale

Plain = dict[str, Any]
"""JSON objects: what they hold is fixed by the functions below and their tests."""


def outline(instrument: Instrument, *, target: Target | None = None) -> Plain:
    """Items with what each answer is worth, and the scales with their bands.

    ``target`` belongs to the primary scale. Points are already turned round for reversed items, so
    adding them up is all that is left to do. An answer without points is no information.
    """
    primary = instrument.primary_scale
    return {
        "id": instrument.id,
        "version": instrument.version,
        "items": [_item(item) for item in instrument.items],
        "scales": [_scale(scale, target if scale is primary else None) for scale in instrument.scales],
    }


def _item(item: Item) -> Plain:
    return {
        "id": item.id,
        "number": item.number,
        "optional": item.optional,
        "points": {str(value): points for value, points in item.worth().items()},
        "safety_positive_from": item.safety_positive_from,
    }


def _scale(scale: Scale, target: Target | None) -> Plain:
    plain: Plain = {"id": scale.id, "name": scale.name, "rule": scale.rule.value, "items": list(scale.items)}
    if scale.rule is Rule.CATEGORY:
        return plain
    return plain | {
        "minimum": _number(scale.minimum),
        "maximum": _number(scale.maximum),
        "better": scale.better.value,
        "at_most_missing": 0 if scale.prorating is None else scale.prorating.at_most_missing,
        "cutoff": _number(scale.cutoff_in_force),
        "bands": [
            {"label": band.label, "low": _number(band.low), "high": _number(band.high), "severity": band.severity}
            for band in scale.bands
        ],
        "target": None if target is None else _target(target),
    }


def _target(target: Target) -> Plain:
    return {"at_most": _number(target.at_most), "at_least": _number(target.at_least), "words": target.words()}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
