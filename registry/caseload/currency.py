"""What moves with the calendar, worked out in the database when a row is read: one place for filter and order.

``registry.measures.course.freshness`` says the same of one score in Python; a test holds the two together.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from registry.caseload.models import CaseloadRow
from registry.caseload.rules import NOT_REVIEWED_DAYS
from registry.db.days import days_between
from registry.measures.course import Standing
from registry.physical.catalogue import catalogue

Today = Mapping[uuid.UUID, date]
"""Clinic → its local date now."""

PROMISED_CARE = ("engaging", "active", "maintaining")
"""Phases in which contact, measures and review are promised; a pause suspends them until its day."""


def today_at(today: Today) -> ColumnElement[date]:
    """The local date of a row's clinic. Raises ``ValueError`` without any clinic."""
    clinics: dict[date, list[uuid.UUID]] = {}
    for clinic_id, day in today.items():
        clinics.setdefault(day, []).append(clinic_id)
    if not clinics:
        raise ValueError("today is the date at a clinic, and none was given")
    *others, last = sorted(clinics)
    if not others:
        return sa.literal(last, sa.Date())
    # There are three dates on earth at most, however many clinics.
    whens = ((CaseloadRow.clinic_id.in_(clinics[day]), sa.literal(day, sa.Date())) for day in others)
    return sa.case(*whens, else_=sa.literal(last, sa.Date()))


def days_ago(today: Today, days: int) -> ColumnElement[date]:
    """The local date of a row's clinic so many days before today. Comparing dates costs less than counting days."""
    return today_at({clinic_id: day - timedelta(days=days) for clinic_id, day in today.items()})


def is_stale(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the main measure no longer says how the person is: none at all, or older than one and a half cadences.

    Never NULL: a row that tracks nothing is not known either.
    """
    fresh = days_between(today, CaseloadRow.first_latest_on) <= CaseloadRow.first_stale_after_days
    return sa.not_(sa.func.coalesce(fresh, sa.false()))


def is_known(standing: Standing, today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the main measure stands there now, by a score that is not stale."""
    return sa.and_(CaseloadRow.first_standing == standing.value, sa.not_(is_stale(today)))


def queue_place(today: ColumnElement[date]) -> ColumnElement[int]:
    """The number of an episode's place in the psychiatrist's queue, as ``ranking.place_on``; ``NOWHERE`` outside it.

    A question is never less than silence, and one that waited is less than both.
    """
    row = CaseloadRow
    return sa.case(
        (sa.and_(row.waited_from <= today, row.waited_place < row.queue_place), row.waited_place),
        (sa.and_(row.quiet_from <= today, row.quiet_place < row.queue_place), row.quiet_place),
        else_=row.queue_place,
    )


def days_in_care(today: ColumnElement[date]) -> ColumnElement[int]:
    """Days from enrolment to today, or to the end; NULL before enrolment. A lost patient keeps ageing."""
    return days_between(sa.func.coalesce(CaseloadRow.ended_on, today), CaseloadRow.enrolled_on)


def is_in_care(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether contact, measures and review are promised now; again from the day a pause was to end, as in the rules."""
    return sa.or_(CaseloadRow.phase.in_(PROMISED_CARE), sa.func.coalesce(CaseloadRow.paused_until <= today, sa.false()))


def seen_or_enrolled() -> ColumnElement[date]:
    """The last two-way contact since enrolment, which is a first one itself; NULL while referred without any."""
    last, enrolled = CaseloadRow.last_two_way_on, CaseloadRow.enrolled_on
    return sa.case((sa.or_(last.is_(None), last < enrolled), enrolled), else_=last)


def is_on_course(today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the main measure is known to be responding or at target.

    While maintaining, scores come at that phase's slower pace: there the standing alone decides.
    """
    reached = CaseloadRow.first_standing.in_((Standing.AT_TARGET.value, Standing.RESPONDING.value))
    known = sa.or_(CaseloadRow.phase == "maintaining", sa.not_(is_stale(today)))
    return sa.func.coalesce(sa.and_(reached, known), sa.false())


def was_reviewed(today: Today) -> ColumnElement[bool]:
    """Whether the last review is not too long ago. Never NULL: somebody never reviewed was not."""
    return sa.func.coalesce(CaseloadRow.last_review_on > days_ago(today, NOT_REVIEWED_DAYS), sa.false())


def minutes_this_month(today: Today) -> ColumnElement[int]:
    """Minutes written down in the clinic's local month; NULL where there are none."""
    this_month = today_at({clinic_id: day.replace(day=1) for clinic_id, day in today.items()})
    return sa.case((CaseloadRow.minutes_month == this_month, CaseloadRow.minutes), else_=sa.null())


def yearly_done(today: ColumnElement[date]) -> ColumnElement[int]:
    """How many parts of the yearly physical check count today; NULL after the end of an episode.

    ``presenters.yearly_check`` counts the same of one row; a test holds the two together.
    """
    until = (sa.cast(CaseloadRow.yearly[part.key].as_string(), sa.Date()) for part in catalogue().yearly)
    counts = (sa.case((day >= today, 1), else_=0) for day in until)
    return sa.case((CaseloadRow.yearly.is_not(sa.null()), sum(counts, start=sa.literal(0))), else_=sa.null())
