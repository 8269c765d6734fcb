"""The page over a person's physical health."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.alerts.rulebook.monitoring import CheckDue
from registry.caseload.physical import PhysicalHealth
from registry.patients.presenters import IdentityHeader
from registry.patients.record_tabs import Tab
from registry.physical.presenters import KindShown
from registry.web.filters import dated


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One check: what, in which state in a word, and the days that say so."""

    name: str
    asked_by: str
    state: str
    kind: str
    """Of the tag: action, reminder, good, neutral."""
    due: str
    last: str


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A value that is critical or out of range, and when it was taken."""

    said: str
    when: str


@dataclass(frozen=True, slots=True)
class PhysicalPage:
    """What is critical, out of range, due and done of a person's physical health, and all that is on record."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    critical: Sequence[ValueShown]
    out_of_range: Sequence[ValueShown]
    due: Sequence[CheckShown]
    yearly_title: str
    yearly: Sequence[CheckShown]
    kinds: Sequence[KindShown]
    record_url: str
    """Empty where it is not the reader's to write."""


def show_critical(health: PhysicalHealth, today: date) -> list[ValueShown]:
    """Each value that is dangerous, each pregnancy on valproate, and each medicine not simply gone on with."""
    return [ValueShown(each.said, dated(each.on, today)) for each in health.critical]


def show_out_of_range(health: PhysicalHealth, today: date) -> list[ValueShown]:
    """Each value beyond a limit."""
    return [ValueShown(each.said, dated(each.observed.on, today)) for each in health.out_of_range]


def show_due(health: PhysicalHealth, today: date) -> list[CheckShown]:
    """What medicines ask for, the soonest first."""
    return [
        CheckShown(
            name=each.check.name,
            asked_by=each.asked_by,
            state=_state(each, today)[0],
            kind=_state(each, today)[1],
            due=dated(each.due_on, today),
            last=_last(each.last_on, today),
        )
        for each in health.due
    ]


def _state(due: CheckDue, today: date) -> tuple[str, str]:
    if today >= due.late_on:
        return "Overdue", "action"
    if today >= due.due_on:
        return "Due", "reminder"
    return ("Done", "good") if due.is_done else ("Not due yet", "neutral")


def show_yearly(health: PhysicalHealth, today: date) -> Iterator[CheckShown]:
    """The parts of the yearly check."""
    for part in health.yearly:
        state, kind = ("Done", "good") if part.is_done else ("Missing", "reminder")
        yield CheckShown(part.check.name, "", state, kind, "", _last(part.last_on, today))


def yearly_title(health: PhysicalHealth) -> str:
    """ "Yearly physical check: 4 of 6"."""
    return f"Yearly physical check: {health.yearly_done} of {len(health.yearly)}"


def _last(last_on: date | None, today: date) -> str:
    return "never on record" if last_on is None else dated(last_on, today)
