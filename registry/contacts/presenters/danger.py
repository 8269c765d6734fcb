"""Reports of danger in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.contacts.models import DangerReport
from registry.contacts.rules import DANGERS
from registry.patients.presenters import Difference, IdentityHeader
from registry.web.filters import long_date

if TYPE_CHECKING:
    from registry.contacts.forms import DangerForm
    from registry.web.withdraw_form import WithdrawForm


@dataclass(frozen=True, slots=True)
class DangerPage:
    """Reporting a danger."""

    title: str
    patient: IdentityHeader
    form: DangerForm
    today: date
    back_url: str


@dataclass(frozen=True, slots=True)
class WithdrawReportPage:
    """Marking a report of danger entered in error."""

    title: str
    patient: IdentityHeader
    form: WithdrawForm
    facts: Sequence[Mapping[str, str]]
    back_url: str
    conflict: Sequence[Difference] = ()
    conflict_by: str = ""


def report_facts(report: DangerReport) -> list[Mapping[str, str]]:
    """What was reported, as rows of a definition list."""
    return [
        {"label": "Danger", "value": DANGERS[report.kind]},
        {"label": "Date", "value": long_date(report.reported_on)},
        {"label": "Said by", "value": report.said_by},
        {"label": "Said or seen", "value": report.words},
        {"label": "Done already", "value": report.done or "nothing recorded"},
    ]
