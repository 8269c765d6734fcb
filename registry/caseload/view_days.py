"""From when, and until when, an episode stands in each view of the list: days to be compared with today.

So a view is counted by comparing one column of an index, and neither a text nor a whole row is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from registry.caseload.currency import PROMISED_CARE
from registry.caseload.rules import NOT_REVIEWED_DAYS, NOT_SEEN_DAYS, OFF_TARGET_RULE
from registry.measures.course import Standing


def view_days(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the views, from the other columns of ``row``."""
    seen_on = _seen_or_enrolled(row["last_two_way_on"], row["enrolled_on"])
    reviewed_on = row["last_review_on"]
    return {
        "is_off_target": f" {OFF_TARGET_RULE} " in row["rules"],
        "unseen_from": _while_in_care(row, _after(seen_on, NOT_SEEN_DAYS)),
        "unreviewed_from": _while_in_care(row, _after(reviewed_on, NOT_REVIEWED_DAYS) or row["referred_on"]),
        "at_target_until": _known_until(row) if row["first_standing"] == Standing.AT_TARGET.value else None,
    }


def _after(day: date | None, days: int | None) -> date | None:
    return None if day is None or days is None else day + timedelta(days=days)


def _seen_or_enrolled(last: date | None, enrolled: date | None) -> date | None:
    """The last two-way contact since enrolment, which is a first one itself."""
    return enrolled if last is None or (enrolled is not None and last < enrolled) else last


def _while_in_care(row: Mapping[str, Any], day: date | None) -> date | None:
    """``day``, but not before a pause was to end; None while no care is promised."""
    if day is None or row["phase"] in PROMISED_CARE:
        return day
    return None if row["paused_until"] is None else max(day, row["paused_until"])


def _known_until(row: Mapping[str, Any]) -> date | None:
    """The last day on which the main measure says how the person is."""
    return _after(row["first_latest_on"], row["first_stale_after_days"])
