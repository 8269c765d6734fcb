"""Administrations of one instrument side by side: item by item over the dates, and two of them compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registry.measurements.models import Measurement
from registry.measurements.presenters.words import given_words, show_score
from registry.measurements.scores import definition_of, score_again
from registry.measurements.wordings import in_own_words
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale
from registry.measures.scoring import Scoring
from registry.web.filters import long_date, short_date, signed

NOT_ON_FORM = "Not on this form"
"""An item or scale another version of the instrument has."""

COLUMNS = 8
"""How many administrations stand side by side in the item table."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A measurement with what it says, worked out once."""

    row: Measurement
    definition: Instrument
    scoring: Scoring

    @property
    def counts(self) -> bool:
        return self.row.status == "final"


def scored(measurements: Sequence[Measurement]) -> list[Scored]:
    """The measurements with their scores, in the order given."""
    found = []
    for row in measurements:
        definition = in_own_words(definition_of(row))
        found.append(Scored(row, definition, score_again(row, definition)))
    return found


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item over the dates; for a comparison the last cell is the difference."""

    label: str
    cells: tuple[str, ...]
    is_changed: bool = False
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class ItemTable:
    """Answers side by side."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[ItemRow, ...]


def item_table(entries: Sequence[Scored], *, today: date) -> ItemTable | None:
    """The latest administrations that count, oldest on the left; nothing where none has answers."""
    shown = [entry for entry in entries if entry.counts and entry.row.answers is not None][:COLUMNS][::-1]
    if not shown:
        return None
    return ItemTable(
        caption=f"{shown[-1].definition.short_title}, item by item",
        headings=("Item", *(short_date(entry.row.taken_on, today=today) for entry in shown)),
        rows=_item_rows(shown),
    )


def comparison(first: Scored, second: Scored) -> ItemTable:
    """Two administrations side by side, item by item, with the difference of their points."""
    rows = []
    for item in second.definition.items:
        words = tuple(_given_answer(entry, item.id) for entry in (first, second))
        rows.append(
            ItemRow(
                f"{item.number} {item.label}", (*words, _point_change(first, second, item.id)), words[0] != words[1]
            )
        )
    for scale in second.definition.scales:
        results = tuple(_result(entry, scale) for entry in (first, second))
        rows.append(ItemRow(scale.name, (*results, value_change(first, second, scale)), is_total=True))
    return ItemTable(
        caption=f"{long_date(first.row.taken_on)} beside {long_date(second.row.taken_on)}",
        headings=("Item", long_date(first.row.taken_on), long_date(second.row.taken_on), "Change"),
        rows=tuple(rows),
    )


def value_of(entry: Scored, scale: Scale | None = None) -> Decimal | None:
    """The number on a scale, the primary one unless named; None too where that version of the form lacks the scale."""
    result = entry.scoring.scores.get((scale or entry.definition.primary_scale).id)
    return None if result is None else result.value


def _result(entry: Scored, scale: Scale) -> str:
    result = entry.scoring.scores.get(scale.id)
    return NOT_ON_FORM if result is None else show_score(scale, result).text


def value_change(before: Scored, after: Scored, scale: Scale) -> str:
    """In points; nothing of what is a comparison already, or is compared rating by rating."""
    if not scale.has_course or scale.is_profile:
        return ""
    first, second = value_of(before, scale), value_of(after, scale)
    return signed(second - first) if first is not None and second is not None else ""


def _point_change(before: Scored, after: Scored, item_id: str) -> str:
    """How far the item moved on the scale, where its answers are worth points there."""
    first, second = (_points(entry, item_id) for entry in (before, after))
    has_numbers = after.definition.primary_scale.has_total and not _is_comparison(after.definition, item_id)
    return signed(second - first) if has_numbers and first is not None and second is not None else ""


def _is_comparison(definition: Instrument, item_id: str) -> bool:
    """Whether the answer says itself how much changed, so that the next one less this one says nothing."""
    return any(scale.is_comparison and item_id in scale.items for scale in definition.scales)


def _points(entry: Scored, item_id: str) -> int | None:
    item, stored = entry.definition.items_by_id.get(item_id), (entry.row.answers or {}).get(item_id)
    return item.worth().get(stored) if item is not None and item.scored and isinstance(stored, int) else None


def _item_rows(shown: Sequence[Scored]) -> tuple[ItemRow, ...]:
    definition = shown[-1].definition
    rows = [
        ItemRow(
            label=f"{item.number} {item.label}",
            cells=tuple(_short_answer(entry, item.id) for entry in shown),
        )
        for item in definition.items
    ]
    rows += [
        ItemRow(scale.name, tuple(_result(entry, scale) for entry in shown), is_total=True)
        for scale in definition.scales
    ]
    return tuple(rows)


def _short_answer(entry: Scored, item_id: str) -> str:
    """The number where answers are graded, else the words."""
    stored = (entry.row.answers or {}).get(item_id)
    if entry.definition.primary_scale.has_total and isinstance(stored, int):
        return str(stored)
    return _given_answer(entry, item_id)


def _given_answer(entry: Scored, item_id: str) -> str:
    item = entry.definition.items_by_id.get(item_id)
    if item is None:
        return NOT_ON_FORM
    return given_words(item, (entry.row.answers or {}).get(item_id), entry.scoring, entry.definition)
