"""Alerts and their history; a clinic's own numbers for the rules."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.db.base import Audited, Base, Identified, PatientLinked, Versioned, episode_key, one_of

TIERS = ("urgent", "action", "reminder", "queue")
STATES = ("open", "acknowledged", "closed")
OUTCOMES = {
    "contacted-safe": "Reached; safe for now, plan reviewed",
    "contacted-escalated": "Reached; crisis service, emergency or admission arranged",
    "welfare-check-done": "Welfare check done; see the note",
    "treatment-changed": "Treatment changed",
    "handled": "Handled; see the note",
    "not-a-concern": "Looked into; not a concern",
    "entered-in-error": "The answer was entered in error",
}
CARE_OUTCOMES = ("treatment-changed", "handled", "not-a-concern")
"""How an alert can end that is not about safety."""
NOT_REACHED = "not-reached"
"""Not an end: the alert stays open and the next attempt is timed."""
WELFARE_CHECK = "welfare-check"
"""Not an end either: somebody was asked to look after the person where they are."""
EVENT_KINDS = (
    "opened",
    "appended",
    "acknowledged",
    "assigned",
    "snoozed",
    "snooze-ended",
    "acted",
    "escalated",
    "closed",
    "closed-by-itself",
    "joined",
    "told",
    "untold",
    "mailed",
)

TELLING = ("opened", "appended")
"""Those that say something nobody had said before."""

DUTY, LEAD = 1, 2
"""How far an alert nobody answered has come; 0: it is still with whoever had it first."""

_open_only = sa.text("closed_at IS NULL")
_closed_only = sa.text("closed_at IS NOT NULL")
_told_only = sa.text("kind = 'told'")
_open_safety = sa.text("closed_at IS NULL AND is_safety")
_open_safety_sqlite = sa.text("closed_at IS NULL AND is_safety = 1")


class Alert(Identified, Versioned, PatientLinked, Audited, Base):
    """A finding over time. Closes by itself when untrue, unless urgent."""

    __tablename__ = "alert"
    __table_args__ = (
        one_of("tier", TIERS),
        one_of("state", STATES),
        episode_key(name="fk_alert_episode"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        sa.CheckConstraint("is_safety OR episode_id IS NOT NULL", name="care_has_episode"),
        sa.CheckConstraint(
            "closed_at IS NULL OR tier <> 'urgent' OR (closed_by_id IS NOT NULL AND outcome IS NOT NULL) "
            "OR joined_id IS NOT NULL",
            name="urgent_needs_outcome",
        ),
        sa.CheckConstraint("joined_id IS NULL OR (is_safety AND closed_at IS NOT NULL)", name="joined_is_closed"),
        sa.Index(
            "uq_alert_open_rule",
            "episode_id",
            "rule",
            unique=True,
            sqlite_where=_open_only,
            postgresql_where=_open_only,
        ),
        sa.Index(
            "uq_alert_open_safety",
            "patient_id",
            unique=True,
            sqlite_where=_open_safety_sqlite,
            postgresql_where=_open_safety,
        ),
        sa.Index(
            "ix_alert_clinic_open", "clinic_id", "patient_id", sqlite_where=_open_only, postgresql_where=_open_only
        ),
        sa.Index(
            "ix_alert_clinic_closed", "clinic_id", "closed_at", sqlite_where=_closed_only, postgresql_where=_closed_only
        ),
        sa.Index("ix_alert_owner_open", "owner_id", "state"),
        sa.Index("ix_alert_look_at", "look_at", sqlite_where=_open_only, postgresql_where=_open_only),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    """Who answers: the episode's clinic; for safety, the clinic that recorded the answer."""
    episode_id: Mapped[uuid.UUID | None]
    """Empty for safety: that belongs to the person."""
    rule: Mapped[str]
    rule_version: Mapped[int]
    is_safety: Mapped[bool] = mapped_column(default=False)
    tier: Mapped[str]
    sentence: Mapped[str]
    """The evidence in one plain sentence, naming the local date it was last evaluated on."""
    evidence: Mapped[dict[str, Any]]
    told_evidence: Mapped[dict[str, Any] | None]
    """What people were last told, or answered, where the evidence has moved on since without being news."""
    since: Mapped[date]
    """Local date from which the finding is true."""
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    told_at: Mapped[datetime]
    """When it last told something nobody knew: opened or added to, not merely told again; kept by ``log.step_of``."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    snoozed_until: Mapped[date | None]
    snooze_reason: Mapped[str] = mapped_column(default="")
    look_at: Mapped[datetime | None]
    """The next instant at which the clock matters: escalation, the end of the day, the next attempt."""
    escalation: Mapped[int] = mapped_column(default=0)
    """0 owner, ``DUTY``, ``LEAD``."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    outcome: Mapped[str | None]
    closing_words: Mapped[str] = mapped_column(default="")
    joined_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("alert.id", ondelete="RESTRICT"))
    """The open safety alert that speaks for this one as well, since two records of the person were merged."""

    owner: Mapped[User | None] = relationship(foreign_keys="Alert.owner_id")
    events: Mapped[list[AlertEvent]] = relationship(
        primaryjoin="Alert.id == foreign(AlertEvent.alert_id)", order_by="AlertEvent.at", viewonly=True
    )


class AlertEvent(Identified, PatientLinked, Base):
    """One step in the life of an alert. Append-only."""

    __tablename__ = "alert_event"
    __table_args__ = (
        one_of("kind", EVENT_KINDS),
        sa.Index("ix_alert_event_alert", "alert_id", "at"),
        sa.Index("ix_alert_event_told", "alert_id", sqlite_where=_told_only, postgresql_where=_told_only),
    )

    alert_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("alert.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any] | None]

    by: Mapped[User | None] = relationship()


AS_SHIPPED, OWN, OFF = "as-shipped", "own", "off"
"""What a clinic can decide about a rule's number."""


class RuleNumber(Identified, Versioned, Audited, Base):
    """What a clinic decided about a rule's parameter, and who set it or signed for it. Never deleted."""

    __tablename__ = "rule_number"
    __table_args__ = (
        sa.UniqueConstraint("clinic_id", "parameter", name="uq_rule_number_parameter"),
        one_of("choice", (AS_SHIPPED, OWN, OFF)),
        sa.CheckConstraint("(choice = 'own') = (value IS NOT NULL)", name="own_has_value"),
    )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    parameter: Mapped[str]
    """``target.off.days``."""
    choice: Mapped[str]
    value: Mapped[int | None]
    """The clinic's own number; empty where it goes by the shipped one, or switched it off."""
    signed_edition: Mapped[int | None]
    """The edition of the parameter a psychiatrist signed for; empty where a lead set it."""
    why: Mapped[str]
    set_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime]


class RulebookState(Base):
    """What the last sweep of a clinic ran with: a changed rulebook, number or instrument is due for everybody."""

    __tablename__ = "rulebook_state"

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"), primary_key=True)
    fingerprint: Mapped[str]
    swept_on: Mapped[date | None]
    swept_at: Mapped[datetime | None]
