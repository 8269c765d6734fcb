"""When an e-mail is due or still needed, and when one that failed is tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

KINDS = ("urgent", "digest")
"""An urgent alert that asks for somebody; the count, on a Monday, of what is open for them."""

STATES = ("queued", "sent", "not-needed", "failed")

FAULTS = {
    "unreachable": "the mail server cannot be reached",
    "no-answer": "the mail server does not answer in time",
    "cut-off": "the mail server ended the connection",
    "not-encrypted": "the way to the mail server cannot be encrypted, or its certificate is not to be trusted",
    "sign-in-refused": "the mail server refuses the registry's user name and password",
    "mail-refused": "the mail server refuses the message",
    "address-refused": "the mail server refuses the address",
    "no-account": "nobody can sign in with this account: it is closed, or has no password yet",
}
"""Kinds of failure. What a server said is not kept: it may hold an address, or worse."""

OF_ONE_PERSON = frozenset({"address-refused", "no-account"})
"""No fault of the installation."""

OF_THE_SERVER = frozenset({"unreachable", "no-answer", "cut-off", "not-encrypted", "sign-in-refused"})
"""Nobody else's e-mail would fare better now."""

PAUSES = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8))
"""Before the second try, the third and so on: a quarter of an hour in all, well before an urgent alert passes on."""

MOST_TRIES = len(PAUSES) + 1

LEASE = timedelta(minutes=5)
"""How long a message belongs to the worker that took it up: longer than any try lasts."""

LOOK_AGAIN = timedelta(minutes=1)
"""When to look again at what waits because the person is signed in."""


DIGEST_FROM = time(7)
"""Local wall time on a Monday: before the day's work begins. No zone changes its clocks at that hour."""

DIGESTS_A_MINUTE = 10
"""Half of what one round sends: urgent ones, and those of other clinics, fit in beside them."""


def digest_week(there: datetime) -> str | None:
    """The week that begins (``2026-W11``), where it is Monday there from ``DIGEST_FROM`` on; None otherwise."""
    is_due = there.isoweekday() == 1 and there.time() >= DIGEST_FROM
    return f"{there:%G-W%V}" if is_due else None


def is_asking(*, tier: str, state: str) -> bool:
    """Whether the alert still waits for somebody to say that they are on it."""
    return tier == "urgent" and state == "open"


def next_pause(tries: int, *, is_final: bool) -> timedelta | None:
    """How long to wait after this many tries, the last of which failed; None: it is not tried again."""
    return None if is_final or tries >= MOST_TRIES else PAUSES[tries - 1]
