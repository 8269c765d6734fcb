"""What a summary consists of, and the words both readings share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.caseload.circumstances import FOUND, LOST
from registry.caseload.presenters.cells import HOUSING_WORDS, WORK_WORDS
from registry.caseload.stored_facts import HOUSING, WORK
from registry.caseload.summary import SummaryFacts
from registry.episodes.patient_header import holder_name
from registry.episodes.rules import CONDITIONS, TEAM_ROLES
from registry.measures.course import Course
from registry.web.filters import long_date, number

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what is known. ``is_vital``: needed at once, and never left out for want of room."""

    label: str
    value: str
    is_vital: bool = False

    @property
    def text(self) -> str:
        return f"{self.label}: {self.value}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings; the first cell names the row."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def text_lines(self) -> Iterator[str]:
        for name, *cells in self.rows:
            said = [f"{heading.lower()} {cell}" for heading, cell in zip(self.headings[1:], cells, strict=True) if cell]
            yield f"{name}: {'; '.join(said)}"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the summary: a table, lines, or why there is nothing."""

    title: str
    lines: Sequence[Line] = ()
    table: Table | None = None
    empty: str = ""
    holds_prose: bool = False
    """What people wrote, at whatever length: it has the whole width."""

    @property
    def is_wide(self) -> bool:
        return self.holds_prose or self.table is not None

    @property
    def is_empty(self) -> bool:
        return not self.lines and (self.table is None or not self.table.rows)

    @property
    def text_lines(self) -> Iterator[str]:
        """As plain text, a fact a line."""
        if self.table is not None and self.table.rows:
            yield from self.table.text_lines
        yield from (line.text for line in self.lines)
        if self.is_empty:
            yield self.empty


def condition_words(facts: SummaryFacts) -> str:
    """The conditions treated, in the order they were added."""
    return ", ".join(CONDITIONS[row.condition] for row in facts.conditions)


def team_lines(facts: SummaryFacts) -> Iterator[Line]:
    """Who is on the team now, or was when the episode ended."""
    if facts.record is None:
        return
    ended_on = facts.record.episode.ended_on
    for member in facts.record.episode.team:
        if member.ends_on is None or member.ends_on == ended_on:
            yield Line(TEAM_ROLES[member.role], holder_name(member))


def circumstance_lines(facts: SummaryFacts) -> Iterator[Line]:
    """Where the person lives and works, and when that was last said."""
    told = facts.record.circumstances if facts.record is not None else {}
    for domain, label, words in ((HOUSING, "Housing", HOUSING_WORDS), (WORK, "Work", WORK_WORDS)):
        found = told.get(domain, ())
        if not found:
            yield Line(label, f"{UNKNOWN}, never asked")
        else:
            last = found[-1]
            said = "told" if last.category in (LOST, FOUND) else "asked"
            yield Line(label, f"{words.get(last.category, last.category)}, {said} on {long_date(last.on)}")


def baseline_words(course: Course) -> str:
    """The baseline with its date, and by how much it is late."""
    if course.baseline is None:
        return "none yet"
    late = f", late baseline (day {course.baseline_late_by})" if course.baseline_late_by is not None else ""
    return f"{number(course.baseline.value)} on {long_date(course.baseline.on)}{late}"
