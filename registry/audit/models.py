"""The audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.base import Base, one_of

KINDS = ("create", "change", "read", "list", "sign-in", "refusal", "export", "system")
ACTORS = ("user", "system", "command")
OUTCOMES = ("success", "refused", "failed")


class AuditEvent(Base):
    """One act. ``number`` is dense; ``hash`` covers the row and the hash before it. Triggers refuse a change.

    Not a row of the patient's record: who reads it is decided by ``audit.queries``, not by the patient scope.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("actor_kind", ACTORS),
        one_of("outcome", OUTCOMES),
        sa.Index("ix_audit_event_person", "person_id", "number"),
        sa.Index("ix_audit_event_actor", "actor_id", "number"),
        sa.Index("ix_audit_event_clinic", "clinic_id", "number"),
        sa.Index("ix_audit_event_action", "action", "number"),
        sa.Index(
            "ix_audit_event_refused",
            "actor_id",
            "number",
            sqlite_where=sa.text("outcome = 'refused'"),
            postgresql_where=sa.text("outcome = 'refused'"),
        ),
    )

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    action: Mapped[str]
    """What was done, as ``noun.verb-in-the-past``: ``measurement.recorded``."""
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    clinic_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    """The patient, without a foreign key: the trail outlives what it speaks of."""
    entity: Mapped[str | None]
    entity_id: Mapped[uuid.UUID | None]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]] | None]
    """Per changed row: its table, id, and the fields before and after."""
    previous_hash: Mapped[str]
    hash: Mapped[str]
