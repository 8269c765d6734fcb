"""Reviews, recommendations, questions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.db.base import Audited, Base, EpisodeLinked, Identified, Versioned, one_of
from registry.review.rules import KINDS, STATES

STATUSES = ("final", "entered-in-error")


class Review(Identified, EpisodeLinked, Audited, Base):
    """A psychiatric case review of one patient, never of a meeting."""

    __tablename__ = "review"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 240", name="minutes_possible"),
            sa.CheckConstraint("known_until <= opened_at AND opened_at <= recorded_at", name="known_before_recorded"),
            one_of("status", STATUSES),
            sa.CheckConstraint("(status = 'final') = (error_why = '')", name="error_has_reason"),
            sa.CheckConstraint("(status = 'final') = (voided_at IS NULL)", name="void_has_time"),
            sa.Index("ix_review_episode_date", "episode_id", "reviewed_on"),
            sa.Index("ix_review_clinic_date", "clinic_id", "reviewed_on"),
        )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    reviewed_on: Mapped[date]
    consultant_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    minutes: Mapped[int | None]
    summary: Mapped[str] = mapped_column(default="")
    look_again_on: Mapped[date | None]
    """A day the consultant named instead of the interval of the phase."""
    known_until: Mapped[datetime]
    """When the case was opened, at the latest the end of its day: this review did not know of what came later."""
    opened_at: Mapped[datetime]
    """When the case was opened: what its note shows was on record by then."""
    recorded_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="final")
    error_why: Mapped[str] = mapped_column(default="")
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))

    consultant: Mapped[User] = relationship(foreign_keys="Review.consultant_id")
    voided_by: Mapped[User | None] = relationship(foreign_keys="Review.voided_by_id")
    recommendations: Mapped[list[Recommendation]] = relationship(order_by="Recommendation.position")


class Recommendation(Identified, Versioned, EpisodeLinked, Audited, Base):
    """One thing the consultant advises, to whom, and what became of it, by named people."""

    __tablename__ = "recommendation"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            one_of("kind", KINDS),
            one_of("state", STATES),
            sa.CheckConstraint("(kind = 'continue') = (state = 'noted')", name="to_continue_waits_for_nobody"),
            sa.CheckConstraint("state <> 'declined' OR decision_why <> ''", name="declined_has_reason"),
            sa.CheckConstraint("decided_on >= proposed_on", name="decided_after_proposed"),
            sa.CheckConstraint("done_on >= decided_on", name="done_after_decided"),
            sa.CheckConstraint("state = 'declined' OR before_end IS NULL", name="ended_is_declined"),
            sa.Index("ix_recommendation_episode_state", "episode_id", "state"),
        )

    review_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("review.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    words: Mapped[str]
    to_user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    to_name: Mapped[str] = mapped_column(default="")
    """Of somebody without an account."""
    proposed_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="proposed")
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    """Who wrote it down."""
    decided_by_name: Mapped[str] = mapped_column(default="")
    """Who decided, where that is somebody without an account."""
    decided_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    """When it was written down; ``decided_on`` is the local date it holds from."""
    decision_why: Mapped[str] = mapped_column(default="")
    done_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    done_by_name: Mapped[str] = mapped_column(default="")
    """Who did it, as above."""
    done_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    before_end: Mapped[dict[str, Any] | None]
    """Its state and decision before the end of the episode declined it, for whoever takes that end back."""

    review: Mapped[Review] = relationship(back_populates="recommendations")
    to_user: Mapped[User | None] = relationship(foreign_keys="Recommendation.to_user_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="Recommendation.decided_by_id")
    done_by: Mapped[User | None] = relationship(foreign_keys="Recommendation.done_by_id")


class ReviewQuestion(Identified, EpisodeLinked, Audited, Base):
    """A question for the psychiatrist: it puts the patient into the queue until a review answers it."""

    __tablename__ = "review_question"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.CheckConstraint("withdrawn_at IS NOT NULL OR NOT ended_with_episode", name="ended_is_withdrawn"),
            sa.Index("ix_review_question_episode", "episode_id"),
        )

    asked_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime]
    asked_on: Mapped[date]
    words: Mapped[str]
    answered_by_review_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("review.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None]
    ended_with_episode: Mapped[bool] = mapped_column(default=False)
    """Nobody took it back: the episode ended, and it waits again where that end is taken back."""

    asked_by: Mapped[User] = relationship()


_on_list = sa.text("off_at IS NULL")


class MeetingCase(Identified, EpisodeLinked, Audited, Base):
    """Somebody the team wants to talk about in the next meeting: until a review is saved, or they are taken off."""

    __tablename__ = "meeting_case"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.CheckConstraint("review_id IS NULL OR off_at IS NOT NULL", name="reviewed_is_off"),
            sa.Index(
                "uq_meeting_case_open",
                "episode_id",
                unique=True,
                sqlite_where=_on_list,
                postgresql_where=_on_list,
            ),
            sa.Index("ix_meeting_case_clinic", "clinic_id", "off_at"),
        )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    place: Mapped[int]
    """Whose is less is talked about first."""
    added_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    added_at: Mapped[datetime]
    off_at: Mapped[datetime | None]
    review_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("review.id", ondelete="RESTRICT"))
    """The review that took them off; empty where a person did."""

    added_by: Mapped[User] = relationship()
