"""Dates, ages, intervals and numbers in words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask

MINUS = "\N{MINUS SIGN}"
ARROW = "\N{RIGHTWARDS ARROW}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"

COUNTED_DAYS = 99
"""A number of three digits says less than the date it stands beside."""


def long_date(day: date) -> str:
    """12 Mar 2026."""
    return f"{day.day} {day:%b %Y}"


def short_date(day: date, *, today: date) -> str:
    """12 Mar, with the year when it is another."""
    return f"{day.day} {day:%b}" if day.year == today.year else long_date(day)


def local_time(instant: datetime, zone: ZoneInfo) -> str:
    """12 Mar 2026, 14:05, in the clinic's zone."""
    local = instant.astimezone(zone)
    return f"{long_date(local.date())}, {local:%H:%M}"


def age(birth_date: date, today: date) -> int:
    """Whole years."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def days_ago(day: date, today: date) -> str:
    """today, yesterday, 47 days ago, tomorrow, in 3 days."""
    days = (today - day).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days == -1:
        return "tomorrow"
    return f"{days} days ago" if days > 0 else f"in {-days} days"


def dated(day: date, today: date) -> str:
    """12 Mar 2026, 47 days ago; of a day further off than ``COUNTED_DAYS`` the date alone."""
    is_near = abs((today - day).days) <= COUNTED_DAYS
    return f"{long_date(day)}, {days_ago(day, today)}" if is_near else long_date(day)


def count(number: int, one: str, many: str = "") -> str:
    """1 week, 2 weeks."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def shortened(words: str, longest: int) -> str:
    """In one line; one that is longer ends after a whole word."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1].rsplit(" ", 1)[0] + "…"


def number(value: Decimal | int) -> str:
    """12, or 12.5: no zeros that say nothing."""
    value = Decimal(value)
    text = format(value.normalize(), "f") if value else "0"
    return text.replace("-", MINUS)


def signed(value: Decimal | int) -> str:
    """+3, −4, 0: a change."""
    value = Decimal(value)
    return f"+{number(value)}" if value > 0 else number(value)


def points(value: Decimal | int) -> str:
    """+3 points, −1 point: a change."""
    return f"{signed(value)} {'point' if abs(value) == 1 else 'points'}"


def percent(value: Decimal) -> str:
    """−78 %, rounded half away from zero."""
    rounded = value.quantize(Decimal(1), rounding="ROUND_HALF_UP")
    return f"{signed(rounded)}{THIN_SPACE}%"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        long_date=long_date, number=number, signed=signed, percent=percent, count=count, local_time=local_time
    )
