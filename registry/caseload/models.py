"""One maintained, indexed row per episode, so that the list is one query."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.accounts.models import User
from registry.alerts.last_safety import NEGATIVE, POSITIVE, UNKNOWN
from registry.caseload.ranking import NOWHERE
from registry.caseload.rules import LONGEST_VIEW_NAME
from registry.db.base import Audited, Base, ClinicsOwn, EpisodeLinked, Identified, PatientLinked, one_of
from registry.life.rules import STAYS
from registry.measures.course import Outcome

NOTHING_OPEN = 9
"""Rank of a row without an open reason; the tiers stand before it."""


def _only(condition: str) -> Mapping[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


class CaseloadRow(ClinicsOwn, EpisodeLinked, Base):
    """What the list shows, filters and sorts by. Holds no "today": weeks, age and due are computed when read.

    Written only by ``caseload.rows.refresh``, in the transaction of the write that changed it.
    """

    __tablename__ = "caseload_row"

    @classmethod
    def more_table_args(cls) -> tuple[Any, ...]:
        return (
            sa.PrimaryKeyConstraint("episode_id"),
            one_of("outcome", Outcome),
            one_of("safety_state", (POSITIVE, NEGATIVE, UNKNOWN)),
            one_of("away_kind", STAYS),
            sa.Index("ix_caseload_row_rank", "clinic_id", "is_open", "rank", "sort_name"),
            sa.Index("ix_caseload_row_name", "clinic_id", "is_open", "sort_name"),
            sa.Index("ix_caseload_row_manager", "care_manager_id", "is_open", "rank"),
            # All that the views count: none of the rows is read for it.
            sa.Index(
                "ix_caseload_row_views",
                *("clinic_id", "is_open", "rank", "is_off_target", "unseen_from", "unreviewed_from", "at_target_until"),
                "patient_id",
            ),
            # All that the queue asks of everybody, their order and their number: none of their rows is read for it.
            sa.Index(
                "ix_caseload_row_queue",
                *("clinic_id", "is_open", "queue_place", "waited_place", "waited_from", "quiet_place", "quiet_from"),
                *("sort_name", "consultant_id", "episode_id", "patient_id"),
                *("phase", "paused_until", "last_review_on"),
            ),
            # Without a clinic: whoever sees many of them reads the list in its order, and stops at the end of the page.
            # Partial, by what is always true and only that statement says: a clinic's own list must not take them.
            sa.Index(
                "ix_caseload_row_need_anywhere", "is_open", "rank", "sort_name", "episode_id", **_only("rank >= 0")
            ),
            sa.Index("ix_caseload_row_name_anywhere", "is_open", "sort_name", "episode_id", **_only("sort_name >= ''")),
        )

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    is_open: Mapped[bool]
    sort_name: Mapped[str]
    mrn: Mapped[str]
    phase: Mapped[str]
    referred_on: Mapped[date]
    enrolled_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    paused_until: Mapped[date | None]
    care_manager_id: Mapped[uuid.UUID | None]
    consultant_id: Mapped[uuid.UUID | None]
    conditions: Mapped[list[str]]

    first_scale: Mapped[str | None]
    """The metric primary: left measure column."""
    first_standing: Mapped[str | None]
    first_baseline: Mapped[Decimal | None]
    first_latest: Mapped[Decimal | None]
    first_latest_on: Mapped[date | None]
    first_percent: Mapped[Decimal | None]
    first_stale_after_days: Mapped[int | None]
    """Cadence × 1.5, in whole days."""
    first_at_most: Mapped[Decimal | None]
    first_at_least: Mapped[Decimal | None]
    first_course: Mapped[str] = mapped_column(default="")
    """The scores that are drawn, as ``course_text`` writes them."""
    first_baseline_on: Mapped[date | None]
    first_baseline_elevated: Mapped[bool | None]
    outcome: Mapped[str | None]
    """``Outcome`` of the metric primary from enrolment on."""
    beside_mania: Mapped[bool] = mapped_column(default=False)
    """The last score of depression stands beside an elevated or rising score of mania: no success to count."""
    second_scale: Mapped[str | None]
    """Mania or psychosis beside depression: right measure column."""
    second_standing: Mapped[str | None]
    second_baseline: Mapped[Decimal | None]
    second_baseline_on: Mapped[date | None]
    second_latest: Mapped[Decimal | None]
    second_latest_on: Mapped[date | None]
    second_stale_after_days: Mapped[int | None]
    second_at_most: Mapped[Decimal | None]
    second_at_least: Mapped[Decimal | None]
    second_course: Mapped[str] = mapped_column(default="")
    function_scale: Mapped[str | None]
    """How somebody lives, beside symptoms: function, recovery, quality of life."""
    function_standing: Mapped[str | None]
    function_baseline: Mapped[Decimal | None]
    function_baseline_on: Mapped[date | None]
    function_latest: Mapped[Decimal | None]
    function_latest_on: Mapped[date | None]
    function_stale_after_days: Mapped[int | None]
    function_at_most: Mapped[Decimal | None]
    function_at_least: Mapped[Decimal | None]
    function_course: Mapped[str] = mapped_column(default="")
    further: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Every other measure that is tracked: scale, standing, baseline, latest, their dates, stale_after_days."""
    further_count: Mapped[int] = mapped_column(default=0)

    safety_state: Mapped[str | None]
    """Of the newest form that asks: positive, negative, or unknown; NULL where nobody was ever asked."""
    safety_item: Mapped[str | None]
    safety_on: Mapped[date | None]
    safety_positive_item: Mapped[str | None]
    safety_positive_on: Mapped[date | None]
    """When a danger was last told of."""
    safety_plan_on: Mapped[date | None]
    """The day on which the safety plan in force was talked through."""
    safety_plan_review_on: Mapped[date | None]

    last_two_way_on: Mapped[date | None]
    failed_attempts: Mapped[int] = mapped_column(default=0)
    minutes_month: Mapped[date | None]
    """First day of the last month in which minutes of a contact were written down."""
    minutes: Mapped[int] = mapped_column(default=0)
    """Those of that month. Whether it is this month is asked when the row is read."""
    due_on: Mapped[date | None]
    """The first of the days below, or the day a pause ends."""
    contact_due_on: Mapped[date | None]
    measure_due_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    injection_due_on: Mapped[date | None]
    """The first, where somebody has several. Neither a pause nor a stay moves it."""
    yearly: Mapped[dict[str, Any] | None]
    """Part of the yearly physical check that was ever done → the last day on which that counts; NULL after the end."""
    away_kind: Mapped[str | None]
    """Where the person is: a kind of stay without an end. While it lasts hardly anything falls due."""
    away_since: Mapped[date | None]
    away_last_known_on: Mapped[date | None]
    """The last day on which anybody said so, where that is so long ago that nothing rests any more; else empty."""
    consent_withdrawn_on: Mapped[date | None]
    """The day on which the last consent of an open episode was taken back, if it was."""
    last_review_on: Mapped[date | None]
    known_until: Mapped[datetime | None]
    """When the case of the last review was opened: what came later, nobody has reviewed."""
    course_began_on: Mapped[date | None]
    """The present course of treatment."""
    changed_on: Mapped[date | None]
    """The last day on which treatment changed, by its record or by what was recommended and done."""
    asked_on: Mapped[date | None]
    """The oldest question to the psychiatrist without an answer."""
    open_recommendations: Mapped[int] = mapped_column(default=0)
    has_question: Mapped[bool] = mapped_column(default=False)
    housing: Mapped[str | None]
    housing_on: Mapped[date | None]
    work: Mapped[str | None]
    work_on: Mapped[date | None]

    rank: Mapped[int]
    """Order of need: 0 urgent, 1 action, 2 reminder, 3 queue, ``NOTHING_OPEN``. Snoozed reasons do not count."""
    reasons: Mapped[list[dict[str, Any]]]
    """Open alerts, ranked: id, rule, tier, sentence, evidence, since, state, snoozed_until."""
    rules: Mapped[str] = mapped_column(default="")
    """The rules of the open alerts, each between spaces, for the filter by reason."""
    is_off_target: Mapped[bool] = mapped_column(default=False)
    """``OFF_TARGET_RULE`` is among the rules."""
    unseen_from: Mapped[date | None]
    """The first day on which the person has not been seen for too long, while care is promised: ``view_days``."""
    unreviewed_from: Mapped[date | None]
    """The first day on which a review lies too long back, while care is promised."""
    at_target_until: Mapped[date | None]
    """The last day on which the main measure is known to be at its target."""
    queue_place: Mapped[int] = mapped_column(default=NOWHERE)
    """Where the person stands in the psychiatrist's queue by everything but the calendar (``ranking.numbered``)."""
    waited_place: Mapped[int] = mapped_column(default=NOWHERE)
    """The place from the day on which a question has waited too long."""
    waited_from: Mapped[date | None]
    quiet_place: Mapped[int] = mapped_column(default=NOWHERE)
    """The place from the day on which no score says how the person is."""
    quiet_from: Mapped[date | None]
    queue_rules: Mapped[str] = mapped_column(default="")
    """The rules of the open alerts that give the place, between spaces, most pressing first."""
    queue_answered: Mapped[list[str]] = mapped_column(default=list)
    """The safety alerts that somebody closed since the last review, first one first."""
    declined_on: Mapped[date | None]
    """The first day, since the last review, on which something it recommended was declined."""
    refreshed_at: Mapped[datetime]


