"""Patients and how to reach them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.access.models import PatientClinic
from registry.db.base import Audited, Base, Identified, PatientItself, PatientLinked, Versioned, one_of
from registry.patients.rules import CONTACT_KINDS, SEXES


class Patient(Identified, Versioned, PatientItself, Audited, Base):
    """A person. ``used_*`` is what everybody says and sees; the legal name is for claims and matching."""

    __tablename__ = "patient"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "mrn", name="uq_patient_mrn"),
        one_of("sex", SEXES),
        sa.CheckConstraint("died_on IS NULL OR died_on >= birth_date", name="died_after_birth"),
        sa.Index("ix_patient_search_name", "search_name"),
        sa.Index("ix_patient_birth_date", "birth_date"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"))
    mrn: Mapped[str]
    legal_given: Mapped[str]
    legal_family: Mapped[str]
    used_name: Mapped[str] = mapped_column(default="")
    """The given name in use, when it is not the legal one."""
    search_name: Mapped[str]
    """Folded for search and sorting: "family given used", no accents, lower case."""
    pronouns: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    sex: Mapped[str] = mapped_column(default="unknown")
    gender_identity: Mapped[str] = mapped_column(default="")
    races: Mapped[list[str]] = mapped_column(default=list)
    """Codes of ``patients.rules.RACES``; ``asked-no-answer`` is not ``unknown`` (an empty list: never asked)."""
    ethnicity: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    payer: Mapped[str] = mapped_column(default="")
    primary_care: Mapped[str] = mapped_column(default="")
    died_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime | None]
    """When identity or demographics were last changed by a person; with who, what a second editor is told."""
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    seen_by: Mapped[list[PatientClinic]] = relationship()
    contact_points: Mapped[list[ContactPoint]] = relationship(order_by="ContactPoint.created_at")

    @property
    def given_name(self) -> str:
        return self.used_name or self.legal_given

    @property
    def name(self) -> str:
        """The name in use: "Given Family"."""
        return f"{self.given_name} {self.legal_family}"


class ContactPoint(Identified, Versioned, PatientLinked, Audited, Base):
    """A way to reach the person: several, or none. No phone is normal: then "where and when found"."""

    __tablename__ = "contact_point"
    __table_args__ = (one_of("kind", CONTACT_KINDS), sa.Index("ix_contact_point_folded", "folded"))

    kind: Mapped[str]
    value: Mapped[str]
    folded: Mapped[str] = mapped_column(default="")
    """What two ways to reach somebody are compared by: the last digits of a phone number, an address in lower case."""
    note: Mapped[str] = mapped_column(default="")
    """Where and when the person can be found, or what to mind."""
    may_leave_message: Mapped[bool] = mapped_column(default=False)
    may_text: Mapped[bool] = mapped_column(default=False)
    may_email: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
