"""Ratings side by side, such as the domains of the CRDPSS, compared with those at the baseline. They are never added.

A profile is worse where one rating is, whatever the others do, and improving where one is better and none is worse.
"""

from decimal import Decimal
from typing import TypeAlias

from registry.measures.scale import Scale

Ratings: TypeAlias = tuple[int, ...]
"""One rating for each item of the scale, in its order."""

_BETWEEN = "-"


def written(ratings: Ratings) -> str:
    """As a profile is stored and printed: "3-1-0-2-1"."""
    return _BETWEEN.join(str(rating) for rating in ratings)


def ratings_of(text: str) -> Ratings:
    """What ``written`` wrote. Raises ValueError for anything else."""
    return tuple(int(rating) for rating in text.split(_BETWEEN))


def is_worse(scale: Scale, *, before: Ratings, after: Ratings) -> bool:
    """Whether a rating came to the level at which it is newly present, or rose by the points that count.

    Never by a number nobody signed for, nor between profiles of different length.
    """
    if len(before) != len(after):
        return False
    return any(_is_newly_present(scale, *pair) or _has_risen(scale, *pair) for pair in zip(before, after, strict=True))


def is_improving(scale: Scale, *, before: Ratings, after: Ratings) -> bool:
    """Whether at least one rating is better and none is worse; said only where it could be said that it got worse."""
    can_be_judged = scale.newly_present_in_force is not None and scale.risen_by_in_force is not None
    if not can_be_judged or len(before) != len(after):
        return False
    changes = [_worsening(scale, *pair) for pair in zip(before, after, strict=True)]
    return max(changes) <= 0 and min(changes) < 0


def _is_newly_present(scale: Scale, before: int, after: int) -> bool:
    level = scale.newly_present_in_force
    return (
        level is not None
        and scale.is_at_or_worse(Decimal(after), level)
        and not scale.is_at_or_worse(Decimal(before), level)
    )


def _has_risen(scale: Scale, before: int, after: int) -> bool:
    points = scale.risen_by_in_force
    return points is not None and _worsening(scale, before, after) >= points


def _worsening(scale: Scale, before: int, after: int) -> Decimal:
    return scale.worsening(before=Decimal(before), after=Decimal(after))
