"""Pieces of FHIRPath, each a text that stands for itself wherever it is put."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Final

from registry.exchange.fhir.terms import DATA_ABSENT

NOTHING: Final = "{}"
"""The empty collection: no score, never 0."""


def quoted(text: str) -> str:
    """A literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def one_of(texts: Iterable[str]) -> str:
    """A collection of literals, to be asked with ``in``."""
    return f"({' | '.join(quoted(text) for text in texts)})"


def answers(link_ids: Iterable[str]) -> str:
    """The answers to these items, wherever in the response they stand."""
    return f"%resource.repeat(item).where(linkId in {one_of(link_ids)}).answer.value"


def declined(link_id: str) -> str:
    """Whether this item was asked and refused, which a response says beside an item without an answer."""
    reason = f"extension.where(url = {quoted(DATA_ABSENT)} and value = 'asked-declined')"
    return f"%resource.repeat(item).where(linkId = {quoted(link_id)}).{reason}.exists()"


def together(collections: Sequence[str]) -> str:
    """Several collections as one, values that are equal kept apart."""
    first, *others = collections
    return "".join([first, *(f".combine({other})" for other in others)])


def if_else(condition: str, then: str, otherwise: str = NOTHING) -> str:
    return f"iif({condition}, {then}, {otherwise})"


def every(conditions: Iterable[str]) -> str:
    return f"({' and '.join(conditions)})"


def some(conditions: Iterable[str]) -> str:
    return f"({' or '.join(conditions)})"


def is_among(numbers: Collection[int]) -> str:
    """Whether ``$this`` is one of these whole numbers, told by the ranges they make up."""
    return some(f"($this >= {low} and $this <= {high})" for low, high in _ranges(numbers))


def _ranges(numbers: Collection[int]) -> list[tuple[int, int]]:
    ordered = sorted(numbers)
    breaks = [(before, after) for before, after in pairwise(ordered) if after != before + 1]
    lows = [ordered[0], *(after for _, after in breaks)]
    highs = [*(before for before, _ in breaks), ordered[-1]]
    return list(zip(lows, highs, strict=True))
