"""What was imported: one row per run, with counts that add up."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.base import Base, Identified


class ImportBatch(Identified, Base):
    """One run over one file, counted in the transaction of each chunk: a run that was killed says how far it came.

    ``imported + quarantined + already_there = rows_read`` holds after every chunk.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        sa.CheckConstraint("imported + quarantined + already_there = rows_read", name="adds_up"),
        sa.Index("ix_import_batch_file", "clinic_id", "file_hash", "mapping_hash"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    source: Mapped[str]
    """The name the mapping gives the source: part of the identity of each administration."""
    instrument: Mapped[str]
    file_hash: Mapped[str]
    """SHA-256 of the file."""
    mapping_hash: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    already_there: Mapped[int] = mapped_column(default=0)
    last_row: Mapped[int] = mapped_column(default=0)
    """Number of the last row dealt with, as a spreadsheet shows it."""
