"""Identifiers made in Python, so that a row knows its own before it is stored."""

from __future__ import annotations

import os
import threading
import time
import uuid

_RANDOM_BITS = 74
_STEP_BITS = 32
_POOL_BYTES = 2_560
"""As much randomness as 256 identifiers take: to ask the system for each costs more than all the rest."""

_lock = threading.Lock()
_last = 0
_pool = b""


def _forget_pool() -> None:
    """A process that was split off draws its own: from the same bytes it would make the same identifiers."""
    global _pool  # noqa: PLW0603  # as _last below
    _pool = b""


os.register_at_fork(after_in_child=_forget_pool)


def _random_bits(bits: int) -> int:
    """From the system's own source, at most 80; called with the lock held."""
    global _pool  # noqa: PLW0603  # as _last below
    if len(_pool) < 10:
        _pool = os.urandom(_POOL_BYTES)
    drawn, _pool = _pool[:10], _pool[10:]
    return int.from_bytes(drawn) >> (80 - bits)


def new_id() -> uuid.UUID:
    """A time-ordered UUID (version 7, RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Ordered by time, rows made together lie together in the index; random, one cannot be guessed from another.
    Within a process each is greater than the one before, in the same millisecond too, so that rows sorted by it
    stand in the order they were made.
    """
    global _last  # noqa: PLW0603  # the order of identifiers is a property of the process
    milliseconds = time.time_ns() // 1_000_000 & ((1 << 48) - 1)
    with _lock:
        payload = milliseconds << _RANDOM_BITS | _random_bits(_RANDOM_BITS)
        if payload <= _last:
            payload = _last + 1 + _random_bits(_STEP_BITS)
        _last = payload
    high, low = payload >> 62, payload & ((1 << 62) - 1)
    return uuid.UUID(int=(high >> 12) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0x2 << 62 | low)
