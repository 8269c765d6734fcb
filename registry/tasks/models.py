"""Tasks and notes from one colleague to another, each about one person."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.db.base import Audited, Base, Identified, PatientLinked, Versioned, one_of
from registry.patients.models import Patient
from registry.tasks.rules import KINDS, STATES


class Task(Identified, Versioned, PatientLinked, Audited, Base):
    """Something asked of, or told to, a colleague of the clinic. Open until the colleague answers."""

    __tablename__ = "task"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        sa.CheckConstraint("kind = 'task' OR (due_on IS NULL AND state <> 'declined')", name="note_asks_nothing"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_once"),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_on IS NULL)", name="answered_on_a_day"),
        sa.CheckConstraint("state IN ('open', 'withdrawn') OR kind = 'note' OR answer <> ''", name="answer_has_words"),
        sa.CheckConstraint("(passed_by_id IS NULL) = (passed_at IS NULL)", name="passed_by_somebody"),
        sa.Index("ix_task_to_state", "to_id", "state"),
        sa.Index("ix_task_from_answered", "from_id", "answered_at"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    words: Mapped[str]
    from_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    to_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    sent_at: Mapped[datetime]
    sent_on: Mapped[date]
    """The day it was sent at the clinic."""
    due_on: Mapped[date | None]
    """The clinic's local date by which it is to be done."""
    changed_at: Mapped[datetime | None]
    """When whoever asked last changed what is asked."""
    passed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    passed_at: Mapped[datetime | None]
    passed_why: Mapped[str] = mapped_column(default="")
    """Who handed it on to the present recipient last, and why; the audit trail holds the ones before."""
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    """When it was answered, or taken back."""
    answered_on: Mapped[date | None]
    """The same as a day at the clinic."""

    patient: Mapped[Patient] = relationship()
    sender: Mapped[User] = relationship(foreign_keys="Task.from_id")
    recipient: Mapped[User] = relationship(foreign_keys="Task.to_id")
    passed_by: Mapped[User | None] = relationship(foreign_keys="Task.passed_by_id")

    @property
    def is_open(self) -> bool:
        return self.state == "open"
