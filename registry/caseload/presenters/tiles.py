"""The strip of figures over a person's record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.caseload.presenters.scores import (
    BESIDE_MANIA,
    GOOD,
    Measured,
    improvement_percent,
    no_target,
    scale_label,
    show_score,
)
from registry.caseload.record import EpisodeRecord, Followed, open_advice
from registry.contacts.rules import MODALITIES, is_failed_attempt, is_two_way
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measures.course import Standing, days_fresh
from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.scoring import proves_positive
from registry.web.filters import ARROW, count, days_ago, number, percent, points, short_date

MOST_TILES = 3
"""Measures shown as tiles; the chart and its table show all."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the strip."""

    label: str
    value: str
    unit: str = ""
    detail: str = ""
    change: str = ""
    change_kind: str = "even"
    url: str = ""
    is_unknown: bool = False


def show_tiles(record: EpisodeRecord, today: date) -> Iterator[Tile]:
    """The main measures, safety, the last contact and the last review."""
    until = min(record.episode.ended_on or today, today)
    for each in record.followed[:MOST_TILES]:
        yield _score_tile(each, until)
    safety = _safety_tile(record, today)
    if safety is not None:
        yield safety
    yield _contact_tile(record, today)
    yield _review_tile(record, today)


def _score_tile(each: Followed, today: date) -> Tile:
    course = each.course
    label = f"{catalogue().domain_of(each.key).capitalize()} · {scale_label(each.key)}"
    if course.latest is None:
        return Tile(label=label, value="none yet", is_unknown=True)
    remarks = [] if each.tracked.target is not None else [no_target(each.key)]
    if each.beside_mania and course.standing in GOOD:
        remarks.insert(0, BESIDE_MANIA)
    age = (today - course.latest.on).days
    is_stale = age > days_fresh(each.cadence_days)
    if is_stale:
        was = f"was {number(course.latest.value)}, {course.standing.value}, {short_date(course.latest.on, today=today)}"
        return Tile(label=label, value="unknown", detail=". ".join([was, *remarks]), is_unknown=True)
    shown = show_score(_measured(each), today=today, starts_on=course.latest.on)
    change = ""
    if course.baseline is not None and course.change is not None:
        better_by = improvement_percent(course.change, course.percent, each.tracked.scale)
        by = points(course.change) if better_by is None else percent(better_by)
        change = f"{number(course.baseline.value)} {ARROW} {number(course.latest.value)}, {by}"
    late = f", late baseline (day {course.baseline_late_by})" if course.baseline_late_by is not None else ""
    return Tile(
        label=label,
        value=number(course.latest.value),
        change=change,
        change_kind=shown.kind,
        detail=". ".join([f"{_standing(course.standing)}, {days_ago(course.latest.on, today)}{late}", *remarks]),
    )


def _measured(each: Followed) -> Measured:
    course = each.course
    return Measured(
        scale=each.key,
        standing=course.standing.value,
        baseline=None if course.baseline is None else course.baseline.value,
        baseline_on=None if course.baseline is None else course.baseline.on,
        latest=None if course.latest is None else course.latest.value,
        latest_on=None if course.latest is None else course.latest.on,
        percent=course.percent,
        stale_after_days=days_fresh(each.cadence_days),
        target=each.tracked.target,
        beside_mania=each.beside_mania,
    )


def _standing(standing: Standing) -> str:
    return "first score" if standing is Standing.AWAITING_FOLLOW_UP else standing.value


@dataclass(frozen=True, slots=True)
class _Asked:
    """One safety item of one administration, and the answer to it where there is one."""

    row: Measurement
    instrument: Instrument
    item: Item
    choice: Choice | None

    @property
    def severity(self) -> tuple[bool, int]:
        """Above all others a positive answer, proven by the total alone or given; any answer above none."""
        value = -1 if self.choice is None else self.choice.value
        is_positive = self.item.safety_positive_from is not None and value >= self.item.safety_positive_from
        return is_positive or self.is_proven, value

    @property
    def is_proven(self) -> bool:
        """Whether a total recorded without answers is too high for any but a positive one."""
        return self.row.total_only is not None and proves_positive(self.instrument, self.item, self.row.total_only)


