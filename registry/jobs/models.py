"""The record of what ran: exactly once is a unique row here, not a promise of the queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from registry.db.base import Base


class JobRun(Base):
    """One run of one job for one occasion (``sweep`` of a clinic on a date)."""

    __tablename__ = "job_run"

    kind: Mapped[str] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    alive_at: Mapped[datetime | None]
    """When whoever is at it last said so; None while nobody is."""
    finished_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None]


class Heartbeat(Base):
    """The consumer's last sign of life; readiness fails when it is old."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
