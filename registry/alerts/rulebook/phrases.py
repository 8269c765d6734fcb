"""The words findings are made of: dates, counts and changes as a clinician writes them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_BEFORE_WEEKS = 14

C_SSRS = "C\N{NON-BREAKING HYPHEN}SSRS"
"""The Columbia scale's name as it is printed: no line ends within it."""


def written(day: date) -> str:
    """``day`` as "12 Mar 2026", whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def count(number: int, noun: str) -> str:
    """ "1 day", "47 days"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ago(day: date, today: date) -> str:
    """How long ago ``day`` was: "today", "yesterday", "47 days ago"."""
    days = (today - day).days
    if days == 0:
        return "today"
    return "yesterday" if days == 1 else f"{count(days, 'day')} ago"


def duration(since: date, today: date) -> str:
    """The time from ``since`` to today: whole weeks ("9 weeks"), in days before two weeks are full."""
    days = (today - since).days
    return count(days, "day") if days < _DAYS_BEFORE_WEEKS else count(days // 7, "week")


def figure(number: int | Decimal) -> str:
    """A score without trailing zeros: "19", "6.5", "0"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed_percent(percent: Decimal) -> str:
    """A change in whole percent with its sign: "−10 %", "+4 %", "±0 %"."""
    whole = round(percent)
    return f"{_sign(whole)}{abs(whole)} %"


def signed_points(change: Decimal) -> str:
    """A change in points with its sign: "+7 points", "−1 point", "±0 points"."""
    return f"{_sign(change)}{figure(abs(change))} {'point' if abs(change) == 1 else 'points'}"


def _sign(change: int | Decimal) -> str:
    if change == 0:
        return "±"
    return "−" if change < 0 else "+"


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def uncapitalised(words: str) -> str:
    """``words`` within a sentence; what begins with capitals is a name: "LDL", "HbA1c"."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def capitalised(sentence: str) -> str:
    """``sentence`` with its first letter large and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
