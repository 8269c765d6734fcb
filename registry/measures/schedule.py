"""When the next measurement is due. Dates are local dates of service at the clinic."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """The day the next measurement is due, seen from ``today``. ``overdue_days`` is 0 until that day has passed."""

    on: date
    is_due: bool
    overdue_days: int


def due_on(latest_on: date | None, *, cadence_days: int, starts_on: date) -> date:
    """The day the next measurement is due: a cadence after the latest, or at the start where there is none since.

    A measurement from before ``starts_on`` belongs to an earlier course and leaves the first one due.

    Raises:
        ValueError: the cadence is not at least one day.
    """
    if cadence_days < 1:
        raise ValueError(f"A cadence of {cadence_days} days cannot be kept")
    if latest_on is None or latest_on < starts_on:
        return starts_on
    return latest_on + timedelta(days=cadence_days)


def due(latest_on: date | None, *, cadence_days: int, starts_on: date, today: date) -> Due:
    """Whether a measurement is due ``today``, and for how many days it has been overdue."""
    day = due_on(latest_on, cadence_days=cadence_days, starts_on=starts_on)
    return Due(on=day, is_due=today >= day, overdue_days=max(0, (today - day).days))
