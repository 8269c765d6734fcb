"""Which day a change to an episode may bear. Pure; the message says what to enter."""

from __future__ import annotations

from datetime import date, timedelta

from registry.episodes.errors import ImpossibleDate
from registry.episodes.rules import LONGEST_HOLD_DAYS, LONGEST_PAUSE_DAYS


def refuse_impossible(
    day: date, *, today: date, earliest: date, earliest_is: str, what: str, field: str = "on"
) -> None:
    """Raise ``ImpossibleDate`` unless ``earliest`` ≤ ``day`` ≤ ``today``, the clinic's local date.

    >>> refuse_impossible(date(2026, 1, 2), today=date(2026, 1, 1), earliest=date(2025, 1, 1),
    ...                   earliest_is="the referral", what="the enrolment")
    Traceback (most recent call last):
    registry.episodes.errors.ImpossibleDate: Enter the date of the enrolment, not later than today
    """
    if day > today:
        raise ImpossibleDate(f"Enter the date of {what}, not later than today", field=field)
    if day < earliest:
        words = f"{earliest.day} {earliest:%b %Y}"
        raise ImpossibleDate(f"Enter a date on or after {earliest_is}, {words}", field=field)


def refuse_long_pause(*, on: date, until: date | None) -> None:
    """A pause ends on a date after it begins, within 90 days. Raises ``ImpossibleDate``."""
    latest = on + timedelta(days=LONGEST_PAUSE_DAYS)
    if until is None or not on < until <= latest:
        raise ImpossibleDate(
            f"Enter the date the pause ends: after it begins and not later than {latest.day} {latest:%b %Y}",
            field="paused_until",
        )


def refuse_long_hold(*, on: date, review_by: date | None) -> None:
    """A target to hold is looked at again within six months. Raises ``ImpossibleDate``."""
    latest = on + timedelta(days=LONGEST_HOLD_DAYS)
    if review_by is None or not on < review_by <= latest:
        raise ImpossibleDate(
            f"Enter when to look at this target again: not later than {latest.day} {latest:%b %Y}", field="review_by"
        )
