"""How soon an alert is answered and passed on: the clock of one alert, from opening hours and numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.alerts.hours.opening_hours import (
    OpeningHours,
    add_open_minutes,
    add_open_time,
    end_of_day,
    is_open,
    next_open,
    open_time_between,
)
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import Tier


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """How soon one clinic answers its alerts: when it is open, in its zone, and its numbers."""

    hours: OpeningHours
    zone: ZoneInfo
    numbers: Numbers

    def time_to_acknowledge(self, *, immediate: bool = False) -> timedelta:
        """Opening time in which an urgent alert is acknowledged before it passes on."""
        return timedelta(minutes=self.numbers.required("acknowledge.immediate" if immediate else "acknowledge.urgent"))

    def acknowledge_by(self, start: datetime, *, immediate: bool = False) -> datetime:
        """When an urgent alert nobody acknowledged since ``start`` passes on. Out of hours it waits for the opening."""
        return add_open_time(start, self.time_to_acknowledge(immediate=immediate), self.hours, self.zone)

    def acknowledge_by_instead(
        self, look_at: datetime, *, now: datetime, old: ResponseTimes, immediate: bool
    ) -> datetime:
        """When an alert passes on that was to pass on at ``look_at``, where these times are new from ``now`` on.

        As much opening time has passed as had passed under ``old``; what was due already stays due.
        """
        more = self.time_to_acknowledge(immediate=immediate) - old.time_to_acknowledge(immediate=immediate)
        if look_at <= now or ((self.hours, self.zone) == (old.hours, old.zone) and not more):
            return look_at
        left = open_time_between(now, look_at, old.hours, old.zone) + more
        return add_open_time(now, max(left, timedelta()), self.hours, self.zone)

    def outcome_by(self, acknowledged_at: datetime, *, on_call: bool) -> datetime:
        """When an acknowledged urgent alert without an outcome passes on: the end of the clinic's day.

        Acknowledged while the clinic is closed and somebody is ``on_call``: some hours later, at the opening at most.
        """
        opens = next_open(acknowledged_at, self.hours, self.zone)
        if not on_call or opens <= acknowledged_at:
            return end_of_day(acknowledged_at, self.hours, self.zone)
        return min(opens, acknowledged_at + timedelta(hours=self.numbers.required("outcome.on-call")))

    def told_by(self, start: datetime, *, is_safety: bool) -> datetime:
        """When the lead is told of an action nobody acknowledged since ``start``: as the clinic closes on the last of
        some working days, that of ``start`` not among them.
        """
        closes = start
        for _ in range(self.numbers.required("acknowledge.safety" if is_safety else "acknowledge.action")):
            closes = end_of_day(start_of(self._day(closes) + timedelta(days=1), self.zone), self.hours, self.zone)
            closes -= timedelta(seconds=1)  # midnight is the end of its day
        return closes + timedelta(seconds=1)

    def closed_by(self, acknowledged_at: datetime, *, is_safety: bool) -> datetime:
        """When the lead is told of an action that was acknowledged and goes on."""
        days = self.numbers.required("outcome.safety" if is_safety else "outcome.action")
        return start_of(self._day(acknowledged_at) + timedelta(days=days), self.zone)

    def told_by_instead(self, look_at: datetime, old: ResponseTimes, *, is_acknowledged: bool) -> datetime:
        """As the two above, of what was to be told at ``look_at``: on that day, or the next the clinic is open."""
        if is_acknowledged:
            return start_of(old._day(look_at), self.zone)
        day = old._day(look_at - timedelta(seconds=1))
        return end_of_day(start_of(day, self.zone), self.hours, self.zone)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def closes_today(self, now: datetime) -> datetime | None:
        """When the clinic closes on the local day of ``now``; None where it is not open any more on that day."""
        closes = end_of_day(now, self.hours, self.zone)
        last_open = closes - timedelta(seconds=1)
        return closes if last_open.astimezone(self.zone).date() == now.astimezone(self.zone).date() else None

    def again_choices(self, now: datetime, *, on_call: bool = False) -> dict[str, datetime]:
        """When to try again to reach somebody: in an hour of opening time, by closing time, or early the next open day.

        That is the first day after the local day of ``now`` on which the clinic opens: on a Friday night, Monday. Once
        the clinic has closed it is all there is left to choose, but for the hour while somebody is ``on_call``.
        """
        tomorrow = start_of(now.astimezone(self.zone).date() + timedelta(days=1), self.zone)
        next_day = add_open_minutes(tomorrow, 60, self.hours, self.zone)
        closes = self.closes_today(now)
        if closes is None:
            return {"at-night": now + timedelta(hours=1), "next-day": next_day} if on_call else {"next-day": next_day}
        return {"hour": add_open_minutes(now, 60, self.hours, self.zone), "today": closes, "next-day": next_day}

    def latest_attempt(self, now: datetime) -> datetime:
        """The latest a next attempt may be timed; never before the next open day has begun."""
        days = timedelta(days=self.numbers.required("again.latest"))
        return max(now + days, self.again_choices(now)["next-day"])

    def welfare_look(self, now: datetime, *, on_call: bool) -> datetime:
        """By when something is known of a welfare check that is asked for now, or the alert passes on.

        No later than an outcome is due without one.
        """
        minutes = self.numbers.required("again.welfare")
        is_night = on_call and not is_open(now, self.hours, self.zone)
        by = now + timedelta(minutes=minutes) if is_night else add_open_minutes(now, minutes, self.hours, self.zone)
        return min(by, self.outcome_by(now, on_call=on_call))

    def why_not_alone(self, *, tried_before: int, again: datetime, now: datetime, immediate: bool) -> str:
        """Why somebody else has to try as well to reach the person; "" while whoever has the alert goes on alone.

        ``tried_before``: attempts in a row that reached nobody, before this one.
        """
        closes = self.closes_today(now)
        if immediate and (closes is None or again > closes):
            return "Danger under way, and the next attempt is after closing time"
        return "Not reached twice in a row" if tried_before else ""


def longest_snooze(tier: Tier, numbers: Numbers, *, is_safety: bool) -> int:
    """Days an alert of ``tier`` may be put off, and how long what was closed while it is true stays closed.

    0 for what cannot be: the urgent, and a place in the queue. What is about safety waits no longer than
    ``snooze.safety``, however mild.
    """
    if tier in (Tier.URGENT, Tier.QUEUE):
        return 0
    days = numbers.required(f"snooze.{tier.value}")
    return min(days, numbers.required("snooze.safety")) if is_safety else days


def start_of(day: date, tz: ZoneInfo) -> datetime:
    """The instant the local ``day`` begins: when a snooze until that day is over."""
    return datetime.combine(day, time(0), tzinfo=tz)
