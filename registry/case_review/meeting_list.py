"""Whom the team wants to talk about in the next meeting, and in which order an hour goes: that list, then the queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from registry.accounts.models import User
from registry.case_review.queue import SHOWN, ReviewQueue, is_waiting, review_queue, turn_after
from registry.caseload.currency import Today
from registry.caseload.models import CaseloadRow
from registry.db.among import among
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import MeetingCase


@dataclass(frozen=True, slots=True)
class Hour:
    """Whoever is on the list, first to last, and the queue."""

    meeting: Sequence[Row[Any]]
    queue: ReviewQueue

    @property
    def listed(self) -> frozenset[uuid.UUID]:
        """The episodes on the list."""
        return frozenset(row.episode_id for row in self.meeting)

    @property
    def first(self) -> Row[Any] | None:
        """Whose turn it is."""
        return next(iter((*self.meeting, *self.queue.waiting)), None)

    @property
    def rows(self) -> list[Row[Any]]:
        """Whoever is shown: the list, and whoever else is among the first of the queue."""
        listed = self.listed
        return [*self.meeting, *(row for row in self.queue.waiting if row.episode_id not in listed)]


def review_hour(today: Today, *, consultant_id: uuid.UUID | None = None, limit: int | None = None) -> Hour:
    """The list and the queue of these clinics, or its first ``limit``; of one consultant's patients, where one is
    named."""
    queue = review_queue(today, consultant_id=consultant_id, limit=limit)
    return Hour(list_meeting(today, consultant_id=consultant_id), queue)


def next_turn(hour: Hour, row: CaseloadRow, today: Today, *, consultant_id: uuid.UUID | None = None) -> Row[Any] | None:
    """Who comes after this row, or first when it waits no longer; ``None`` when there is no other.

    One statement at most: where whoever comes after it is not among the first of the queue.
    """
    shown = hour.rows
    places = {each.episode_id: number for number, each in enumerate(shown)}
    number = places.get(row.episode_id, len(shown))
    following, has_turn = None, row.episode_id in hour.listed or is_waiting(row, today[row.clinic_id])
    if number + 1 < len(shown):
        following = shown[number + 1]
    elif has_turn and len(hour.queue.waiting) < hour.queue.total:
        following = turn_after(row, today, consultant_id=consultant_id, beside=hour.listed)
    return following or next((each for each in shown if each.episode_id != row.episode_id), None)


def list_meeting(today: Today, *, consultant_id: uuid.UUID | None = None) -> Sequence[Row[Any]]:
    """Whoever is on the list of these clinics, first to last, with who put them there; one statement."""
    about = {"clinic_ids": list(today)}
    if consultant_id is None:
        return db.session.execute(_LISTED, about).all()
    return db.session.execute(_LISTED_OF_CONSULTANT, {**about, "consultant_id": consultant_id}).all()


# Made once: building a statement costs more than running it.
_LISTED = (
    select(*SHOWN, Patient.birth_date, Patient.mrn, MeetingCase.added_at, User.name.label("added_by"))
    .join(MeetingCase, MeetingCase.episode_id == CaseloadRow.episode_id)
    .join(Patient, Patient.id == CaseloadRow.patient_id)
    .join(User, User.id == MeetingCase.added_by_id)
    .where(among(MeetingCase.clinic_id, "clinic_ids"), MeetingCase.off_at.is_(None), CaseloadRow.is_open)
    .order_by(MeetingCase.place, MeetingCase.added_at, MeetingCase.id)
)
_LISTED_OF_CONSULTANT = _LISTED.where(CaseloadRow.consultant_id == bindparam("consultant_id"))
