"""What one person's forms say of their safety, as the clinics that asked read them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from registry.alerts.snapshot import AnswerState, SafetyAnswer
from registry.episodes.scales import ScalesInForce
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measures.adoption import SAFETY, Adoptable
from registry.measures.answers import answer_from_json, with_unasked
from registry.measures.danger import DangerScore, danger_scores
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Better
from registry.measures.scoring import proves_positive

_DECLINED = "declined"

SafetyRow = Row[Any]
"""A measurement, as far as safety needs it: at least ``SAFETY_COLUMNS``."""

SAFETY_COLUMNS = (
    Measurement.id,
    Measurement.clinic_id,
    Measurement.instrument,
    Measurement.instrument_version,
    Measurement.taken_on,
    Measurement.recorded_at,
    Measurement.status,
    Measurement.answers,
    Measurement.total_only,
    Measurement.replaces_id,
)


@dataclass(frozen=True, slots=True)
class SafetyForms:
    """All measurements of one person by id, with those that were corrected, as the clinics that asked read them."""

    rows: Mapping[uuid.UUID, SafetyRow]
    zones: Mapping[uuid.UUID, ZoneInfo]
    read: ScalesInForce
    _known: dict[tuple[uuid.UUID, str, str], Instrument] = field(default_factory=dict)
    """By clinic, instrument and version: one person's forms are many of few instruments."""

    def answers(self, row: SafetyRow, *, nth: int) -> Iterator[SafetyAnswer]:
        """What alerts: the safety items of a measurement, and of its scales those whose score is a danger."""
        instrument = self._instrument(row)
        if instrument.alerting_items:
            yield from self._of_items(row, instrument, instrument.alerting_items, nth=nth)
        if instrument.has_danger_scale:
            yield from self._of_scores(row, instrument, nth=nth)

    def shown_only(self, row: SafetyRow, *, nth: int) -> Iterator[SafetyAnswer]:
        """What is shown and alerts nobody."""
        instrument = self._instrument(row)
        if instrument.shown_items:
            yield from self._of_items(row, instrument, instrument.shown_items, nth=nth)

    def _of_items(
        self, row: SafetyRow, instrument: Instrument, items: Sequence[Item], *, nth: int
    ) -> Iterator[SafetyAnswer]:
        given = with_unasked(instrument, row.answers or {})
        for item in items:
            first = row if row.replaces_id is None else self._first_to_say(row, instrument, item)
            entered_on = self._known_on(first, instrument, instrument.item_key(item), SAFETY)
            yield _answer(row, instrument, item, given.get(item.id), entered_on=entered_on, nth=nth)

    def _of_scores(self, row: SafetyRow, instrument: Instrument, *, nth: int) -> Iterator[SafetyAnswer]:
        """What the scales say whose score is a danger; nothing where only a total was recorded."""
        answers = {item_id: answer_from_json(answer) for item_id, answer in (row.answers or {}).items()}
        for found in danger_scores(instrument, answers):
            entered_on = self._known_on(row, instrument, instrument.scale_key(found.scale), "cutoff")
            yield _score(row, instrument, found, entered_on=entered_on, nth=nth)

    def _first_to_say(self, row: SafetyRow, instrument: Instrument, item: Item) -> SafetyRow:
        """The version that first told of this danger: to correct something else later makes no late entry of it."""
        first = row
        while first.replaces_id is not None:
            before = self.rows[first.replaces_id]
            if _state(before, instrument, item, (before.answers or {}).get(item.id)) is not AnswerState.POSITIVE:
                break
            first = before
        return first

    def _instrument(self, row: SafetyRow) -> Instrument:
        key = row.clinic_id, row.instrument, row.instrument_version
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.read.at(row.clinic_id).of(catalogue().get(*key[1:]))
        return known

    def _known_on(self, row: SafetyRow, instrument: Instrument, key: str, figure: str) -> date:
        """The clinic's day from which a danger in it was one to act on: entered, and its number signed for."""
        known_at: datetime = row.recorded_at
        if self.read.is_signed_at(row.clinic_id):
            signed_at = self.read.signed_at(row.clinic_id, Adoptable(key, figure, instrument.version))
            known_at = known_at if signed_at is None else max(known_at, signed_at)
        return known_at.astimezone(self.zones[row.clinic_id]).date()


def _answer(
    row: SafetyRow, instrument: Instrument, item: Item, given: object, *, entered_on: date, nth: int
) -> SafetyAnswer:
    value = given if isinstance(given, int) else None
    choice = None if value is None else item.choice(value)
    return SafetyAnswer(
        id=str(row.id),
        on=row.taken_on,
        entered_on=max(entered_on, row.taken_on),
        instrument=instrument.short_title,
        item_id=item.id,
        item=f"item {item.number}",
        state=_state(row, instrument, item, given),
        value=value,
        answer=_needed(row, instrument, item) if choice is None else choice.label,
        total_above_floor=_from_best(row, instrument),
        tier=item.safety_tier,
        tier_again=item.safety_tier_again,
        calls_for=item.safety_calls_for,
        nth=nth,
        is_draft=row.status == "draft",
        height=None if value is None else item.danger_of(value),
        tells=item.safety_tells,
        is_screen=instrument.is_safety_screen,
    )


def _from_best(row: SafetyRow, instrument: Instrument) -> int | None:
    """How many points a total recorded alone is from the best there is; None where there is none."""
    scale = instrument.primary_scale
    if row.total_only is None or scale.maximum is None:
        return None
    best = int(scale.floor if scale.better is Better.LOWER else scale.maximum)
    total: int = row.total_only
    return abs(total - best)


def _score(row: SafetyRow, instrument: Instrument, found: DangerScore, *, entered_on: date, nth: int) -> SafetyAnswer:
    return SafetyAnswer(
        id=str(row.id),
        on=row.taken_on,
        entered_on=max(entered_on, row.taken_on),
        instrument=instrument.short_title,
        item_id=found.scale.id,
        item=found.scale.name,
        state=AnswerState.POSITIVE if found.is_positive else AnswerState.NEGATIVE,
        value=int(found.value),
        answer=None if found.is_complete else "at least, with items unanswered",
        calls_for=found.danger.calls_for,
        nth=nth,
        is_draft=row.status == "draft",
        kind=found.danger.kind,
    )


def _needed(row: SafetyRow, instrument: Instrument, item: Item) -> str | None:
    """Why a total says what nobody wrote down: without a positive answer there is no such total."""
    if row.total_only is None or not proves_positive(instrument, item, row.total_only):
        return None
    return f"no total of {row.total_only} without it"


def _state(row: SafetyRow, instrument: Instrument, item: Item, given: object) -> AnswerState:
    if row.total_only is not None:
        return AnswerState.TOTAL_ONLY if _needed(row, instrument, item) is None else AnswerState.POSITIVE
    if given == _DECLINED:
        return AnswerState.DECLINED
    choice = item.choice(given) if isinstance(given, int) else None
    if not isinstance(given, int) or (choice is not None and choice.is_missing):
        return AnswerState.BLANK
    # The same comparison as the trigger that writes the safety signal.
    return AnswerState.POSITIVE if item.is_positive(given) else AnswerState.NEGATIVE
