"""Contacts, finished or not, and reports of danger."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.contacts.rules import DANGERS, KINDS, MODALITIES, WITHOUT_CONVERSATION
from registry.db.base import (
    Audited,
    Base,
    Identified,
    PatientLinked,
    Versioned,
    Withdrawable,
    one_of,
    withdrawn_has_date,
)

STATUSES = ("final", "amended", "entered-in-error")


class Contact(Identified, Versioned, PatientLinked, Withdrawable, Audited, Base):
    """Something that happened, or was tried, between the team and the person."""

    __tablename__ = "contact"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("modality", MODALITIES),
        one_of("status", STATUSES),
        withdrawn_has_date(),
        sa.CheckConstraint(
            "NOT (kind = 'treatment' AND reached "
            f"AND modality IN ({', '.join(repr(way) for way in WITHOUT_CONVERSATION)}))",
            name="reached_in_conversation",
        ),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 600", name="minutes_possible"),
        sa.Index("ix_contact_patient_date", "patient_id", "took_place_on"),
        sa.Index("ix_contact_staff_date", "staff_id", "took_place_on"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    took_place_on: Mapped[date]
    """Local date of service."""
    started_at: Mapped[time | None]
    """By the clinic's clock. The end follows from the minutes."""
    minutes: Mapped[int | None]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    modality: Mapped[str]
    reached: Mapped[bool]
    """Whether the patient took part."""
    took_part: Mapped[list[str]] = mapped_column(default=list)
    """Who took part beside the patient: codes of ``contacts.rules.TOOK_PART``."""
    participants: Mapped[str] = mapped_column(default="")
    """Who they were, in words."""
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    staff: Mapped[User] = relationship(foreign_keys="Contact.staff_id")


_is_of_a_new_one = sa.text("contact_id IS NULL")


class ContactDraft(Identified, PatientLinked, Base):
    """What somebody has typed of a contact and not saved as one: theirs alone, and in nobody's way."""

    __tablename__ = "contact_draft"
    __table_args__ = (
        sa.Index(
            "uq_contact_draft_of_user",
            "user_id",
            "patient_id",
            unique=True,
            sqlite_where=_is_of_a_new_one,
            postgresql_where=_is_of_a_new_one,
        ),
        sa.UniqueConstraint("user_id", "contact_id", name="uq_contact_draft_correction"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="RESTRICT"))
    """The entry it corrects, as its author had it before them; NULL for a contact not on record yet."""
    form_key: Mapped[str]
    """Of the form it was typed into: once that is saved, nothing typed into it is kept any more."""
    typed: Mapped[dict[str, Any]]
    """Name of a field → what stands in it, as it would be sent; a list where several were chosen."""
    saved_at: Mapped[datetime]


CONTACT, REVIEW = "contact", "review"
"""What is timed: a contact with the person, or the review of their case."""


class TimedContact(PatientLinked, Base):
    """Whom what somebody is timing is about; since when says their ``Stopwatch``."""

    __tablename__ = "timed_contact"
    __table_args__ = (one_of("purpose", (CONTACT, REVIEW)),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("stopwatch.user_id", ondelete="RESTRICT"), primary_key=True
    )
    purpose: Mapped[str] = mapped_column(default=CONTACT)
    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))


class DangerReport(Identified, Versioned, PatientLinked, Audited, Base):
    """Somebody of the team says the person is, or may be, in danger. A report about somebody else is struck through."""

    __tablename__ = "danger_report"
    __table_args__ = (
        one_of("kind", DANGERS),
        one_of("status", ("final", "entered-in-error")),
        sa.CheckConstraint("(status = 'final') = (why = '')", name="error_has_reason"),
        sa.CheckConstraint("(status = 'final') = (voided_at IS NULL)", name="void_has_time"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    reported_on: Mapped[date]
    said_by: Mapped[str]
    words: Mapped[str]
    done: Mapped[str] = mapped_column(default="")
    """What was done already."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    alert_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("alert.id", ondelete="RESTRICT"))
    status: Mapped[str] = mapped_column(default="final")
    why: Mapped[str] = mapped_column(default="")
    """Why it was entered in error."""
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
