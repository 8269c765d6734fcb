"""Everything that happened to one person, as one dated list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.caseload.presenters.brief import full_sentence
from registry.caseload.presenters.scores import scale_label
from registry.caseload.timeline import Happening
from registry.contacts.rules import DANGERS, KINDS, MODALITIES
from registry.episodes.patient_header import IdentityHeader
from registry.episodes.record_tabs import Tab
from registry.episodes.rules import END_REASONS, PHASE_TITLES
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.words import category_words
from registry.review.rules import KINDS as ADVICE_KINDS
from registry.review.rules import STATES
from registry.web.filters import count, long_date, number
from registry.web.paging import Paging

_VOID = {"entered-in-error": "Entered in error", "amended": "Corrected since"}
_ICONS = {
    "measurement": "measures",
    "contact": "phone",
    "danger": "urgent",
    "review": "review",
    "alert": "action",
    "phase": "event",
}
_TIER_KINDS = {"urgent": "urgent", "action": "action"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What ``components/timeline.html`` prints."""

    date: str
    title: str
    icon: str
    words: str = ""
    by: str = ""
    kind: str = ""
    is_void: bool = False
    void_words: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """The page."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    entries: Sequence[Entry]
    pages: Paging


def show_happening(happening: Happening, today: date) -> Entry:
    """One entry, newest facts in its title."""
    title, words, by, kind = _SHOWN[happening.kind](happening.row, today)
    status = getattr(happening.row, "status", "")
    return Entry(
        date=long_date(happening.on),
        title=title,
        icon=_ICONS[happening.kind],
        words=words,
        by=by,
        kind=kind,
        is_void=status in _VOID,
        void_words=_VOID.get(status, ""),
    )


_Shown = tuple[str, str, str, str]
"""Title, words, by whom, kind."""


def _measurement(row: Any, _today: date) -> _Shown:
    instrument = catalogue().get(row.instrument, row.instrument_version)
    scores = [
        f"{scale_label(score.scale)} {score.category or number(score.value)}{f' ({score.band})' if score.band else ''}"
        if score.value is not None
        else f"{scale_label(score.scale)}: {category_words(score.category, score.band)}"
        for score in row.scores
    ]
    draft = " (draft)" if row.status == "draft" else ""
    title = f"{'; '.join(scores) or f'{instrument.short_title}, no score'}{draft}"
    return title, row.why, "", ""


def _contact(row: Any, _today: date) -> _Shown:
    reached = "reached" if row.reached else "not reached"
    minutes = f", {count(row.minutes, 'minute')}" if row.minutes else ""
    title = f"{KINDS[row.kind]}, {MODALITIES[row.modality].lower()}, {reached}{minutes}"
    return title, row.note, row.staff.name, "good" if row.reached and row.kind == "treatment" else ""


def _danger(row: Any, _today: date) -> _Shown:
    return f"Danger reported: {DANGERS[row.kind].lower()}", row.words, f"said by {row.said_by}", "urgent"


def _review(row: Any, _today: date) -> _Shown:
    advice = [f"{ADVICE_KINDS[each.kind]}: {each.words} ({STATES[each.state].lower()})" for each in row.recommendations]
    return (
        "Psychiatric case review",
        "; ".join([*([row.summary.rstrip(".")] if row.summary else []), *advice]),
        row.consultant.name,
        "",
    )


def _alert(row: Any, today: date) -> _Shown:
    """Worded as of today, or as of the day it was closed."""
    until = row.closed_at.date() if row.closed_at else today
    sentence = full_sentence({"rule": row.rule, "evidence": row.evidence, "sentence": row.sentence}, until)
    closed = f"Closed {long_date(until)}. {row.closing_words}" if row.closed_at and row.closing_words else ""
    return sentence, closed, "", _TIER_KINDS.get(row.tier, "")


def _phase(row: Any, _today: date) -> _Shown:
    words = END_REASONS.get(row.why, row.why) if row.phase == "ended" else row.why
    return f"Phase: {PHASE_TITLES[row.phase].lower()}", words, "", ""


_SHOWN = {
    "measurement": _measurement,
    "contact": _contact,
    "danger": _danger,
    "review": _review,
    "alert": _alert,
    "phase": _phase,
}


def entries_of(happenings: Sequence[Happening], today: date) -> list[Entry]:
    """The entries of one page."""
    return [show_happening(each, today) for each in happenings]
