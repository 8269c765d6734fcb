"""Reading the trail: a bounded page of events, and the whole chain for verification."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from registry.audit.chain import Link
from registry.audit.models import AuditEvent
from registry.audit.recorder import content_of
from registry.extensions import db


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events: empty fields do not narrow."""

    clinic_ids: frozenset[uuid.UUID] | None = None
    """``None``: every clinic (administrators, auditors of the organisation)."""
    person_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    action_starts: str = ""
    before_number: int | None = None


def list_events(wanted: AuditFilter, *, limit: int = 50) -> list[AuditEvent]:
    """The newest events that match, newest first."""
    query = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(limit)
    if wanted.clinic_ids is not None:
        query = query.where(AuditEvent.clinic_id.in_(wanted.clinic_ids))
    if wanted.person_id:
        query = query.where(AuditEvent.person_id == wanted.person_id)
    if wanted.actor_id:
        query = query.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.action_starts:
        query = query.where(AuditEvent.action.startswith(wanted.action_starts, autoescape=True))
    if wanted.before_number is not None:
        query = query.where(AuditEvent.number < wanted.before_number)
    return list(db.session.scalars(query))


def iterate_links(*, chunk: int = 5_000) -> Iterator[Link]:
    """Every event in order, in bounded memory."""
    last = 0
    while True:
        rows: Iterable[AuditEvent] = db.session.scalars(
            select(AuditEvent).where(AuditEvent.number > last).order_by(AuditEvent.number).limit(chunk)
        )
        count = 0
        for row in rows:
            count += 1
            last = row.number
            yield Link(row.number, row.previous_hash, row.hash, content_of(row))
        db.session.expunge_all()
        if count < chunk:
            return
