"""Each clinic is swept once a night, in its own zone; a missed night catches up as soon as the consumer runs again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time

from sqlalchemy import or_, select

from registry import clock
from registry.alerts.clinic_numbers import fingerprint_at
from registry.alerts.sweep import Sweep, sweep_clinic
from registry.clinics.models import Clinic
from registry.db.pacing import Pace, begin_pace
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.jobs.models import JobRun

SWEEP = "alerts.sweep"

SWEPT_FROM = time(2, 30)
"""Local wall time: after midnight so that the date is new, late enough that no clock change skips it."""


def sweep_once(clinic: Clinic, *, today: date, pace: Pace | None = None) -> Sweep | None:
    """Sweep the clinic for its local date and the rules in force; ``None`` where that was done.

    A sweep that was stopped half way goes on: what it had stored is not due any more.
    """
    occasion = f"{clinic.id} {today.isoformat()} {fingerprint_at(clinic.id)[:16]}"
    end_read()
    with write():
        run = db.session.get(JobRun, (SWEEP, occasion))
        if run is not None and run.finished_at is not None:
            return None
        if run is None:
            db.session.add(JobRun(kind=SWEEP, occasion=occasion, started_at=clock.now()))
    done = sweep_clinic(clinic, today=today, pace=pace)
    with write():
        run = db.session.get_one(JobRun, (SWEEP, occasion))
        run.finished_at, run.outcome = clock.now(), asdict(done)
    return done


def list_clinics_due(now: datetime) -> Sequence[tuple[Clinic, date]]:
    """Open clinics where the night's sweep may run by now, with their local date."""
    clinics = db.session.scalars(
        select(Clinic).where(or_(Clinic.ended_on.is_(None), Clinic.ended_on > now.date())).order_by(Clinic.name)
    ).all()
    local = [(clinic, now.astimezone(clinic.zone)) for clinic in clinics]
    return [(clinic, there.date()) for clinic, there in local if there.time() >= SWEPT_FROM]


def sweep_due(*, now: datetime | None = None) -> list[Sweep]:
    """Sweep every clinic that is due and was not swept for its date with these rules."""
    due = list_clinics_due(now or clock.now())
    end_read()
    pace = begin_pace()
    return [done for clinic, today in due if (done := sweep_once(clinic, today=today, pace=pace)) is not None]
