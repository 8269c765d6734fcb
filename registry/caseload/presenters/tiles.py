"""The strip of figures over a person's record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from registry.caseload.presenters.scores import (
    BESIDE_MANIA,
    GOOD,
    OTHER_RATER,
    Measured,
    improvement_percent,
    level_words,
    no_target,
    scale_label,
    show_score,
    value_words,
)
from registry.caseload.record import EpisodeRecord, Followed, FollowedLevel, last_two_way, open_advice
from registry.contacts.rules import MODALITIES
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measurements.presenters.words import ScoreShown as ResultShown
from registry.measurements.presenters.words import show_score as show_result
from registry.measurements.scores import definition_of, score_again
from registry.measures.answers import with_unasked
from registry.measures.course import DatedScore, Standing, days_fresh, is_stale
from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.scoring import proves_positive
from registry.plans.queries import PlanDates
from registry.web.filters import ARROW, count, days_ago, percent, points, short_date

IN_REMISSION = "in remission"
"""Said of a score at or below the level a source calls remission, whatever the target."""

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
    for level in record.levels:
        yield level_tile(level, until)
    safety = safety_tile(record.safety_measurements, today)
    if safety is not None:
        yield replace(safety, detail=f"{safety.detail} · {_plan_words(record.safety_plan, today)}")
    yield _contact_tile(record, today)
    yield _review_tile(record, today)


def _score_tile(each: Followed, today: date) -> Tile:
    course = each.course
    label = f"{catalogue().domain_of(each.key).capitalize()} · {scale_label(each.key)}"
    if course.latest is None:
        return Tile(label=label, value="none yet", is_unknown=True)
    scale = each.tracked.scale
    remarks = [] if each.tracked.target is not None or scale.is_comparison else [no_target(each.key)]
    if each.has_other_rater:
        remarks.insert(0, OTHER_RATER)
    if each.beside_mania and course.standing in GOOD:
        remarks.insert(0, BESIDE_MANIA)
    stood = _standing_words(each, course.latest)
    if is_stale(course.latest.on, cadence_days=each.cadence_days, today=today):
        was = f"was {value_words(course.latest)}, {stood}, {short_date(course.latest.on, today=today)}"
        return Tile(label=label, value="unknown", detail=". ".join([was, *remarks]), is_unknown=True)
    shown = show_score(_measured(each), today=today, starts_on=course.latest.on)
    change = ""
    if course.baseline is not None and course.change is not None:
        better_by = improvement_percent(course.change, course.percent, scale)
        by = points(course.change) if better_by is None else percent(better_by)
        change = f"{value_words(course.baseline)} {ARROW} {value_words(course.latest)}"
        change = change if scale.is_profile else f"{change}, {by}"
    remission = f", {IN_REMISSION}" if _is_in_remission(each) else ""
    late = f", late baseline (day {course.baseline_late_by})" if course.baseline_late_by is not None else ""
    return Tile(
        label=label,
        value=value_words(course.latest),
        change=change,
        change_kind=shown.kind,
        detail=". ".join([f"{stood}{remission}, {days_ago(course.latest.on, today)}{late}", *remarks]),
    )


def _standing_words(each: Followed, latest: DatedScore) -> str:
    """The standing, or of a comparison what it says itself: "much improved"."""
    said = level_words(each.tracked.scale, latest.value) if each.tracked.scale.is_comparison else ""
    return said or _standing(each.course.standing)


def _is_in_remission(each: Followed) -> bool:
    """Said of a fresh score alone, of somebody who was ill by the measure, and never beside mania."""
    course = each.course
    return course.in_remission and course.baseline_elevated is not False and not each.beside_mania


def level_tile(each: FollowedLevel, today: date) -> Tile:
    """The level of the last administration, or what is certain of it; one too old to go by is unknown."""
    label = f"{catalogue().instrument_of(each.key).domain.capitalize()} · {scale_label(each.key)}"
    shown = _level_shown(each)
    if each.last is None or shown is None:
        return Tile(label=label, value="none yet", is_unknown=True)
    if is_stale(each.last.taken_on, cadence_days=each.cadence_days, today=today):
        was = f"was {shown.text.lower()}, {short_date(each.last.taken_on, today=today)}"
        return Tile(label=label, value="unknown", detail=was, is_unknown=True)
    return Tile(
        label=label,
        value=shown.value,
        detail=". ".join(part for part in (days_ago(each.last.taken_on, today), shown.note) if part),
        is_unknown=shown.is_incomplete,
    )


def _level_shown(each: FollowedLevel) -> ResultShown | None:
    """None too where the last form was of a version that lacks the scale."""
    if each.last is None:
        return None
    definition = definition_of(each.last)
    scoring = score_again(each.last, definition)
    scales = {definition.scale_key(scale): scale for scale in definition.scales}
    scale = scales.get(each.key)
    return None if scale is None else show_result(scale, scoring.scores[scale.id])


def _measured(each: Followed) -> Measured:
    course = each.course
    return Measured(
        scale=each.key,
        definition=each.tracked.scale,
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
    def is_known(self) -> bool:
        """Whether there is an answer, given or proven by the total alone."""
        return self.choice is not None or self.is_proven

    @property
    def is_positive(self) -> bool:
        """Whether the answer, given or proven by the total alone, calls for action."""
        return self.is_proven or (self.choice is not None and self.item.is_positive(self.choice.value))

    @property
    def severity(self) -> tuple[bool, int, bool, int]:
        """Above all others a positive answer, the most pressing first; within a form a gap before a negative one."""
        pressing = -self.item.safety_tier.rank if self.is_positive else 0
        height = -1 if self.choice is None else self.item.danger_of(self.choice.value)
        return self.is_positive, pressing, not self.is_known, height

    @property
    def is_proven(self) -> bool:
        """Whether a total recorded without answers could not be without a positive one."""
        return self.row.total_only is not None and proves_positive(self.instrument, self.item, self.row.total_only)


def _asked(row: Measurement) -> Iterator[_Asked]:
    instrument = catalogue().get(row.instrument, row.instrument_version)
    answers = with_unasked(instrument, row.answers or {})
    for item in instrument.safety_items:
        answer = answers.get(item.id)
        choice = item.choice(answer) if isinstance(answer, int) else None
        yield _Asked(row, instrument, item, None if choice is None or choice.is_missing else choice)


def _worst(rows: Iterable[Measurement]) -> _Asked | None:
    """What is to be shown of the forms of one day: a gap in one that asks several questions goes before any "no"
    of another, unless another that asks several has none; a gap where a single question is asked does not.
    """
    forms = [list(_asked(row)) for row in rows]
    has_screen = any(len(form) > 1 and all(each.is_known for each in form) for form in forms)
    found = [max(form, key=lambda each: each.severity) for form in forms]
    return max(
        found,
        key=lambda each: (
            each.is_positive,
            not each.is_known and len(each.instrument.safety_items) > 1 and not has_screen,
            each.is_known,
            each.severity,
        ),
        default=None,
    )


def safety_tile(measurements: Sequence[Measurement], today: date) -> Tile | None:
    """The worst answer to a safety item on the last day of any: a form beside it hides none.

    Blank, declined or a total alone is not known, never "no"; a total no negative answer could reach is positive. A
    negative answer older than one and a half cadences is no longer known either; a positive one stands.
    """
    worst = _worst(measurements)
    if worst is None:
        return None
    latest, instrument, item, choice = worst.row, worst.instrument, worst.item, worst.choice
    answer = None if latest.answers is None else latest.answers.get(item.id)
    if worst.is_proven:
        return Tile(
            label=f"Safety · {instrument.short_title} item {item.number}",
            value="positive",
            unit=f"no total of {latest.total_only} without it",
            detail=days_ago(latest.taken_on, today),
        )
    if choice is not None and _is_outdated(worst, today):
        was = f"was {choice.value}, {choice.label.lower()}, {short_date(latest.taken_on, today=today)}"
        return Tile(
            label=f"Safety · {instrument.short_title} item {item.number}", value="unknown", detail=was, is_unknown=True
        )
    why = "only a total" if latest.answers is None else "declined" if answer == "declined" else "not answered"
    return Tile(
        label=f"Safety · {instrument.short_title} item {item.number}",
        value="unknown" if choice is None else str(choice.value),
        unit=why if choice is None else choice.label.lower(),
        detail=days_ago(latest.taken_on, today),
        is_unknown=choice is None,
    )


def _is_outdated(asked: _Asked, today: date) -> bool:
    return not asked.is_positive and is_stale(
        asked.row.taken_on, cadence_days=asked.instrument.cadence_days, today=today
    )


def _plan_words(plan: PlanDates | None, today: date) -> str:
    if plan is None:
        return "no safety plan"
    is_old = plan.review_on is not None and plan.review_on < today
    return f"plan {short_date(plan.written_on, today=today)}{', review overdue' if is_old else ''}"


def _contact_tile(record: EpisodeRecord, today: date) -> Tile:
    last, missed = last_two_way(record)
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
