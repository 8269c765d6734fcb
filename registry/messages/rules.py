"""When an e-mail is still needed, and when one that failed is tried again."""

from __future__ import annotations

from datetime import timedelta

STATES = ("queued", "sent", "not-needed", "failed")

FAULTS = {
    "unreachable": "the mail server cannot be reached",
    "no-answer": "the mail server does not answer in time",
    "cut-off": "the mail server ended the connection",
    "not-encrypted": "the way to the mail server cannot be encrypted, or its certificate is not to be trusted",
    "sign-in-refused": "the mail server refuses the registry's user name and password",
    "mail-refused": "the mail server refuses the message",
    "address-refused": "the mail server refuses the address",
}
"""Kinds of failure. What a server said is not kept: it may hold an address, or worse."""

OF_THE_SERVER = frozenset({"unreachable", "no-answer", "cut-off", "not-encrypted", "sign-in-refused"})
"""Nobody else's e-mail would fare better now."""

PAUSES = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8))
"""Before the second try, the third and so on: a quarter of an hour in all, well before an urgent alert passes on."""

MOST_TRIES = len(PAUSES) + 1

LEASE = timedelta(minutes=5)
"""How long a message belongs to the worker that took it up: longer than any try lasts."""

LOOK_AGAIN = timedelta(minutes=1)
"""When to look again at what waits because the person is signed in."""


def is_asking(*, tier: str, state: str) -> bool:
    """Whether the alert still waits for somebody to say that they are on it."""
    return tier == "urgent" and state == "open"


def next_pause(tries: int, *, is_final: bool) -> timedelta | None:
    """How long to wait after this many tries, the last of which failed; None: it is not tried again."""
    return None if is_final or tries >= MOST_TRIES else PAUSES[tries - 1]