def _asked(row: Measurement) -> Iterator[_Asked]:
    instrument = catalogue().get(row.instrument, row.instrument_version)
    for item in instrument.safety_items:
        answer = None if row.answers is None else row.answers.get(item.id)
        choice = item.choice(answer) if isinstance(answer, int) else None
        yield _Asked(row, instrument, item, None if choice is None or choice.is_missing else choice)


def _safety_tile(record: EpisodeRecord, today: date) -> Tile | None:
    """The worst answer to a safety item on the last day of any: a form beside it hides none.

    Blank, declined or a total alone is not known, never "no"; a total no negative answer could reach is positive. A
    negative answer older than one and a half cadences is no longer known either; a positive one stands.
    """
    worst = max(
        (each for row in record.safety_measurements for each in _asked(row)),
        key=lambda each: each.severity,
        default=None,
    )
    if worst is None:
        return None
    latest, instrument, item, choice = worst.row, worst.instrument, worst.item, worst.choice
    answer = None if latest.answers is None else latest.answers.get(item.id)
    known = choice is not None
    if worst.is_proven:
        return Tile(
            label=f"Safety · {instrument.short_title} item {item.number}",
            value="positive",
            unit=f"no total of {latest.total_only} without it",
            detail=days_ago(latest.taken_on, today),
        )
    if known and choice is not None and _is_outdated(latest, instrument, item, choice, today):
        was = f"was {answer}, {choice.label.lower()}, {short_date(latest.taken_on, today=today)}"
        return Tile(
            label=f"Safety · {instrument.short_title} item {item.number}", value="unknown", detail=was, is_unknown=True
        )
    why = "only a total" if latest.answers is None else "declined" if answer == "declined" else "not answered"
    return Tile(
        label=f"Safety · {instrument.short_title} item {item.number}",
        value=str(answer) if known else "unknown",
        unit=choice.label.lower() if known and choice is not None else why,
        detail=days_ago(latest.taken_on, today),
        is_unknown=not known,
    )


def _is_outdated(latest: Measurement, instrument: Instrument, item: Item, choice: Choice, today: date) -> bool:
    is_positive = item.safety_positive_from is not None and choice.value >= item.safety_positive_from
    return not is_positive and (today - latest.taken_on).days > days_fresh(instrument.cadence_days)


def _contact_tile(record: EpisodeRecord, today: date) -> Tile:
    since = record.episode.referred_on
    here = [row for row in record.contacts if row.clinic_id == record.episode.clinic_id and row.took_place_on >= since]
    two_way = [row for row in here if is_two_way(row.kind, reached=row.reached)]
    last = max(two_way, key=lambda row: row.took_place_on, default=None)
    missed = sum(
        is_failed_attempt(row.kind, reached=row.reached) and (last is None or row.took_place_on > last.took_place_on)
        for row in here
    )
    attempts = f"{count(missed, 'attempt')} missed since" if missed else ""
    if last is None:
        return Tile(label="Last contact", value="never", detail=attempts, is_unknown=True)
    days = (today - last.took_place_on).days
    return Tile(
        label="Last contact",
        value=count(days, "day") if days else "today",
        unit=f"ago, {MODALITIES[last.modality].lower()}" if days else MODALITIES[last.modality].lower(),
        detail=attempts or "no attempts missed after that day",
    )


def _review_tile(record: EpisodeRecord, today: date) -> Tile:
    if not record.reviews:
        return Tile(label="Case review", value="never", is_unknown=True)
    last = record.reviews[0]
    waiting = len(list(open_advice(record)))
    days = (today - last.reviewed_on).days
    return Tile(
        label="Case review",
        value=count(days, "day") if days else "today",
        unit="ago" if days else "",
        detail=f"{count(waiting, 'recommendation')} open" if waiting else "nothing open",
    )
