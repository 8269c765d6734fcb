"""The one-page summary: the same facts as a page and as plain text, for the next team or for the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from registry.caseload.presenters.summary_person import person_sections
from registry.caseload.presenters.summary_room import on_one_page
from registry.caseload.presenters.summary_sections import Section
from registry.caseload.presenters.summary_team import team_sections
from registry.caseload.summary import Reading, SummaryFacts
from registry.episodes.patient_header import IdentityHeader
from registry.patients.models import Patient
from registry.patients.record_tabs import Tab
from registry.web.filters import ARROW, MINUS, THIN_SPACE, local_time, long_date

_PLAIN = str.maketrans({ARROW: "->", MINUS: "-", THIN_SPACE: " ", "\N{MIDDLE DOT}": "-", "\N{EN DASH}": "-"})
"""Signs of ours that the text field of another program may not take. Names keep their letters."""


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a summary, where and when."""

    by: str
    clinic: str
    at: datetime
    zone: ZoneInfo

    @property
    def words(self) -> str:
        return f"Made by {self.by}, {self.clinic}, {local_time(self.at, self.zone)}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary in words, before it is a page or a text."""

    heading: str
    who: str
    """Name, birth date and record number: on every printed page."""
    made: str
    sections: Sequence[Section]
    closing: str = ""
    left_out: str = ""
    """What one page had no room for."""
    is_one_page: bool = False
    """Printed as densely as one page asks for; what a person keeps is printed to be read."""

    @property
    def text(self) -> str:
        """The same as plain text, for pasting into another record."""
        parts = [[self.heading.upper(), self.who, self.made]]
        parts += [[section.title.upper(), *section.text_lines] for section in self.sections]
        parts += [[words] for words in (self.closing, self.left_out) if words]
        return "\n\n".join("\n".join(part) for part in parts).translate(_PLAIN) + "\n"


@dataclass(frozen=True, slots=True)
class ReadingLink:
    """One of the two readings."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """The page."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    readings: Sequence[ReadingLink]
    summary: Summary
    hint: str


def show_summary(facts: SummaryFacts, reading: Reading, *, made: Made, help_line: str, today: date) -> Summary:
    """The summary for this reader, as of ``today`` at the clinic."""
    if reading is Reading.PERSON:
        return Summary(
            heading="Summary of your care",
            who=who_words(facts.patient),
            made=made.words,
            sections=person_sections(facts, today),
            closing=f"If you think of harming yourself, or are in danger: {help_line}",
        )
    sections, left_out = on_one_page(team_sections(facts, today))
    return Summary(
        heading="Summary for the next team",
        who=who_words(facts.patient),
        made=made.words,
        sections=sections,
        left_out=left_out,
        is_one_page=True,
    )


def who_words(patient: Patient) -> str:
    """Name, birth date and record number."""
    pronouns = f" ({patient.pronouns})" if patient.pronouns else ""
    return f"{patient.name}{pronouns}, born {long_date(patient.birth_date)}, MRN {patient.mrn}"
