"""Who is to be talked about, in words: the list for the meeting, and beneath it the queue."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Row

from registry.case_review.meeting_list import Hour
from registry.case_review.presenters.since_review import answered_sentence, declined_sentence
from registry.case_review.queue import Queued
from registry.case_review.since_review import Answer
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.brief import says_no_score
from registry.caseload.presenters.reasons import ReasonShown, reasons_today
from registry.caseload.presenters.scores import scale_label
from registry.episodes.models import Episode
from registry.episodes.rules import weeks_in_care
from registry.web.filters import count, shortened

MOST_SHOWN = 25
"""So many people of the queue are listed, more than two hours; the rest are counted, and listed on request."""

SAFETY = "safety."
"""How the rules about a person's safety begin."""

_LONGEST = 90
"""Letters of a question, or of why something was declined, that stand in the list; the review shows all of them."""

NOTHING_NEW = "Nothing new since the last review"


@dataclass(frozen=True, slots=True)
class QueuedShown:
    """One person of the queue."""

    name: str
    weeks: str
    url: str
    is_current: bool
    reasons: Sequence[ReasonShown]
    row: str
    """Of the row itself: where the focus comes back to."""
    list_url: str
    """Where the person is put on the list for the meeting, or taken off it; empty for whoever may not."""
    is_focused: bool = False


@dataclass(frozen=True, slots=True)
class QueueShown:
    """The list for the meeting, and the queue with its coverage."""

    meeting: Sequence[QueuedShown]
    people: Sequence[QueuedShown]
    """The queue without whoever is on the list."""
    total: int
    more: str
    all_url: str
    """Where those not listed here are; empty where nobody is left out."""
    meeting_url: str
    reviewed: int
    in_care: int


@dataclass(frozen=True, slots=True)
class Around:
    """What goes along in the address of a change of the list: where the reader is, to lead back there."""

    whose: str | None
    patient_id: uuid.UUID | None
    episode_id: uuid.UUID | None
    at: str | None = None

    def address(self, do: str) -> dict[str, Any]:
        """What of it stands in the address."""
        return {
            "do": do,
            "whose": self.whose,
            "of": self.patient_id,
            "of_episode": self.episode_id,
            "at": self.at,
        }


def show_queue(
    hour: Hour,
    queued: Mapping[uuid.UUID, Queued],
    *,
    today: Mapping[uuid.UUID, date],
    current: uuid.UUID | None,
    around: Around,
    may_change: Collection[uuid.UUID],
    focus: str = "",
) -> QueueShown:
    """The column on the left; ``current`` is the episode under review, ``focus`` the row that was just changed."""
    on_meeting = hour.listed
    hidden = hour.queue.total - len(queued)
    on_list = show_listed(hour.meeting, queued, today=today, current=current, around=around, may_change=may_change)
    to_add = _RowPresenter(around, "add", current, may_change)
    waiting = (
        to_add.show(row, why(queued[row.episode_id], today[row.clinic_id]), today[row.clinic_id])
        for row in hour.queue.waiting
        if row.episode_id not in on_meeting
    )
    return QueueShown(
        meeting=[replace(each, is_focused=each.row == focus) for each in on_list],
        people=[replace(each, is_focused=each.row == focus) for each in waiting],
        total=hour.queue.total,
        more=f"and {hidden} more: show all" if hidden > 0 else "",
        all_url=url_for("review.queue", whose=around.whose, show="all") if hidden > 0 else "",
        meeting_url=url_for("review.meeting", whose=around.whose) if hour.meeting else "",
        reviewed=hour.queue.reviewed,
        in_care=hour.queue.in_care,
    )


class _RowPresenter:
    """Puts rows into words; holds the addresses all rows share, of their case and of what ``do``es to the list."""

    def __init__(self, around: Around, do: str, current: uuid.UUID | None, may_change: Collection[uuid.UUID]) -> None:
        self._case = PatientAddress("review.case", whose=around.whose)
        self._change = PatientAddress("review.change_list", **around.address(do))
        self._current, self._may_change = current, may_change

    def show(self, row: Row[Any], reasons: Sequence[ReasonShown], today: date) -> QueuedShown:
        who = row.patient_id, row.episode_id
        return QueuedShown(
            name=name_of(row),
            weeks=weeks_words(row.enrolled_on, today),
            url=self._case.at(*who),
            is_current=row.episode_id == self._current,
            reasons=reasons,
            row=str(row.episode_id),
            list_url=self._change.at(*who) if row.clinic_id in self._may_change else "",
        )


