"""Which clinic may see which patient: one table, and the only one the scope asks."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.base import Audited, Base, PatientLinked, one_of

WHY = ("registered", "episode", "transfer", "share", "break-glass")


class PatientClinic(PatientLinked, Audited, Base):
    """A clinic sees a patient, why, since when and until when. A clinic that has had an episode keeps access."""

    __tablename__ = "patient_clinic"
    __table_args__ = (
        one_of("why", WHY),
        # By clinic alone: with the patient as a key PostgreSQL looks one person up here, clinic by clinic.
        sa.Index("ix_patient_clinic_clinic", "clinic_id", postgresql_include=["patient_id", "expires_at"]),
    )

    patient_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("patient.id", ondelete="RESTRICT"), primary_key=True)
    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"), primary_key=True)
    why: Mapped[str]
    since: Mapped[datetime]
    expires_at: Mapped[datetime | None]
