"""How soon an alert is answered and passed on: the clock of one alert, worked out from opening hours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.alerts.opening_hours import (
    OpeningHours,
    add_open_minutes,
    add_open_time,
    end_of_day,
    open_time_between,
)
from registry.alerts.parameters import Numbers, load
from registry.alerts.rulebook import Tier

SHIPPED = Path(__file__).with_name("response_times.toml")


@cache
def _numbers() -> Numbers:
    return load(SHIPPED)


def minutes_to_acknowledge(*, immediate: bool = False) -> int:
    """Minutes of opening hours in which an urgent alert is acknowledged before it passes on."""
    return _numbers().required("acknowledge.immediate" if immediate else "acknowledge.urgent")


def longest_snooze(tier: Tier) -> int:
    """Days an alert of ``tier`` may be put off; 0 for what cannot be: the urgent, and a place in the queue."""
    return 0 if tier in (Tier.URGENT, Tier.QUEUE) else _numbers().required(f"snooze.{tier.value}")


def acknowledge_by(start: datetime, hours: OpeningHours, tz: ZoneInfo, *, immediate: bool = False) -> datetime:
    """When an urgent alert nobody acknowledged since ``start`` passes on. Out of hours it waits for the opening."""
    return add_open_minutes(start, minutes_to_acknowledge(immediate=immediate), hours, tz)


def outcome_by(acknowledged_at: datetime, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """When an acknowledged urgent alert without an outcome passes on: the end of the clinic's day."""
    return end_of_day(acknowledged_at, hours, tz)


@dataclass(frozen=True, slots=True)
class OpeningTimes:
    """When a clinic is open, in its zone."""

    hours: OpeningHours
    zone: ZoneInfo


def acknowledge_by_under(look_at: datetime, *, now: datetime, old: OpeningTimes, new: OpeningTimes) -> datetime:
    """When an alert that was to pass on at ``look_at`` passes on, the clinic's times being new from ``now`` on.

    As much opening time is left as was; what was due already stays due.
    """
    if look_at <= now:
        return look_at
    return add_open_time(now, open_time_between(now, look_at, old.hours, old.zone), new.hours, new.zone)


def start_of(day: date, tz: ZoneInfo) -> datetime:
    """The instant the local ``day`` begins: when a snooze until that day is over."""
    return datetime.combine(day, time(0), tzinfo=tz)


def latest_snooze(tier: Tier, today: date) -> date:
    """The last day an alert of ``tier`` may be put off to."""
    return today + timedelta(days=longest_snooze(tier))


def closes_today(now: datetime, hours: OpeningHours, tz: ZoneInfo) -> datetime | None:
    """When the clinic closes on the local day of ``now``; None where it is not open any more on that day."""
    closes = end_of_day(now, hours, tz)
    last_open = closes - timedelta(seconds=1)
    return closes if last_open.astimezone(tz).date() == now.astimezone(tz).date() else None


def again_choices(now: datetime, hours: OpeningHours, tz: ZoneInfo) -> dict[str, datetime]:
    """When to try again to reach somebody: in an hour of opening time, by closing time, or early the next open day.

    That is the first day after the local day of ``now`` on which the clinic opens: on a Friday night, Monday. Once the
    clinic has closed it is all there is left to choose.
    """
    tomorrow = start_of(now.astimezone(tz).date() + timedelta(days=1), tz)
    next_day = add_open_minutes(tomorrow, 60, hours, tz)
    closes = closes_today(now, hours, tz)
    if closes is None:
        return {"next-day": next_day}
    return {"hour": add_open_minutes(now, 60, hours, tz), "today": closes, "next-day": next_day}


def welfare_look(asked_at: datetime, hours: OpeningHours, tz: ZoneInfo) -> datetime:
    """By when something is known of a welfare check that was asked for at ``asked_at``, or the alert passes on."""
    return add_open_minutes(asked_at, _numbers().required("again.welfare"), hours, tz)


def why_not_alone(
    *, tried_before: int, again: datetime, now: datetime, is_immediate: bool, hours: OpeningHours, tz: ZoneInfo
) -> str:
    """Why somebody else has to try as well to reach the person; "" while whoever has the alert goes on alone.

    ``tried_before``: attempts in a row that reached nobody, before this one.
    """
    if is_immediate:
        closes = closes_today(now, hours, tz)
        if closes is None or again > closes:
            return "Danger under way, and the next attempt is after closing time"
    return "Not reached twice in a row" if tried_before else ""


def latest_attempt(now: datetime) -> datetime:
    """The latest a next attempt may be timed."""
    return now + timedelta(days=_numbers().required("again.latest"))
