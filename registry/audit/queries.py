"""Reading the chain for verification, and how often somebody did something lately.

Pages over the trail are ``registry.administration.trail``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from registry import clock
from registry.audit.chain import Link
from registry.audit.models import AuditEvent
from registry.audit.recorder import content_of
from registry.extensions import db

_CHUNK = 5_000
"""Events in memory at a time."""


def count_recent(action: str, *, by: uuid.UUID, within: timedelta) -> int:
    """How often somebody did ``action`` lately."""
    since = clock.now() - within
    acts = select(AuditEvent.number).where(
        AuditEvent.actor_id == by, AuditEvent.action == action, AuditEvent.at > since
    )
    return db.session.scalar(select(func.count()).select_from(acts.subquery())) or 0


def iterate_links() -> Iterator[Link]:
    """Every event in order, in bounded memory."""
    last = 0
    while True:
        rows: Iterable[AuditEvent] = db.session.scalars(
            select(AuditEvent).where(AuditEvent.number > last).order_by(AuditEvent.number).limit(_CHUNK)
        )
        count = 0
        for row in rows:
            count += 1
            last = row.number
            yield Link(row.number, row.previous_hash, row.hash, content_of(row))
        db.session.expunge_all()
        if count < _CHUNK:
            return


def entered_by(person_id: uuid.UUID, entities: Collection[str], *, since: datetime) -> Mapping[uuid.UUID, uuid.UUID]:
    """By the id of a row of these tables about somebody, who entered it, of those entered at or after that instant."""
    rows = db.session.execute(
        select(AuditEvent.entity_id, AuditEvent.actor_id).where(
            AuditEvent.person_id == person_id,
            AuditEvent.kind == "create",
            AuditEvent.entity.in_(entities),
            AuditEvent.at >= since,
            AuditEvent.actor_id.is_not(None),
        )
    )
    return {row.entity_id: row.actor_id for row in rows}
