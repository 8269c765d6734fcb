"""Every measure of one patient: each time it was given, and what there is to compare."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import url_for

from registry.measurements.models import Measurement
from registry.measurements.presenters.entering import DraftShown
from registry.measurements.presenters.side_by_side import ItemTable, Scored, value_change, value_of
from registry.measurements.presenters.words import (
    STATUS_WORDS,
    SafetyShown,
    ScoreShown,
    measure_url,
    mode_words,
    show_safety,
    show_score,
)
from registry.measurements.scores import definition_of
from registry.patients.presenters import IdentityHeader
from registry.patients.record_tabs import Tab
from registry.web.filters import long_date


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


def given_rows(entries: Sequence[Scored], names: Mapping[uuid.UUID, str]) -> tuple[Given, ...]:
    """Rows, newest first, each counted one with its change since the one before."""
    previous = _previous(entries)
    return tuple(_given(entry, previous.get(entry.row.id), names) for entry in entries)


def options(entries: Sequence[Scored], first: uuid.UUID | None, second: uuid.UUID | None) -> tuple[DateOption, ...]:
    """What can be compared: every administration with answers, voided ones named as such.

    Until two are chosen, the first that counts stands beside the last.
    """
    offered = [entry for entry in entries if entry.row.answers is not None and entry.row.status != "draft"]
    counted = [entry.row.id for entry in offered if entry.counts]
    if counted and first is None and second is None:
        first, second = counted[-1], counted[0]
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
        for entry in offered
    )


def _previous(entries: Sequence[Scored]) -> dict[uuid.UUID, Scored]:
    """Each counted administration with a number → the one before it in time."""
    numbered = [entry for entry in entries if entry.counts and value_of(entry) is not None]
    in_order = sorted(numbered, key=lambda entry: (entry.row.taken_on, entry.row.recorded_at))
    return {later.row.id: earlier for earlier, later in pairwise(in_order)}


def _given(entry: Scored, previous: Scored | None, names: Mapping[uuid.UUID, str]) -> Given:
    row = entry.row
    change, kind = ("", "even")
    if previous is not None:
        change = value_change(previous, entry, entry.definition.primary_scale)
        kind = _change_kind(previous, entry) if change else "even"
    return Given(
        date=long_date(row.taken_on),
        url=measure_url(row),
        score=_total(entry),
        change=change,
        change_kind=kind,
        safety=show_safety(row, entry.definition, entry.scoring),
        how=", ".join(filter(None, (mode_words(row), names.get(row.rater_id, "") if row.rater_id else ""))),
        by=names.get(row.recorded_by_id, "") if row.recorded_by_id else "",
        state="Total only" if entry.counts and row.total_only is not None else STATUS_WORDS[row.status],
        why=row.why,
        is_void=row.status in ("amended", "entered-in-error"),
    )


def _total(entry: Scored) -> ScoreShown:
    scale = entry.definition.primary_scale
    return show_score(scale, entry.scoring.scores[scale.id])


def _change_kind(before: Scored, after: Scored) -> str:
    """Good or bad only from the reliable change on: less is noise, and where none is published nobody can tell."""
    scale = after.definition.primary_scale
    first, second, least = value_of(before, scale), value_of(after, scale), scale.reliable_change_in_force
    if first is None or second is None or least is None:
        return "even"
    by = scale.worsening(before=first, after=second)
    if abs(by) < least:
        return "even"
    return "good" if by < 0 else "bad"