class PanelCount(Base):
    """The answer to one question about one panel, as it was counted: see ``registry.caseload.panels``."""

    __tablename__ = "panel_count"

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"), primary_key=True)
    panel: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The care manager; the clinic itself for the people nobody is responsible for."""
    question: Mapped[str] = mapped_column(primary_key=True)
    counted_on: Mapped[date]
    """The clinic's local date it was counted for: what depends on today is another number tomorrow."""
    definition: Mapped[str]
    """SHA-256 of what was asked: a number by other rules is no answer."""
    numbers: Mapped[dict[str, Any]]


class PanelChange(Identified, Base):
    """A row of this panel changed after it was counted. Written by the database itself, whoever changed the row."""

    __tablename__ = "panel_change"
    __table_args__ = (sa.Index("ix_panel_change_panel", "clinic_id", "panel"),)

    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    panel: Mapped[uuid.UUID]


class LookMark(Identified, PatientLinked, Audited, Base):
    """A reader says that they have looked at a record. Taken back it stays, and the one before holds again."""

    __tablename__ = "look_mark"
    __table_args__ = (
        sa.CheckConstraint("undone_at IS NULL OR undone_at >= looked_at", name="undone_after"),
        sa.Index("ix_look_mark_reader", "user_id", "patient_id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    looked_at: Mapped[datetime]
    """When the page they looked at was made: what was stored later, they cannot have seen."""
    undone_at: Mapped[datetime | None]


class ColumnChoice(Audited, Base):
    """The columns somebody chose for the list, in their order. Without a row it shows those of the role."""

    __tablename__ = "column_choice"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True)
    columns: Mapped[list[str]]
    chosen_at: Mapped[datetime]


class SavedView(Identified, Audited, Base):
    """A list somebody comes back to: its filters, order and name. Holds no name of a patient and no search."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.CheckConstraint(f"length(name) BETWEEN 1 AND {LONGEST_VIEW_NAME}", name="name_length"),
        sa.UniqueConstraint("owner_id", "name", name="uq_saved_view_name"),
        sa.Index("ix_saved_view_shared_with", "shared_with_id"),
    )

    owner_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    name: Mapped[str]
    address: Mapped[dict[str, Any]]
    """As ``rules.Listing.address``: what an address says."""
    shared_with_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"))
    """The clinic whose people see it too; NULL: only its owner."""
    saved_at: Mapped[datetime]

    owner: Mapped[User] = relationship()
