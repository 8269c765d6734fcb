"""What somebody is told by e-mail, and what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.db.base import Base, Identified, one_of
from registry.messages.rules import FAULTS, KINDS, STATES

_queued_only = sa.text("state = 'queued'")


class Message(Identified, Base):
    """What one person is told, once: that an alert asks for them, or what is open for them this week. Several alerts of
    one person go out in one e-mail.

    Nothing here is about a patient but the key of the alert, and no text is stored: what is open is counted when the
    e-mail goes out.
    """

    __tablename__ = "message"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        one_of("fault", FAULTS),
        sa.UniqueConstraint("occasion", name="uq_message_occasion"),
        sa.CheckConstraint("(kind = 'urgent') = (alert_id IS NOT NULL)", name="urgent_has_alert"),
        sa.CheckConstraint("(state = 'queued') = (settled_at IS NULL)", name="settled_has_time"),
        sa.CheckConstraint("state <> 'failed' OR fault IS NOT NULL", name="failed_says_why"),
        sa.Index("ix_message_next_try", "next_try_at", sqlite_where=_queued_only, postgresql_where=_queued_only),
        sa.Index("ix_message_settled", "settled_at"),
    )

    kind: Mapped[str] = mapped_column(default="urgent")
    occasion: Mapped[str]
    """The alert, the instant at which it asked, and whom; or whom and which week. Nobody is told of one occasion
    twice."""
    alert_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("alert.id", ondelete="RESTRICT"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"), index=True)
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None]
    """Why the last try failed; kept also where a later one went well."""
    next_try_at: Mapped[datetime]
    """Nobody else takes it up before this instant: the next try, or the end of one that was cut off."""
    settled_at: Mapped[datetime | None]

    alert: Mapped[Alert | None] = relationship()
    user: Mapped[User] = relationship()
