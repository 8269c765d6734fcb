"""Structured measures without a number, such as housing and work, over time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.measures.scale import Loss, Scale


@dataclass(frozen=True, slots=True)
class DatedCategory:
    """A category on the local date of service."""

    on: date
    category: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LossFound:
    """The latest change of category was a loss: what was, what is, and since when it is known."""

    before: DatedCategory
    after: DatedCategory


def is_loss(scale: Scale, *, before: str, after: str) -> bool:
    """Whether going from one category to the other is a loss, by the instrument's file."""
    return Loss(before=before, after=after) in scale.losses


def latest_loss(scale: Scale, history: Iterable[DatedCategory]) -> LossFound | None:
    """The loss the latest category amounts to, or None.

    Interludes (a hospital stay is neither a home nor the loss of one) are stepped over, so housed,
    hospital, homeless is a loss, and housed, hospital is not one yet. On one day the category that
    would be a loss after the others stands last.
    """
    lasting = [each for each in history if each.category not in scale.interludes]
    in_order = sorted(lasting, key=lambda each: (each.on, _severity(scale, each.category), str(each.id)))
    if len(in_order) < 2:
        return None
    before, after = in_order[-2:]
    return LossFound(before, after) if is_loss(scale, before=before.category, after=after.category) else None


def _severity(scale: Scale, category: str) -> int:
    return sum(loss.after == category for loss in scale.losses)
