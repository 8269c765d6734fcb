"""Slowing guesses down, by account and by address. Pure.

Five failures in a row close an account for 15 minutes, then 30, 60 … up to 4 hours; an address is closed after 50
failures in 15 minutes (of IPv6 the whole network of one place). Nothing here says whether an account exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=4)
ADDRESS_TRIES = 50
ADDRESS_WINDOW = timedelta(minutes=15)
MEMORY = timedelta(hours=24)
"""Failures older than this count no more."""
PLACE_BITS = 64
"""An IPv6 network of this length is one place: whoever has it picks any of its addresses (RFC 6177, RFC 7421)."""


def place_of(address: str) -> str:
    """What failures from this address count against: itself, or its network where it is IPv6."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, PLACE_BITS), strict=False))


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
