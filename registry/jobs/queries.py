"""What ran, what waits to be looked at, and which e-mails wait: for whoever looks after the installation."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, false, func, or_, select

from registry.access import scope
from registry.alerts.models import RulebookState
from registry.episodes.models import Episode
from registry.extensions import db
from registry.jobs.heartbeat import CONSUMER
from registry.jobs.models import Heartbeat, JobRun

CLINIC_ID = 36
"""Characters of the clinic's id, with which the occasion of each of its jobs begins."""


@dataclass(frozen=True, slots=True)
class Due:
    """People of a clinic whose day to be looked at has come."""

    people: int
    since: date
    """The earliest of those days."""


def list_runs(clinic_ids: Collection[uuid.UUID], *, limit: int) -> Sequence[JobRun]:
    """The newest runs of these clinics' jobs."""
    begins = func.substr(JobRun.occasion, 1, CLINIC_ID)
    return db.session.scalars(
        select(JobRun)
        .where(begins.in_([str(clinic_id) for clinic_id in clinic_ids]))
        .order_by(JobRun.started_at.desc(), JobRun.occasion.desc())
        .limit(limit)
    ).all()


def last_sweeps(clinic_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, RulebookState]:
    """Clinic → its last sweep; a clinic that never had one is missing."""
    rows = db.session.scalars(select(RulebookState).where(RulebookState.clinic_id.in_(clinic_ids)))
    return {row.clinic_id: row for row in rows}


def due_by_clinic(today: Mapping[uuid.UUID, date]) -> Mapping[uuid.UUID, Due]:
    """Clinic → whom a sweep would look at now; a clinic where that is nobody is missing. ``today`` by clinic."""
    is_due = [and_(Episode.clinic_id == clinic_id, Episode.next_check_on <= day) for clinic_id, day in today.items()]
    number, since = func.count(Episode.patient_id.distinct()), func.min(Episode.next_check_on)
    with scope.all_patients(reason="how many are due at each clinic of the organisation"):
        rows = db.session.execute(
            select(Episode.clinic_id, number, since).where(or_(false(), *is_due)).group_by(Episode.clinic_id)
        ).all()
    return {clinic_id: Due(people, first) for clinic_id, people, first in rows if first is not None}


def last_beat() -> datetime | None:
    """When the consumer last said that it is alive."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == CONSUMER))
