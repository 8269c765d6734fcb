"""Sweeps that somebody asked for. The wish is a row of ``job_run`` before any queue hears of it: whatever is killed,
the next quarter of an hour finds it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from registry import clock
from registry.alerts.sweep import NotYet, Sweep
from registry.audit.recorder import Actor, record
from registry.clinics.models import Clinic
from registry.db.pacing import Pace
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.jobs.models import JobRun
from registry.jobs.nightly import SWEEP, occasion_of, sweep_at
from registry.jobs.turns import SILENT_AFTER

BY_HAND = "by hand"

ASKED_FOR = timedelta(days=1)
"""How long a wish stands: a later night has looked at everybody it was about."""


class UnderWay(RuntimeError):
    """The clinic is being swept, or somebody asked for it already."""


def ask_for_sweep(*, clinic: Clinic, by: Actor | None, today: date | None = None) -> str:
    """Note that the clinic is to be swept now, for its local date unless another is given; the occasion.

    Raises:
        NotYet: ``today`` is later than the clinic's local date.
        UnderWay: It is being swept, or will be.
    """
    now = clock.now()
    local = clinic.today(now)
    today = today or local
    if today > local:
        raise NotYet(f"At {clinic.name} it is still {local.isoformat()}")
    with write():
        if _is_under_way(clinic.id, now):
            raise UnderWay(f"{clinic.name} is being swept, or will be within a quarter of an hour")
        occasion = f"{occasion_of(clinic.id, today)} {BY_HAND} {now:%Y-%m-%dT%H:%M:%S.%f}"
        db.session.add(JobRun(kind=SWEEP, occasion=occasion, started_at=now))
        record("sweep.asked", by=by, subject=clinic, clinic_id=clinic.id, kind="system")
    return occasion


def sweep_asked(occasion: str, *, pace: Pace | None = None) -> Sweep | None:
    """Sweep as this occasion asks; ``None`` where that was done, is being done, or another sweep of the clinic runs:
    then the next quarter of an hour sees to it."""
    clinic_id, today = clinic_and_day(occasion)
    is_alone = not db.session.scalar(
        select(JobRun.kind).where(_of_clinic(clinic_id), _is_alive(clock.now()), JobRun.finished_at.is_(None)).limit(1)
    )
    clinic = db.session.get_one(Clinic, clinic_id)
    return sweep_at(occasion, clinic, today=today, pace=pace) if is_alone else None


def list_left_over(now: datetime) -> Sequence[str]:
    """Occasions that somebody asked for and nobody has finished, oldest first."""
    left = select(JobRun.occasion).where(JobRun.kind == SWEEP, _is_wanted(now)).order_by(JobRun.started_at)
    found = db.session.scalars(left).all()
    end_read()
    return found


def clinic_and_day(occasion: str) -> tuple[uuid.UUID, date]:
    """Of which clinic and local date a sweep is."""
    clinic_id, day, *_ = occasion.split()
    return uuid.UUID(clinic_id), date.fromisoformat(day)


def _is_under_way(clinic_id: uuid.UUID, now: datetime) -> bool:
    is_running = and_(_is_alive(now), JobRun.finished_at.is_(None))
    found = select(JobRun.kind).where(_of_clinic(clinic_id), or_(is_running, _is_wanted(now))).limit(1)
    return db.session.scalar(found) is not None


def _of_clinic(clinic_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(JobRun.kind == SWEEP, JobRun.occasion.startswith(f"{clinic_id} ", autoescape=True))


def _is_alive(now: datetime) -> ColumnElement[bool]:
    return JobRun.alive_at > now - SILENT_AFTER


def _is_wanted(now: datetime) -> ColumnElement[bool]:
    return and_(
        JobRun.finished_at.is_(None),
        JobRun.started_at > now - ASKED_FOR,
        JobRun.occasion.contains(f" {BY_HAND} ", autoescape=True),
    )
