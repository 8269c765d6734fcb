"""Who is on duty, and who is on call: who answers a clinic's urgent alerts on a local date. Asked here and nowhere
else.

Of covers that overlap the one written down last counts: so a mistake is put right by writing the cover again. Somebody
whose account is closed or awaits a password, or whose role at the clinic no longer answers alerts, covers nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import selectinload

from registry.access.roles import GRANTS, Role
from registry.accounts.models import Membership, User
from registry.accounts.queries import can_sign_in
from registry.alerts.hours.clinic_times import hours_of
from registry.alerts.hours.opening_hours import is_open
from registry.clinics.models import Clinic, DutyCover
from registry.db.among import among
from registry.extensions import db

ANSWERING_ROLES = tuple(role.value for role in Role if "alert.acknowledge" in GRANTS[role])
"""Roles whose holders answer alerts."""
DAYS_AHEAD = 14
"""For how many days, today among them, a clinic is told that nobody is on duty."""

_COVERS = (
    select(DutyCover.clinic_id, DutyCover.user_id, DutyCover.starts_on, DutyCover.ends_on)
    .join(User, User.id == DutyCover.user_id)
    .where(
        among(DutyCover.clinic_id, "clinic_ids"),
        DutyCover.starts_on <= bindparam("last"),
        DutyCover.ends_on >= bindparam("first"),
        DutyCover.is_on_call == bindparam("on_call"),
        can_sign_in(),
        exists().where(
            Membership.user_id == DutyCover.user_id,
            Membership.clinic_id == DutyCover.clinic_id,
            Membership.role.in_(ANSWERING_ROLES),
            Membership.ends_on.is_(None),
        ),
    )
    .order_by(DutyCover.id)
)


def duty_between(
    clinic_ids: Collection[uuid.UUID], *, first: date, last: date, on_call: bool = False
) -> Mapping[uuid.UUID, Mapping[date, uuid.UUID]]:
    """Clinic → local date → who is on duty, or ``on_call``; a date nobody covers is missing.

    Both ends included; one statement.
    """
    asked = {"clinic_ids": list(clinic_ids), "first": first, "last": last, "on_call": on_call}
    rows = db.session.execute(_COVERS, asked)
    found: dict[uuid.UUID, dict[date, uuid.UUID]] = defaultdict(dict)
    for row in rows:
        day, ends_on = max(row.starts_on, first), min(row.ends_on, last)
        while day <= ends_on:
            found[row.clinic_id][day] = row.user_id
            day += timedelta(days=1)
    return found


def on_duty(clinic_id: uuid.UUID, day: date) -> uuid.UUID | None:
    """Who answers the clinic's urgent alerts on this local date."""
    return duty_between([clinic_id], first=day, last=day).get(clinic_id, {}).get(day)


def on_call(clinic: Clinic, at: datetime) -> uuid.UUID | None:
    """Who answers the clinic's urgent alerts at this instant because it is closed; None while it is open."""
    if not clinic.has_on_call or is_open(at, hours_of(clinic), clinic.zone):
        return None
    day = clinic.today(at)
    return duty_between([clinic.id], first=day, last=day, on_call=True).get(clinic.id, {}).get(day)


def on_duty_in(clinics: Iterable[Clinic], *, at: datetime) -> Mapping[uuid.UUID, uuid.UUID]:
    """Clinic → who answers its urgent alerts at this instant, by each clinic's own date. One statement."""
    today = {clinic.id: clinic.today(at) for clinic in clinics}
    if not today:
        return {}
    covered = duty_between(today.keys(), first=min(today.values()), last=max(today.values()))
    return {id_: covered[id_][day] for id_, day in today.items() if day in covered.get(id_, {})}


@dataclass(frozen=True, slots=True)
class Gaps:
    """The days, of the next ``DAYS_AHEAD``, on which nobody answers a clinic's urgent alerts."""

    duty: Sequence[date]
    """Open days without anybody on duty."""
    call: Sequence[date]
    """Days at some hour of which the clinic is closed, without anybody on call: where somebody is to be on call."""


def uncovered_days(clinics: Collection[Clinic], *, at: datetime) -> Mapping[uuid.UUID, Gaps]:
    """Clinic → where nobody is written down; those without a gap are missing.

    Four statements, however many clinics.
    """
    if not clinics:
        return {}
    ids = [clinic.id for clinic in clinics]
    db.session.scalars(select(Clinic).where(Clinic.id.in_(ids)).options(selectinload(Clinic.closures))).all()
    days = {clinic: [clinic.today(at) + timedelta(days=n) for n in range(DAYS_AHEAD)] for clinic in clinics}
    first, last = min(each[0] for each in days.values()), max(each[-1] for each in days.values())
    duty = duty_between(ids, first=first, last=last)
    called = [clinic.id for clinic in clinics if clinic.has_on_call]
    call = duty_between(called, first=first, last=last, on_call=True) if called else {}
    found: dict[uuid.UUID, Gaps] = {}
    for clinic, ahead in days.items():
        hours, on_duty, on_call = hours_of(clinic), duty.get(clinic.id, {}), call.get(clinic.id, {})
        gaps = Gaps(
            [day for day in ahead if hours.on(day) and day not in on_duty],
            [day for day in ahead if clinic.has_on_call and hours.closes_on(day) and day not in on_call],
        )
        if gaps.duty or gaps.call:
            found[clinic.id] = gaps
    return found
