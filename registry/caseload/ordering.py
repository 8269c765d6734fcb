"""In which order a listing stands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, case, select

from registry.accounts.models import User
from registry.alerts.last_safety import NEGATIVE, POSITIVE, UNKNOWN
from registry.caseload.currency import (
    Today,
    days_in_care,
    is_known,
    is_stale,
    minutes_this_month,
    today_at,
    yearly_done,
)
from registry.caseload.models import NOTHING_OPEN, CaseloadRow
from registry.caseload.rules import ASCENDING, Listing
from registry.measures.course import Standing

IS_ANYWHERE = {
    "rank": (CaseloadRow.rank >= sa.literal_column("0"),),
    "name": (CaseloadRow.sort_name >= sa.literal_column("''"),),
}
"""Sort → what is true of every row, and opens the index of that order."""

_HOW_SAFE = {NEGATIVE: 0, UNKNOWN: 1, POSITIVE: 2}


def order(listing: Listing, at: Today) -> list[Any]:
    """Empty last in either direction, then by name, so that a page is the same twice."""
    ascends = listing.direction == ASCENDING
    by_name = CaseloadRow.sort_name
    if listing.sort == "name":
        return [by_name.asc() if ascends else by_name.desc(), CaseloadRow.episode_id]
    if listing.sort == "rank" and ascends:  # never empty: said to be last, SQLite would not take it from its index
        return [CaseloadRow.rank, by_name, CaseloadRow.episode_id]
    empty_last = [CaseloadRow.first_latest.is_(None)] if listing.sort == "score" else []
    chosen = [(key.asc() if ascends else key.desc()).nulls_last() for key in _keys(listing.sort, at)]
    return [*empty_last, *chosen, by_name, CaseloadRow.episode_id]


def _keys(sort: str, at: Today) -> list[ColumnElement[Any]]:
    """What is sorted by, the first key first. Each is empty where its column is."""
    today = today_at(at)
    row = CaseloadRow
    keys: dict[str, list[Any]] = {
        "rank": [sa.func.nullif(row.rank, NOTHING_OPEN)],
        "weeks": [days_in_care(today)],
        # What is not known to be at target comes with what is not at target.
        "score": [case((is_known(Standing.AT_TARGET, today), 0), else_=1), row.first_latest],
        "change": [case((sa.not_(is_stale(today)), row.first_percent), else_=sa.null())],
        "second": [row.second_latest],
        "function": [row.function_latest],
        "further": [sa.func.nullif(row.further_count, 0)],
        "safety": [case(_HOW_SAFE, value=row.safety_state), row.safety_on],
        "last-contact": [row.last_two_way_on],
        "due": [row.due_on],
        "last-review": [row.last_review_on],
        "physical": [yearly_done(today)],
        "housing": [row.housing],
        "work": [row.work],
        "minutes": [minutes_this_month(at)],
        "manager": [_manager()],
    }
    return keys[sort]


def _manager() -> ColumnElement[Any]:
    return select(sa.func.lower(User.name)).where(User.id == CaseloadRow.care_manager_id).scalar_subquery()
