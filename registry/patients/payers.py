"""Who pays for somebody's care, over time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

Span: TypeAlias = tuple[date, date | None]
"""First and last day, both included; without a last day it goes on."""


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    return (other[1] is None or one[0] <= other[1]) and (one[1] is None or other[0] <= one[1])


def first_overlap(span: Span, others: Iterable[Span]) -> Span | None:
    """The earliest of ``others`` that shares a day with ``span``, None where none does."""
    return min((other for other in others if overlap(span, other)), default=None, key=lambda other: other[0])
