"""Queueing a Monday's count of open work. What is open is counted when the e-mail goes out: nobody hears of nothing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from registry.access.roles import Role, actions_of
from registry.accounts.queries import list_users_with_role
from registry.db.transaction import write
from registry.extensions import db
from registry.messages.models import Message
from registry.messages.open_work import TASKS_ALONE, WITH_ALERTS
from registry.messages.rules import DIGESTS_A_MINUTE

_ROLES = tuple(role.value for role in Role if {WITH_ALERTS, TASKS_ALONE} & actions_of(role))


def queue_digests(clinic_id: uuid.UUID, *, week: str, at: datetime) -> int:
    """One message for everybody who works there with people, unless another of their clinics queued it; how many.

    A few a minute: the consumer has other jobs.
    """
    with write():
        people = list_users_with_role(clinic_id, *_ROLES)
        occasions = {f"digest {user.id} {week}": user.id for user in people if not user.awaits_password}
        queued = set(db.session.scalars(select(Message.occasion).where(Message.occasion.in_(occasions))))
        new = [occasion for occasion in occasions if occasion not in queued]
        db.session.add_all(
            Message(
                kind="digest",
                occasion=occasion,
                user_id=occasions[occasion],
                queued_at=at,
                next_try_at=at + timedelta(minutes=place // DIGESTS_A_MINUTE),
            )
            for place, occasion in enumerate(new)
        )
    return len(new)