def show_listed(
    meeting: Sequence[Row[Any]],
    queued: Mapping[uuid.UUID, Queued],
    *,
    today: Mapping[uuid.UUID, date],
    current: uuid.UUID | None,
    around: Around,
    may_change: Collection[uuid.UUID],
) -> Iterator[QueuedShown]:
    """The list above the queue. ``queued`` tells why somebody waits; ``may_change``: the clinics of the reader."""
    to_take_off = _RowPresenter(around, "off", current, may_change)
    for row in meeting:
        day = today[row.clinic_id]
        yield to_take_off.show(row, why_listed(queued.get(row.episode_id), day), day)


def why_listed(queued: Queued | None, today: date) -> list[ReasonShown]:
    """Why somebody on the list waits for the psychiatrist, if they do."""
    return why(queued, today) if queued else [ReasonShown(tier="reminder", sentence=NOTHING_NEW)]


def change_url(row: Row[Any], do: str, around: Around, *, before: uuid.UUID | None = None) -> str:
    """Where the person is put on the list (``add``), taken off it (``off``), or moved up (``earlier``): right before
    the episode ``before``, so that a move sent twice is one."""
    return _change_url(row.patient_id, row.episode_id, do, around, before=before)


def list_url(episode: Episode, do: str, around: Around) -> str:
    """As ``change_url``, of the episode under review."""
    return _change_url(episode.patient_id, episode.id, do, around)


def _change_url(
    patient_id: uuid.UUID, episode_id: uuid.UUID, do: str, around: Around, *, before: uuid.UUID | None = None
) -> str:
    return url_for("review.change_list", patient_id=patient_id, episode=episode_id, before=before, **around.address(do))


def why(queued: Queued, today: date) -> list[ReasonShown]:
    """The reasons that count now, in words, most pressing first."""
    stored = [reason for rule in queued.rules for reason in queued.row.reasons if reason["rule"] == rule]
    safety = [reason for reason in stored if reason["rule"].startswith(SAFETY)]
    shown = _told(safety, today)
    shown += answered_shown(queued.answers, today)
    shown += _told([reason for reason in stored if reason not in safety], today)
    if queued.declined:
        shown.append(ReasonShown(tier="queue", sentence=shortened(declined_sentence(queued.declined, today), _LONGEST)))
    if queued.is_quiet and not any(says_no_score(each, queued.row.first_scale) for each in stored):
        shown.append(ReasonShown(tier="reminder", sentence=_quiet_words(queued, today)))
    if queued.question:
        shown.append(ReasonShown(tier="queue", sentence=f"Asked: {shortened(queued.question, _LONGEST)}"))
    return shown


def _told(stored: Sequence[Mapping[str, Any]], today: date) -> list[ReasonShown]:
    return [ReasonShown(tier=each.tier, sentence=each.sentence) for each in reasons_today(stored, today)]


def answered_shown(answers: Sequence[Answer], today: date) -> list[ReasonShown]:
    """Safety that somebody answered since the last review, in one line: the last of it."""
    return [ReasonShown(tier="queue", sentence=answered_sentence(answers, today))] if answers else []


def _quiet_words(queued: Queued, today: date) -> str:
    row = queued.row
    label = scale_label(row.first_scale) if row.first_scale else "score"
    if row.first_latest_on is None:
        began_on = row.course_began_on or row.enrolled_on
        return f"Quiet: no {label} since treatment began, {count((today - began_on).days, 'day')} ago"
    return f"Quiet: no {label} for {count((today - row.first_latest_on).days, 'day')}"


def weeks_words(enrolled_on: date | None, today: date) -> str:
    """How long somebody has been in care."""
    return "referred" if enrolled_on is None else f"{weeks_in_care(enrolled_on, ended_on=None, today=today)} wk"


def name_of(row: Row[Any]) -> str:
    """The name in use with the family's."""
    return f"{row.used_name or row.legal_given} {row.legal_family}"
