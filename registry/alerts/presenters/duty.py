"""Days on which nobody is on duty, and people nobody could tell, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.alerts.duty import DAYS_AHEAD
from registry.alerts.rulebook.phrases import listed
from registry.web.filters import count, short_date

_NAMED = 4


def gap_words(days: Sequence[date], today: date) -> str:
    """ "Nobody is on duty on 2 open days of the next 14: 16 Mar, 17 Mar"; "" where somebody always is."""
    if not days:
        return ""
    named = ", ".join(short_date(day, today=today) for day in days[:_NAMED])
    more = f" and {len(days) - _NAMED} more" if len(days) > _NAMED else ""
    return f"Nobody is on duty on {count(len(days), 'open day')} of the next {DAYS_AHEAD}: {named}{more}"


def untold_words(names: Sequence[str]) -> str:
    """What a lead is told of people whom no e-mail told of an urgent alert."""
    if not names:
        return ""
    return (
        f"The e-mail about an urgent alert did not reach {listed(names)}. "
        "See that somebody knows of the alert and acknowledges it."
    )
