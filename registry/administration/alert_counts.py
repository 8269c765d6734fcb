"""What a clinic's rules told, what became of it, and the patient-days it was told in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from registry.administration.alert_load import WEEKS, Fate, Told
from registry.administration.first_acts import FirstAct
from registry.alerts.hours.response_times import start_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.clinics.models import Clinic
from registry.db.days import days_between
from registry.episodes.models import Episode
from registry.extensions import db

_WITHOUT_ACTION = ("not-a-concern", "entered-in-error")
"""Outcomes of ``registry.alerts.models.OUTCOMES`` that say nothing needed doing."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole local days of one clinic: from ``first`` up to, and without, ``until``."""

    clinic: Clinic
    first: date
    until: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """When the first day begins, and when the last one is over."""
        return start_of(self.first, self.clinic.zone), start_of(self.until, self.clinic.zone)


def watched_span(clinic: Clinic, now: datetime) -> Span | None:
    """The last ``WEEKS`` up to yesterday; None before the first whole day.

    It begins no sooner than the clinic's first alert: before, nothing watched, and an empty week would look calm.
    """
    first_alert = db.session.scalar(select(func.min(Alert.opened_at)).where(Alert.clinic_id == clinic.id))
    if first_alert is None:
        return None
    today = clinic.today(now)
    first = max(today - timedelta(weeks=WEEKS), first_alert.astimezone(clinic.zone).date())
    return Span(clinic, first, today) if first < today else None


def count_told(span: Span) -> Sequence[Told]:
    """How often each rule told something in the span, by tier and by what became of it since. One statement."""
    was_put_off = case((_has_step("snoozed"), 1), else_=0).label("was_put_off")
    told = _tellings(span, _fate().label("fate"), was_put_off).subquery()
    kinds = told.c.rule, told.c.tier, told.c.fate, told.c.is_again
    counts = func.count().label("number"), func.sum(told.c.was_put_off).label("snoozed")
    rows = db.session.execute(select(*kinds, *counts).group_by(*kinds))
    return [
        Told(row.rule, Tier(row.tier), Fate(row.fate), bool(row.is_again), row.number, int(row.snoozed)) for row in rows
    ]


def list_first_acts(span: Span) -> Sequence[FirstAct]:
    """Of each new reason of the span that somebody answered, when they first did. One statement."""
    step = aliased(AlertEvent)
    first = (
        select(func.min(step.at))
        .where(
            step.alert_id == Alert.id,
            step.at >= AlertEvent.at,
            step.kind.in_(("acknowledged", "acted", "closed")),
            step.by_id.is_not(None),
        )
        .scalar_subquery()
        .label("acted_at")
    )
    told = _tellings(span, AlertEvent.at.label("told_at"), first).subquery()
    rows = db.session.execute(select(told).where(~told.c.is_again, told.c.acted_at.is_not(None)))
    return [FirstAct(row.rule, Tier(row.tier), row.told_at, row.acted_at) for row in rows]


def _tellings(span: Span, *columns: ColumnElement[Any]) -> Select[Any]:
    """The steps that told something in the span, each with its rule, its tier, and whether there was news in it."""
    begin, end = span.instants
    is_again = or_(AlertEvent.details["told_at"].as_string().is_not(None), _went_on()).label("is_again")
    return (
        select(Alert.rule, _tier().label("tier"), is_again, *columns)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(
            Alert.clinic_id == span.clinic.id,
            or_(Alert.closed_at.is_(None), Alert.closed_at >= begin),
            AlertEvent.at >= begin,
            AlertEvent.at < end,
            AlertEvent.kind.in_(("opened", "appended")),
            AlertEvent.details["withdrawn"].as_string().is_(None),
        )
    )


def _tier() -> ColumnElement[str]:
    return func.coalesce(AlertEvent.details["tier"].as_string(), Alert.tier)


def _went_on() -> ColumnElement[bool]:
    """Whether an alert opened for what an earlier one had said, which closed by itself while the reason went on.

    Another alert spoke for it meanwhile. News all the same where it comes back more pressing.
    """
    earlier = aliased(Alert)
    return and_(
        AlertEvent.kind == "opened",
        exists().where(
            earlier.patient_id == Alert.patient_id,
            earlier.episode_id == Alert.episode_id,
            earlier.rule == Alert.rule,
            earlier.id != Alert.id,
            earlier.closed_at <= AlertEvent.at,
            earlier.closed_by_id.is_(None),
            earlier.since >= Alert.since,
            _rank(earlier.tier) <= _rank(_tier()),
        ),
    )


def _rank(tier: SQLColumnExpression[str]) -> ColumnElement[int]:
    return case({each.value: each.rank for each in Tier}, value=tier)


def count_patient_days(clinic_id: uuid.UUID, *, first: date, until: date) -> int:
    """Days of open episodes of the clinic from ``first`` up to, and without, ``until``. One statement."""
    begins = case((Episode.referred_on > first, Episode.referred_on), else_=sa.literal(first, sa.Date()))
    ends = case((Episode.ended_on < until, Episode.ended_on), else_=sa.literal(until, sa.Date()))
    is_in_span = and_(
        Episode.clinic_id == clinic_id,
        Episode.referred_on < until,
        or_(Episode.ended_on.is_(None), Episode.ended_on > first),
    )
    days = case((begins < ends, days_between(ends, begins)), else_=0)
    return int(db.session.scalar(select(func.coalesce(func.sum(days), 0)).where(is_in_span)) or 0)


def _fate() -> ColumnElement[str]:
    return case(
        (or_(_has_step("acted"), Alert.outcome.not_in(_WITHOUT_ACTION)), sa.literal(Fate.ACTED.value)),
        (Alert.closed_by_id.is_not(None), sa.literal(Fate.DISMISSED.value)),
        (_has_step("snoozed"), sa.literal(Fate.PUT_OFF.value)),
        (Alert.closed_at.is_not(None), sa.literal(Fate.BY_ITSELF.value)),
        else_=sa.literal(Fate.OPEN.value),
    )


def _has_step(kind: str) -> ColumnElement[bool]:
    """Whether it was taken since that which was told; what was done before answered something else."""
    step = aliased(AlertEvent)
    return exists().where(step.alert_id == Alert.id, step.kind == kind, step.at >= AlertEvent.at)
