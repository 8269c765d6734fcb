"""Reading the whole chain, for verification. Pages over it are ``registry.administration.trail``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from registry.audit.chain import Link
from registry.audit.models import AuditEvent
from registry.audit.recorder import content_of
from registry.extensions import db


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
