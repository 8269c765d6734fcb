"""Reports of danger in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.contacts.models import DangerReport
from registry.contacts.rules import DANGERS
from registry.patients.presenters import PersonFormPage
from registry.web.filters import long_date

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerPage(PersonFormPage):
    """Reporting a danger."""

    today: date
    save: str = "Report the danger"
    intro: str = (
        "Saving alerts the care manager and the clinic's duty clinician at once. "
        "In immediate danger call the emergency number first."
    )
    is_grave: bool = True


REPORT_STAYS = (
    "The report stays in the record, struck through, and counts nowhere. Its alert stays open and says so: somebody "
    "closes it with how it ended. If it was about another person, report it there."
)


def report_facts(report: DangerReport) -> list[Mapping[str, str]]:
    """What was reported, as rows of a definition list."""
    return [
        {"label": "Danger", "value": DANGERS[report.kind]},
        {"label": "Date", "value": long_date(report.reported_on)},
        {"label": "Said by", "value": report.said_by},
        {"label": "Said or seen", "value": report.words},
        {"label": "Done already", "value": report.done or "nothing recorded"},
    ]
