"""Where somebody lives and works as it was last said: by a measure, or by whoever told of a home or a job."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registry.measures.categories import DatedCategory

LOST, FOUND = "lost", "found"
"""Beside the categories of the instruments: what was told between two measures."""


def in_order(measured: Iterable[DatedCategory], told: Iterable[tuple[date, bool]]) -> list[DatedCategory]:
    """The categories of one domain, oldest first, with the days on which somebody told of a loss (True) or of the
    contrary. A measure of the same day knew of it.
    """
    turns = [(on, False, DatedCategory(on, LOST if is_loss else FOUND)) for on, is_loss in told]
    asked = [(each.on, True, each) for each in measured]
    return [each for _on, _was_asked, each in sorted((*turns, *asked), key=lambda entry: entry[:2])]
