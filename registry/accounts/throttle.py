"""Slowing guesses down, by account and by address. Pure.

Five failures in a row close an account for 15 minutes, then 30, 60 … up to 4 hours; an address is closed after 50
failures in 15 minutes. Nothing here says whether an account exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=4)
ADDRESS_TRIES = 50
ADDRESS_WINDOW = timedelta(minutes=15)
MEMORY = timedelta(hours=24)
"""Failures older than this count no more."""


def account_opens_at(failures: Sequence[datetime]) -> datetime | None:
    """When an account with these failures (since its last success, oldest first) may try again."""
    rounds = len(failures) // FREE_TRIES
    if rounds == 0:
        return None
    doublings = min(rounds - 1, 10)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return failures[rounds * FREE_TRIES - 1] + wait


def is_account_closed(failures: Sequence[datetime], now: datetime) -> bool:
    opens = account_opens_at(failures)
    return opens is not None and now < opens


def is_address_closed(failures_in_window: int) -> bool:
    return failures_in_window >= ADDRESS_TRIES
