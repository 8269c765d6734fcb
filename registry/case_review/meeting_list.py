"""Whom the team wants to talk about in the next meeting, and in which order an hour goes: that list, then the queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from registry.accounts.models import User
from registry.case_review.queue import ReviewQueue, review_queue
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
    def rows(self) -> list[Row[Any]]:
        """Everybody in turn."""
        listed = self.listed
        waiting = (each.row for each in self.queue.waiting)
        return [*self.meeting, *(row for row in waiting if row.episode_id not in listed)]

    def after(self, episode_id: uuid.UUID) -> Row[Any] | None:
        """The row that comes after this episode, or first when it waits no longer; ``None`` when there is no other."""
        rows = self.rows
        others = [row for row in rows if row.episode_id != episode_id]
        later = rows[[row.episode_id for row in rows].index(episode_id) + 1 :] if len(others) < len(rows) else []
        return next(iter(later or others), None)


def review_hour(today: Today, *, consultant_id: uuid.UUID | None = None) -> Hour:
    """The list and the queue of these clinics; of one consultant's patients, where one is named."""
    return Hour(list_meeting(today, consultant_id=consultant_id), review_queue(today, consultant_id=consultant_id))


def list_meeting(today: Today, *, consultant_id: uuid.UUID | None = None) -> Sequence[Row[Any]]:
    """Whoever is on the list of these clinics, first to last, with who put them there; one statement."""
    about = {"clinic_ids": list(today)}
    if consultant_id is None:
        return db.session.execute(_LISTED, about).all()
    return db.session.execute(_LISTED_OF_CONSULTANT, {**about, "consultant_id": consultant_id}).all()


# Made once: building a statement costs more than running it.
_LISTED = (
    select(
        CaseloadRow.patient_id,
        CaseloadRow.episode_id,
        CaseloadRow.clinic_id,
        CaseloadRow.enrolled_on,
        CaseloadRow.reasons,
        Patient.legal_given,
        Patient.legal_family,
        Patient.used_name,
        Patient.birth_date,
        Patient.mrn,
        MeetingCase.added_at,
        User.name.label("added_by"),
    )
    .join(MeetingCase, MeetingCase.episode_id == CaseloadRow.episode_id)
    .join(Patient, Patient.id == CaseloadRow.patient_id)
    .join(User, User.id == MeetingCase.added_by_id)
    .where(among(CaseloadRow.clinic_id, "clinic_ids"), CaseloadRow.is_open, MeetingCase.off_at.is_(None))
    .order_by(MeetingCase.place, MeetingCase.added_at, MeetingCase.id)
)
_LISTED_OF_CONSULTANT = _LISTED.where(CaseloadRow.consultant_id == bindparam("consultant_id"))
