"""What became of the alerts of a desk since yesterday began: new, worse, settled, or closed by a colleague."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import joinedload

from registry.alerts.day.desk import REMEMBERED, Desk, stood_since
from registry.alerts.hours.response_times import start_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.extensions import db

_TELLS = ("opened", "appended", "closed-by-itself", "closed")
MOST_NEWS = 12
"""Shown on a day, newest first."""
_MOST_READ = 300
"""Steps read at once, newest first."""


@dataclass(frozen=True, slots=True)
class News:
    """An alert, and the last step in its life that others should know of."""

    alert: Alert
    step: AlertEvent


@dataclass(frozen=True, slots=True)
class AllNews:
    """News, newest first. ``is_cut``: there was more than is read at once."""

    found: Sequence[News]
    is_cut: bool


def list_news(desk: Desk, zones: Mapping[uuid.UUID, ZoneInfo], *, reader_id: uuid.UUID) -> AllNews:
    """Since yesterday began at each clinic, newest first, each alert once; what the reader closed is no news to them.

    One statement. ``zones`` are those of the desk's clinics. A place in the review queue is no reason of the day.
    """
    begins = {id_: start_of(today - timedelta(days=1), zones[id_]) for id_, today in desk.today.items()}
    earliest = min(begins.values())
    rows = db.session.execute(_steps(desk, earliest), {"reader_id": reader_id}).all()
    found: dict[uuid.UUID, News] = {}
    for alert, step in rows:
        if step.at >= begins.get(alert.clinic_id, earliest):
            found.setdefault(alert.id, News(alert, step))
    told = [each for each in found.values() if not _came_and_went(each, begins.get(each.alert.clinic_id, earliest))]
    return AllNews(told, is_cut=len(rows) == _MOST_READ)


@lru_cache(REMEMBERED)
def _steps(desk: Desk, since: datetime) -> Select[Alert, AlertEvent]:
    return (
        select(Alert, AlertEvent)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(
            stood_since(desk, since),
            Alert.tier != Tier.QUEUE,
            AlertEvent.at >= since,
            AlertEvent.kind.in_(_TELLS),
            or_(AlertEvent.kind != "closed", AlertEvent.by_id != bindparam("reader_id")),
        )
        .options(joinedload(AlertEvent.by))
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
        .limit(_MOST_READ)
    )


def _came_and_went(news: News, begins: datetime) -> bool:
    """Nobody had seen it before, and nobody has to do anything now."""
    return news.step.kind == "closed-by-itself" and news.alert.opened_at >= begins
