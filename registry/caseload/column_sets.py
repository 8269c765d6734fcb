"""The columns of the list: which there are, what each is sorted by, and which a role begins with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.access.roles import Role
from registry.caseload.rules import SORTS


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column that may be chosen. ``sort`` is what its heading sorts by; ``kind`` how wide it is drawn."""

    key: str
    title: str
    holds: str
    """What it shows, for whoever chooses."""
    sort: str
    kind: str = ""


COLUMNS: Mapping[str, ListColumn] = {
    column.key: column
    for column in (
        ListColumn("reasons", "Why now", "Open reasons, most pressing first", "rank", "wide"),
        ListColumn("phase", "Phase", "Phase, weeks to today, what is treated", "weeks"),
        ListColumn("main", "Main measure", "Baseline, latest, change, age and trend", "score", "measure"),
        ListColumn("second", "Second measure", "Mania or psychosis beside it, else the next one", "second", "measure"),
        ListColumn("function", "Function", "Function, recovery or quality of life", "function", "measure"),
        ListColumn("further", "Other measures", "Every other measure that is tracked", "further"),
        ListColumn("safety", "Safety", "The last word on safety, and the last danger told of", "safety"),
        ListColumn("contact", "Contact", "Last two-way contact, attempts missed since", "last-contact", "tight"),
        ListColumn("due", "Next due", "The contact, measure, review or injection that is due first", "due"),
        ListColumn("review", "Review", "Last psychiatric review, open recommendations", "last-review", "tight"),
        ListColumn("physical", "Physical check", "Parts of the yearly check that were done", "physical", "tight"),
        ListColumn("housing", "Home", "The last told", "housing", "tight"),
        ListColumn("work", "Work", "The last told", "work", "tight"),
        ListColumn("minutes", "Minutes", "Written down on contacts this month", "minutes", "number"),
        ListColumn("manager", "Care manager", "Who is responsible now", "manager"),
    )
}
"""Every column beside the name, which always stands first."""

_BEGINS_WITH: Mapping[Role, Sequence[str]] = {
    Role.CARE_MANAGER: ("reasons", "phase", "main", "second", "contact", "due", "safety"),
    Role.PSYCHIATRIST: ("reasons", "phase", "main", "second", "function", "safety", "review"),
    Role.CLINIC_LEAD: ("reasons", "manager", "phase", "main", "contact", "review", "due"),
    Role.CLINICIAN: ("reasons", "phase", "main", "second", "safety", "review", "physical"),
}
"""In the order in which a role decides for somebody who has several."""


def columns_of(roles: Iterable[Role]) -> Sequence[str]:
    """The set somebody with these roles begins with."""
    held = frozenset(roles)
    return next((keys for role, keys in _BEGINS_WITH.items() if role in held), _BEGINS_WITH[Role.CLINICIAN])


def known_columns(keys: Iterable[str]) -> tuple[str, ...]:
    """Those that are columns, each once, in their order: a column may be gone since somebody chose it."""
    return tuple(dict.fromkeys(key for key in keys if key in COLUMNS))


def _refuse_unknown_sorts() -> None:
    unknown = {column.sort for column in COLUMNS.values()} - set(SORTS)
    if unknown:
        raise RuntimeError(f"columns sort by what the list cannot be sorted by: {sorted(unknown)}")


_refuse_unknown_sorts()
