"""The list for the meeting by itself, to put in order and to print."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Row

from registry.case_review.presenters.queued import Around, change_url, name_of, weeks_words, why_listed
from registry.case_review.queue import Queued
from registry.caseload.presenters.reasons import ReasonShown
from registry.web.filters import long_date


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One person of the list on paper."""

    name: str
    url: str
    born: str
    mrn: str
    weeks: str
    reasons: Sequence[ReasonShown]
    added: str
    up_url: str
    off_url: str


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """The list by itself, to print and to put in order."""

    title: str
    subtitle: str
    people: Sequence[PaperRow]
    back_url: str


def show_on_paper(
    meeting: Sequence[Row[Any]],
    *,
    today: Mapping[uuid.UUID, date],
    queued: Mapping[uuid.UUID, Queued],
    may_change: Collection[uuid.UUID],
    around: Around,
) -> list[PaperRow]:
    """Each with why they wait for the psychiatrist, as beside the queue; ``queued`` are those who do."""
    before = _before(meeting)
    return [
        PaperRow(
            name=name_of(row),
            url=url_for("review.case", patient_id=row.patient_id, episode=row.episode_id),
            born=long_date(row.birth_date),
            mrn=row.mrn or "",
            weeks=weeks_words(row.enrolled_on, today[row.clinic_id]),
            reasons=why_listed(queued.get(row.episode_id), today[row.clinic_id]),
            added=row.added_by,
            up_url=change_url(row, "earlier", around, before=before[row.episode_id])
            if row.episode_id in before and row.clinic_id in may_change
            else "",
            off_url=change_url(row, "off", around) if row.clinic_id in may_change else "",
        )
        for row in meeting
    ]


def _before(meeting: Sequence[Row[Any]]) -> dict[uuid.UUID, uuid.UUID]:
    """Episode → the one of the same clinic right before it; each clinic has its own order."""
    before, last = dict[uuid.UUID, uuid.UUID](), dict[uuid.UUID, uuid.UUID]()
    for row in meeting:
        if row.clinic_id in last:
            before[row.episode_id] = last[row.clinic_id]
        last[row.clinic_id] = row.episode_id
    return before
