"""Everything that happened to one person, as one dated list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from registry.caseload.happenings import KINDS
from registry.caseload.looked import News
from registry.caseload.presenters.happenings import WORDED
from registry.caseload.presenters.looked import LookedShown
from registry.caseload.presenters.told import Told
from registry.caseload.timeline import Happening
from registry.episodes.patient_header import IdentityHeader
from registry.patients.record_tabs import Tab
from registry.web.filters import long_date
from registry.web.paging import Paging

_VOID = {"entered-in-error": "Entered in error", "amended": "Corrected since"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What ``components/timeline.html`` prints."""

    date: str
    title: str
    icon: str
    words: str = ""
    by: str = ""
    kind: str = ""
    url: str = ""
    is_new: bool = False
    is_void: bool = False
    void_words: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind that is shown or left out at a click, and how many entries it has."""

    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the address asks for: kinds (none: all), or, of every kind, only what is new."""

    kinds: frozenset[str] = frozenset()
    only_new: bool = False

    @classmethod
    def of(cls, kinds: Iterable[str], *, only_new: bool) -> Filtered:
        """What is asked for; a kind nobody knows is none."""
        return cls(frozenset() if only_new else frozenset(kinds).intersection(KINDS), only_new)

    def total(self, counts: Mapping[str, int], news: News) -> int:
        """How many entries it holds."""
        if self.only_new:
            return news.new
        return sum(number for kind, number in counts.items() if not self.kinds or kind in self.kinds)

    def address(self, patient_id: uuid.UUID, *, page: int | None = None) -> str:
        """The timeline filtered so. Equal filters have equal addresses."""
        kinds = [kind for kind in KINDS if kind in self.kinds]
        is_new = "1" if self.only_new else None
        return url_for("caseload.timeline", patient_id=patient_id, kind=kinds, new=is_new, page=page)

    def without_or_with(self, kind: str) -> Filtered:
        """The filter with this kind chosen, or, where it was chosen, let go."""
        return Filtered(self.kinds ^ {kind})


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """The page."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    looked: LookedShown
    chips: Sequence[Chip]
    entries: Sequence[Entry]
    pages: Paging
    is_filtered: bool
    clear_url: str


def show_chips(filtered: Filtered, counts: Mapping[str, int], news: News, patient_id: uuid.UUID) -> list[Chip]:
    """Everything, what is new, then each kind that has an entry or is chosen."""
    return list(_chips(filtered, counts, news, patient_id))


def _chips(filtered: Filtered, counts: Mapping[str, int], news: News, patient_id: uuid.UUID) -> Iterator[Chip]:
    everything = Filtered()
    yield Chip("Everything", everything.address(patient_id), filtered == everything, sum(counts.values()))
    if news.new or filtered.only_new:
        yield Chip("New", Filtered(only_new=not filtered.only_new).address(patient_id), filtered.only_new, news.new)
    for kind, label in KINDS.items():
        if counts.get(kind) or kind in filtered.kinds:
            address = filtered.without_or_with(kind).address(patient_id)
            yield Chip(label, address, kind in filtered.kinds, counts.get(kind, 0))


def show_entries(
    happenings: Sequence[Happening], told: Told, *, news: News, reader_id: uuid.UUID, names: Mapping[uuid.UUID, str]
) -> list[Entry]:
    """The entries of one page; who stored them by name."""
    return [
        _entry(
            each,
            told,
            is_new=news.holds(stored_at=each.stored_at, stored_by=each.stored_by, reader_id=reader_id),
            stored_by=names.get(each.stored_by, "") if each.stored_by else "",
        )
        for each in happenings
    ]


def _entry(happening: Happening, told: Told, *, is_new: bool, stored_by: str) -> Entry:
    words = WORDED[happening.source](happening.row, told)
    status = _status(happening.row)
    return Entry(
        date=long_date(happening.on),
        title=words.title,
        icon=words.icon,
        words=words.more,
        by=words.by or stored_by,
        kind=words.kind,
        url=words.url,
        is_new=is_new,
        is_void=status in _VOID,
        void_words=_VOID.get(status, ""),
    )


def _status(row: Any) -> str:
    """What is noted of a treatment that was entered in error is void with it."""
    trial = getattr(row, "trial", None)
    if trial is not None and trial.status in _VOID:
        return str(trial.status)
    return "entered-in-error" if getattr(row, "error_why", "") else getattr(row, "status", "")
