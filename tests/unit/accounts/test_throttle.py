"""Slowing guesses down: how long, and what counts as one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from registry.accounts.throttle import account_opens_at, is_account_closed, place_of

NINE = datetime(2026, 3, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(4, None), (5, 15), (9, 15), (10, 30), (15, 60), (20, 120), (25, 240), (100, 240)],
)
def test_every_five_failures_double_the_wait_up_to_four_hours(failures: int, minutes: int | None) -> None:
    tries = [NINE] * failures

    assert account_opens_at(tries) == (None if minutes is None else NINE + timedelta(minutes=minutes))


def test_an_account_opens_at_the_minute_it_says() -> None:
    tries = [NINE] * 5

    assert is_account_closed(tries, NINE + timedelta(minutes=14, seconds=59))
    assert not is_account_closed(tries, NINE + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1::2", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::2", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a Unix socket", "a Unix socket"),
    ],
)
def test_an_ipv6_network_is_one_place(address: str, place: str) -> None:
    assert place_of(address) == place
