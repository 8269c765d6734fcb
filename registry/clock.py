"""What time it is: the wall clock, unless a demo or a test lives through another time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended_now", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Act as if it were ``instant`` (with its zone): how an invented clinic gets a year of history."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    token = _pretended.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)
