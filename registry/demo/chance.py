"""Chance that can be repeated: the same words give the same dice."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TypeVar

Kind = TypeVar("Kind")


def dice(*words: object) -> Random:
    """Dice of their own for one purpose, so that another draw elsewhere changes nothing here."""
    return Random(":".join(str(word) for word in words))  # noqa: S311  # invents people, keeps no secret


def weighted(roll: Random, shares: Mapping[Kind, float]) -> Kind:
    """One of the keys, as often as its share says."""
    at = roll.random() * sum(shares.values())
    for kind, share in shares.items():
        at -= share
        if at < 0:
            return kind
    return kind


def happens(roll: Random, share: float) -> bool:
    """True in ``share`` (0 to 1) of the cases."""
    return roll.random() < share
