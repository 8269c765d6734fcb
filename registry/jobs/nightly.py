"""Each clinic is swept once a night, in its own zone; a missed night catches up as soon as the consumer runs again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError

from registry import clock
from registry.alerts.clinic_numbers import fingerprint_at
from registry.alerts.sweep import Sweep, sweep_clinic
from registry.clinics.models import Clinic
from registry.db.pacing import Pace, begin_pace
from registry.db.transaction import end_read
from registry.extensions import db
from registry.jobs.turns import Overtaken, take_turn
from registry.web.request_log import log, what_failed

SWEEP = "alerts.sweep"

SWEPT_FROM = time(2, 30)
"""Local wall time: after midnight so that the date is new, late enough that no clock change skips it."""


def sweep_once(clinic: Clinic, *, today: date, pace: Pace | None = None) -> Sweep | None:
    """Sweep the clinic for its local date and the rules in force; ``None`` where that was done, or is being done.

    A sweep that was stopped half way goes on: what it had stored is not due any more. One in which somebody's record
    could not be evaluated is not finished: the next quarter of an hour tries again.
    """
    return sweep_at(occasion_of(clinic.id, today), clinic, today=today, pace=pace)


def occasion_of(clinic_id: uuid.UUID, today: date) -> str:
    """The clinic, its local date, and the rules in force there."""
    return f"{clinic_id} {today.isoformat()} {fingerprint_at(clinic_id)[:16]}"


def sweep_at(occasion: str, clinic: Clinic, *, today: date, pace: Pace | None = None) -> Sweep | None:
    """Sweep the clinic in the turn of this occasion; ``None`` where somebody took it."""
    end_read()
    turn = take_turn(SWEEP, occasion)
    if turn is None:
        return None
    try:
        done = sweep_clinic(clinic, today=today, pace=pace, after_chunk=turn.stay_alive)
        settle = turn.give_back if done.failed else turn.finish
        settle(asdict(done))
    except Overtaken:
        return None
    except BaseException:
        db.session.rollback()
        with suppress(Overtaken, DBAPIError):  # a turn nobody can give back is free once it has been silent
            turn.give_back()
        raise
    return done


def list_open_clinics(now: datetime) -> Sequence[Clinic]:
    """Clinics that have not closed for good, by name."""
    is_open = or_(Clinic.ended_on.is_(None), Clinic.ended_on > now.date())
    return db.session.scalars(select(Clinic).where(is_open).order_by(Clinic.name)).all()


def list_clinics_due(now: datetime) -> Sequence[tuple[Clinic, date]]:
    """Open clinics where the night's sweep may run by now, with their local date."""
    local = [(clinic, now.astimezone(clinic.zone)) for clinic in list_open_clinics(now)]
    return [(clinic, there.date()) for clinic, there in local if there.time() >= SWEPT_FROM]


def sweep_due() -> list[Sweep]:
    """Sweep every clinic that is due and was not swept for its date with these rules.

    A clinic whose sweep fails keeps no other from being swept.
    """
    due = [(clinic.id, today) for clinic, today in list_clinics_due(clock.now())]
    end_read()
    pace = begin_pace()
    swept = (_sweep_or_log(clinic_id, today, pace) for clinic_id, today in due)
    return [done for done in swept if done is not None]


def _sweep_or_log(clinic_id: uuid.UUID, today: date, pace: Pace) -> Sweep | None:
    try:
        return sweep_once(db.session.get_one(Clinic, clinic_id), today=today, pace=pace)
    except Exception as error:  # of whatever kind: what one clinic holds keeps no other from being swept
        db.session.rollback()
        log.error("sweep.clinic-failed", job=SWEEP, clinic_id=str(clinic_id), **what_failed(error))
        return None
