"""A person's course as tracks and lanes of one figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from registry.caseload.circumstances import LOST
from registry.caseload.columns import Columns
from registry.caseload.presenters.cells import HOUSING_WORDS, WORK_WORDS
from registry.caseload.presenters.life_lane import life_lane
from registry.caseload.presenters.scores import scale_label
from registry.caseload.presenters.treatment_lanes import treatment_lanes
from registry.caseload.record import EpisodeRecord, Followed
from registry.caseload.stored_facts import HOUSING, WORK
from registry.charts.course_facts import (
    CourseTable,
    Lane,
    Mark,
    ScorePoint,
    SeverityBand,
    Spell,
    Track,
    course_table,
    lane_table,
)
from registry.charts.course_figure import course_figure
from registry.charts.plain_words import plain_lanes, plain_tracks
from registry.contacts.rules import KINDS, MODALITIES, is_failed_attempt, is_seen, is_two_way
from registry.episodes.rules import PHASE_TITLES
from registry.measures.categories import DatedCategory
from registry.measures.course import days_fresh
from registry.review.models import Review

DRAWN_BEFORE = timedelta(weeks=13)
"""Scores from before enrolment are drawn this far back; the table has them all."""

_PHASE_KINDS = {"referred": "accent", "engaging": "action", "active": "reminder", "maintaining": "good"}
_HOUSING_KINDS = {"stable": "good", "unstable": "action", "homeless": "urgent", LOST: "urgent"}
_WORK_KINDS = {"competitive": "good", "other": "reminder", "education": "accent", LOST: "action"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The figure, its tables (every score; everything beneath the scores), and how tall it is drawn."""

    figure: dict[str, Any]
    scores: CourseTable
    lanes: CourseTable
    height: str


def draw_course(record: EpisodeRecord, *, today: date) -> Drawn | None:
    """The figure of an episode to today, or to its end, and its tables; None while there is nothing to draw."""
    episode = record.episode
    starts_on = episode.enrolled_on or episode.referred_on
    ends_on = min(episode.ended_on or today, today)
    earliest = starts_on - DRAWN_BEFORE
    everything = [_track(each, record) for each in record.followed]
    drawn = [_within(track, earliest, ends_on) for track in everything]
    first = min((point.on for track in drawn for point in track.points), default=starts_on)
    lanes = [lane for lane in _lanes(record, first=min(first, starts_on), last=ends_on) if lane.marks or lane.spells]
    if not drawn and not lanes:
        return None
    tracks, rows = plain_tracks(drawn), plain_lanes(lanes)
    return Drawn(
        figure=course_figure(tracks, rows, starts_on=starts_on, today=ends_on, from_day=first),
        scores=course_table(everything, starts_on=starts_on),
        lanes=lane_table(lanes),
        height=_height(len(drawn), len(lanes)),
    )


def _height(tracks: int, lanes: int) -> str:
    """How tall the figure is drawn, by how much it holds."""
    if tracks < 3:
        return "tall" if lanes < 7 else "taller"
    return "taller" if lanes < 7 else "tallest"


def _track(each: Followed, record: EpisodeRecord) -> Track:
    scale, target, baseline = each.tracked.scale, each.tracked.target, each.course.baseline
    low, high = scale.minimum, scale.maximum
    values = [float(score.value) for score in each.scores]
    return Track(
        name=scale_label(each.key),
        minimum=float(low) if low is not None else min(values, default=0.0),
        maximum=float(high) if high is not None else max(values, default=1.0),
        points=[
            ScorePoint(score.on, float(score.value), "prorated" if score.prorated else "") for score in each.scores
        ],
        baseline_on=None if baseline is None else baseline.on,
        longest_gap=timedelta(days=days_fresh(each.cadence_days)),
        target_low=None if target is None or target.at_least is None else float(target.at_least),
        target_high=None if target is None or target.at_most is None else float(target.at_most),
        target_words="" if target is None else target.words(),
        bands=[SeverityBand(band.label, float(band.low), float(band.high)) for band in scale.bands],
        breaks_on=[course.starts_on for course in record.courses[1:]],
    )


def _within(track: Track, first: date, last: date) -> Track:
    shown = [point for point in track.points if first <= point.on <= last or point.on == track.baseline_on]
    return replace(track, points=shown)


def _lanes(record: EpisodeRecord, *, first: date, last: date) -> Iterator[Lane]:
    yield Lane("Phase", spells=list(_phase_spells(record, last)))
    yield from treatment_lanes(record.treatment, first=first, last=last)
    yield Lane("Contacts", marks=[mark for mark in map(_contact, record.contacts) if mark and first <= mark.on <= last])
    yield Lane("Reviews", marks=[_review(review) for review in record.reviews if first <= review.reviewed_on <= last])
    yield life_lane(record.life_events, first=first, last=last)
    for domain, title, words, kinds in (
        (HOUSING, "Home", HOUSING_WORDS, _HOUSING_KINDS),
        (WORK, "Work", WORK_WORDS, _WORK_KINDS),
    ):
        found = record.circumstances.get(domain, ())
        yield Lane(title, spells=list(_category_spells(found, words, kinds, first=first, last=last)))


def _phase_spells(record: EpisodeRecord, last: date) -> Iterator[Spell]:
    spells = [spell for spell in record.phases if spell.phase != "ended"]
    ends = [spell.starts_on for spell in record.phases[1:]] + [last]
    for spell, ends_on in zip(spells, ends, strict=False):
        if ends_on > spell.starts_on and spell.phase != "referred":
            yield Spell(spell.starts_on, ends_on, PHASE_TITLES[spell.phase], _PHASE_KINDS.get(spell.phase, "neutral"))


def _contact(contact: Columns) -> Mark | None:
    """Two-way treatment contacts, attempts that failed, and that another team saw the person; the rest stands in the
    timeline.
    """
    words = f"{KINDS[contact.kind]}, {MODALITIES[contact.modality].lower()}"
    if is_two_way(contact.kind, reached=contact.reached):
        minutes = f", {contact.minutes} minutes" if contact.minutes else ""
        return Mark(contact.took_place_on, f"{words}{minutes}", "done")
    if is_failed_attempt(contact.kind, reached=contact.reached):
        return Mark(contact.took_place_on, f"{words}: not reached", "missed")
    if is_seen(contact.kind, reached=contact.reached):
        return Mark(contact.took_place_on, words, "event")
    return None


def _review(review: Review) -> Mark:
    return Mark(review.reviewed_on, f"Case review by {review.consultant.name}", "review")


def _category_spells(
    found: Sequence[DatedCategory],
    words: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    first: date,
    last: date,
) -> Iterator[Spell]:
    """Each category from the day it was told to the day another was: what is not told again is taken to last."""
    changes = [*found[:1], *(each for before, each in pairwise(found) if before.category != each.category)]
    ends = [each.on for each in changes[1:]] + [last]
    for change, ends_on in zip(changes, ends, strict=False):
        starts_on = max(change.on, first)
        if ends_on > starts_on:
            yield Spell(
                starts_on, ends_on, words.get(change.category, change.category), kinds.get(change.category, "neutral")
            )
