"""Who is on duty: who answers a clinic's urgent alerts on a local date. Asked here and nowhere else.

Of covers that overlap the one written down last counts: so a mistake is put right by writing the cover again. Somebody
whose account is closed, or whose role at the clinic no longer answers alerts, covers nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, select

from registry.access.roles import GRANTS, Role
from registry.accounts.models import Membership, User
from registry.clinics.models import Clinic, DutyCover
from registry.db.among import among
from registry.extensions import db

ANSWERING_ROLES = tuple(role.value for role in Role if "alert.acknowledge" in GRANTS[role])
"""Roles whose holders answer alerts."""

_COVERS = (
    select(DutyCover.clinic_id, DutyCover.user_id, DutyCover.starts_on, DutyCover.ends_on)
    .join(User, User.id == DutyCover.user_id)
    .where(
        among(DutyCover.clinic_id, "clinic_ids"),
        DutyCover.starts_on <= bindparam("last"),
        DutyCover.ends_on >= bindparam("first"),
        User.is_active,
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
    clinic_ids: Collection[uuid.UUID], *, first: date, last: date
) -> Mapping[uuid.UUID, Mapping[date, uuid.UUID]]:
    """Clinic → local date → who is on duty; a date nobody covers is missing. Both ends included; one statement."""
    rows = db.session.execute(_COVERS, {"clinic_ids": list(clinic_ids), "first": first, "last": last})
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


def on_duty_in(clinics: Iterable[Clinic], *, at: datetime) -> Mapping[uuid.UUID, uuid.UUID]:
    """Clinic → who answers its urgent alerts at this instant, by each clinic's own date. One statement."""
    today = {clinic.id: clinic.today(at) for clinic in clinics}
    if not today:
        return {}
    covered = duty_between(today.keys(), first=min(today.values()), last=max(today.values()))
    return {id_: covered[id_][day] for id_, day in today.items() if day in covered.get(id_, {})}
