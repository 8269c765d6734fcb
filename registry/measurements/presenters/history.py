"""Every measure of one patient: each time it was given, item by item, and two dates compared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from flask import url_for

from registry.episodes.record_tabs import Tab
from registry.measurements.models import Measurement
from registry.measurements.presenters.entering import DraftShown
from registry.measurements.presenters.words import (
    STATUS_WORDS,
    SafetyShown,
    ScoreShown,
    given_words,
    measure_url,
    mode_words,
    show_safety,
    show_score,
)
from registry.measurements.scores import definition_of, score_again
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale
from registry.measures.scoring import Scoring
from registry.patients.presenters import IdentityHeader
from registry.web.filters import long_date, short_date, signed

NOT_ON_FORM = "Not on this form"
"""An item or scale another version of the instrument has."""

COLUMNS = 8
"""How many administrations stand side by side in the item table."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One instrument that was given, and how often."""

    label: str
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Given:
    """One administration, as a row."""

    date: str
    url: str
    score: ScoreShown
    change: str
    change_kind: str
    safety: tuple[SafetyShown, ...]
    how: str
    by: str
    state: str
    why: str
    is_void: bool


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


@dataclass(frozen=True, slots=True)
class DateOption:
    """One administration to compare."""

    value: str
    label: str
    is_first: bool
    is_second: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """All of a patient's measures, one instrument at a time."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    chips: Sequence[Chip]
    drafts: Sequence[DraftShown]
    instrument_id: str
    instrument: str
    given: Sequence[Given]
    items: ItemTable | None
    options: Sequence[DateOption]
    comparison: ItemTable | None
    enter_url: str
    history_url: str


@dataclass(frozen=True, slots=True)
class _Scored:
    """A measurement with what it says, worked out once."""

    row: Measurement
    definition: Instrument
    scoring: Scoring

    @property
    def counts(self) -> bool:
        return self.row.status == "final"


def scored(measurements: Sequence[Measurement]) -> list[_Scored]:
    """The measurements with their scores, in the order given."""
    found = []
    for row in measurements:
        definition = definition_of(row)
        found.append(_Scored(row, definition, score_again(row, definition)))
    return found


def chips(measurements: Sequence[Measurement], *, patient_id: uuid.UUID, current: str) -> tuple[Chip, ...]:
    """The instruments that were given, the latest first; only what counts is counted."""
    kept = [row for row in measurements if row.status != "draft"]
    return tuple(
        Chip(
            label=definition_of(next(row for row in kept if row.instrument == instrument)).short_title,
            url=url_for("measurements.history", patient_id=patient_id, instrument=instrument),
            is_current=instrument == current,
            count=sum(row.instrument == instrument and row.status == "final" for row in kept),
        )
        for instrument in dict.fromkeys(row.instrument for row in kept)
    )


def given_rows(entries: Sequence[_Scored], names: Mapping[uuid.UUID, str]) -> tuple[Given, ...]:
    """Rows, newest first, each counted one with its change since the one before."""
    previous = _previous(entries)
    return tuple(_given(entry, previous.get(entry.row.id), names) for entry in entries)


def item_table(entries: Sequence[_Scored], *, today: date) -> ItemTable | None:
    """The latest administrations that count, oldest on the left; nothing where none has answers."""
    shown = [entry for entry in entries if entry.counts and entry.row.answers is not None][:COLUMNS][::-1]
    if not shown:
        return None
    return ItemTable(
        caption=f"{shown[-1].definition.short_title}, item by item",
        headings=("Item", *(short_date(entry.row.taken_on, today=today) for entry in shown)),
        rows=_item_rows(shown),
    )


def options(entries: Sequence[_Scored], first: uuid.UUID | None, second: uuid.UUID | None) -> tuple[DateOption, ...]:
    """What can be compared: every administration with answers, voided ones named as such."""
    return tuple(
        DateOption(
            value=str(entry.row.id),
            label=" · ".join(
                part
                for part in (long_date(entry.row.taken_on), _total(entry).value, STATUS_WORDS[entry.row.status])
                if part
            ),
            is_first=entry.row.id == first,
            is_second=entry.row.id == second,
        )
        for entry in entries
        if entry.row.answers is not None and entry.row.status != "draft"
    )


def comparison(first: _Scored, second: _Scored) -> ItemTable:
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
        rows.append(ItemRow(scale.name, (*results, _value_change(first, second, scale)), is_total=True))
    return ItemTable(
        caption=f"{long_date(first.row.taken_on)} beside {long_date(second.row.taken_on)}",
        headings=("Item", long_date(first.row.taken_on), long_date(second.row.taken_on), "Change"),
        rows=tuple(rows),
    )


def _previous(entries: Sequence[_Scored]) -> dict[uuid.UUID, _Scored]:
    """Each counted administration with a number → the one before it in time."""
    numbered = [entry for entry in entries if entry.counts and _value(entry) is not None]
    in_order = sorted(numbered, key=lambda entry: (entry.row.taken_on, entry.row.recorded_at))
    return {later.row.id: earlier for earlier, later in pairwise(in_order)}


def _given(entry: _Scored, previous: _Scored | None, names: Mapping[uuid.UUID, str]) -> Given:
    row = entry.row
    change, kind = ("", "even")
    if previous is not None:
        change = _value_change(previous, entry, entry.definition.primary_scale)
        kind = _change_kind(previous, entry)
    return Given(
        date=long_date(row.taken_on),
        url=measure_url(row),
        score=_total(entry),
        change=change,
        change_kind=kind,
        safety=show_safety(row, entry.definition, entry.scoring),
        how=mode_words(row),
        by=names.get(row.recorded_by_id, "") if row.recorded_by_id else "",
        state="Total only" if entry.counts and row.total_only is not None else STATUS_WORDS[row.status],
        why=row.why,
        is_void=row.status in ("amended", "entered-in-error"),
    )


def _total(entry: _Scored) -> ScoreShown:
    scale = entry.definition.primary_scale
    return show_score(scale, entry.scoring.scores[scale.id])


def _value(entry: _Scored, scale: Scale | None = None) -> Decimal | None:
    """The number on a scale, the primary one unless named; None too where that version of the form lacks the scale."""
    result = entry.scoring.scores.get((scale or entry.definition.primary_scale).id)
    return None if result is None else result.value


def _result(entry: _Scored, scale: Scale) -> str:
    result = entry.scoring.scores.get(scale.id)
    return NOT_ON_FORM if result is None else show_score(scale, result).text


def _value_change(before: _Scored, after: _Scored, scale: Scale) -> str:
    first, second = _value(before, scale), _value(after, scale)
    return signed(second - first) if first is not None and second is not None else ""


def _change_kind(before: _Scored, after: _Scored) -> str:
    scale = after.definition.primary_scale
    first, second = _value(before, scale), _value(after, scale)
    if first is None or second is None or first == second:
        return "even"
    return "good" if scale.worsening(before=first, after=second) < 0 else "bad"


def _point_change(before: _Scored, after: _Scored, item_id: str) -> str:
    """How far the item moved on the scale, where its answers are worth points there."""
    first, second = (_points(entry, item_id) for entry in (before, after))
    has_numbers = after.definition.primary_scale.has_total
    return signed(second - first) if has_numbers and first is not None and second is not None else ""


def _points(entry: _Scored, item_id: str) -> int | None:
    item, stored = entry.definition.items_by_id.get(item_id), (entry.row.answers or {}).get(item_id)
    return item.worth().get(stored) if item is not None and item.scored and isinstance(stored, int) else None


def _item_rows(shown: Sequence[_Scored]) -> tuple[ItemRow, ...]:
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


def _short_answer(entry: _Scored, item_id: str) -> str:
    """The number where answers are graded, else the words."""
    stored = (entry.row.answers or {}).get(item_id)
    if entry.definition.primary_scale.has_total and isinstance(stored, int):
        return str(stored)
    return _given_answer(entry, item_id)


def _given_answer(entry: _Scored, item_id: str) -> str:
    item = entry.definition.items_by_id.get(item_id)
    if item is None:
        return NOT_ON_FORM
    return given_words(item, (entry.row.answers or {}).get(item_id), entry.scoring, entry.definition)
