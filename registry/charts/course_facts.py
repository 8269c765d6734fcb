"""What a course is drawn from, and the same numbers as a table.

Plain facts: scores, marks and spells with their local dates of service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """A score on its local date of service. ``note`` says what is special about it ("prorated")."""

    on: date
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeverityBand:
    """A named range of a scale, ends included."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Track:
    """One scale with its scores, oldest first. ``breaks_on`` are days on which a new course of treatment began."""

    name: str
    minimum: float
    maximum: float
    points: Sequence[ScorePoint]
    baseline_on: date | None
    longest_gap: timedelta
    target_low: float | None = None
    target_high: float | None = None
    target_words: str = ""
    bands: Sequence[SeverityBand] = ()
    breaks_on: Sequence[date] = ()

    def band_of(self, value: float) -> str:
        """The name of the range the score has reached; nothing where the scale has none."""
        reached = [band for band in self.bands if band.low <= value]
        return max(reached, key=lambda band: band.low).label if reached else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day. ``kind``: done, elsewhere, missed, review, event."""

    on: date
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Spell:
    """Something that lasted. ``kind``: neutral, reminder, action, urgent, good, accent, therapy, dose-1 to dose-3."""

    starts_on: date
    ends_on: date
    words: str
    kind: str
    brief: str = ""
    """What is printed where the words do not fit; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A row beneath the scores. ``about`` names it in the table where the title is left out: one more row of a kind."""

    title: str
    marks: Sequence[Mark] = ()
    spells: Sequence[Spell] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class CourseTable:
    """The same numbers in rows."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def course_table(tracks: Sequence[Track], *, starts_on: date) -> CourseTable:
    """Every score of the figure, newest first: day, week in care, and one column a scale; "–" where none was taken."""
    days = sorted({point.on for track in tracks for point in track.points}, reverse=True)
    by_track = [{point.on: point for point in track.points} for track in tracks]
    return CourseTable(
        caption="Scores by date",
        headings=["Date", "Week", *(track.name for track in tracks)],
        rows=[
            [
                _day(day),
                _week_words(day, starts_on),
                *(
                    _cell(track, points[day]) if day in points else "–"
                    for track, points in zip(tracks, by_track, strict=True)
                ),
            ]
            for day in days
        ],
    )


def lane_table(lanes: Sequence[Lane]) -> CourseTable:
    """Everything beneath the scores, newest first: from when to when, in which lane, and what it was."""
    rows = [(mark.on, mark.on, lane, mark.words) for lane in lanes for mark in lane.marks]
    rows += [(spell.starts_on, spell.ends_on, lane, spell.words) for lane in lanes for spell in lane.spells]
    rows.sort(key=lambda row: (row[0], row[1]), reverse=True)
    return CourseTable(
        caption="What was done, and how the person lived",
        headings=["From", "To", "What", "In words"],
        rows=[
            [_day(starts_on), _day(ends_on) if ends_on > starts_on else "–", lane.about or lane.title, words]
            for starts_on, ends_on, lane, words in rows
        ],
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _week_words(day: date, starts_on: date) -> str:
    days = (day - starts_on).days
    return str(days // 7) if days >= 0 else "before"


def _cell(track: Track, point: ScorePoint) -> str:
    notes = [track.band_of(point.value), "baseline" if point.on == track.baseline_on else "", point.note]
    said = ", ".join(note for note in notes if note)
    return f"{point.value:g} ({said})" if said else f"{point.value:g}"
