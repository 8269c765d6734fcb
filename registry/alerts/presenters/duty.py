"""Days on which nobody is on duty or on call, and people nobody could tell, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.alerts.hours.duty import DAYS_AHEAD, Gaps
from registry.alerts.rulebook.phrases import listed
from registry.web.filters import count, short_date

_NAMED = 4


def gap_words(gaps: Gaps | None, today: date) -> list[str]:
    """ "Nobody is on duty on 2 open days of the next 14: 16 Mar, 17 Mar", and the like of being on call; none where
    somebody always is.
    """
    if gaps is None:
        return []
    return [
        f"Nobody is {role} on {count(len(days), unit)} of the next {DAYS_AHEAD}: {_named(days, today)}"
        for role, unit, days in (("on duty", "open day", gaps.duty), ("on call", "day", gaps.call))
        if days
    ]


def _named(days: Sequence[date], today: date) -> str:
    named = ", ".join(short_date(day, today=today) for day in days[:_NAMED])
    return f"{named} and {len(days) - _NAMED} more" if len(days) > _NAMED else named


def untold_words(names: Sequence[str]) -> str:
    """What a lead is told of people whom no e-mail told of an urgent alert."""
    if not names:
        return ""
    return (
        f"The e-mail about an urgent alert did not reach {listed(names)}. "
        "See that somebody knows of the alert and acknowledges it."
    )
