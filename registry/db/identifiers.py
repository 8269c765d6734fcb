"""Identifiers made in Python, so that a row knows its own before it is stored."""

from __future__ import annotations

import os
import struct
import threading
import time
import uuid
from collections.abc import Iterator

_RANDOM_BITS = 74
_STEP_BITS = 32
_DRAW = struct.Struct(">QH")
"""The 80 random bits of one draw, in two numbers."""
_POOL_DRAWS = 256
"""To ask the system for each draw costs more than all the rest."""


class _Sequence:
    """The identifiers of one process, each greater than the one before."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Anew, as a process that was split off must: from the same bytes it would make the same identifiers."""
        self._lock = threading.Lock()
        self._last = 0
        self._pool: Iterator[tuple[int, ...]] = iter(())

    def next(self) -> uuid.UUID:
        milliseconds = time.time_ns() // 1_000_000 & ((1 << 48) - 1)
        with self._lock:
            payload = milliseconds << _RANDOM_BITS | self._random_bits(_RANDOM_BITS)
            if payload <= self._last:
                payload = self._last + 1 + self._random_bits(_STEP_BITS)
            self._last = payload
        high, low = payload >> 62, payload & ((1 << 62) - 1)
        return uuid.UUID(int=(high >> 12) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0x2 << 62 | low)

    def _random_bits(self, bits: int) -> int:
        """From the system's own source, at most 80; called with the lock held."""
        drawn = next(self._pool, None)
        if drawn is None:
            self._pool = _DRAW.iter_unpack(os.urandom(_POOL_DRAWS * _DRAW.size))
            drawn = next(self._pool)
        return (drawn[0] << 16 | drawn[1]) >> (80 - bits)


_sequence = _Sequence()
os.register_at_fork(after_in_child=_sequence.begin)


def new_id() -> uuid.UUID:
    """A time-ordered UUID (version 7, RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Ordered by time, rows made together lie together in the index; random, one cannot be guessed from another.
    Within a process each is greater than the one before, in the same millisecond too, so that rows sorted by it
    stand in the order they were made.
    """
    return _sequence.next()
