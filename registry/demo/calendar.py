"""What is still to happen, in order: the agenda everybody shares. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime

Happening = Callable[[], None]


class Calendar:
    """Happenings by instant; those of one instant in the order they were noted."""

    def __init__(self, *, until: datetime) -> None:
        self.until = until
        self._entries: list[tuple[datetime, int, Happening]] = []
        self._noted = 0

    def note(self, at: datetime, happening: Happening) -> None:
        """Have something happen at an instant. What lies after the last instant never happens."""
        if at <= self.until:
            heapq.heappush(self._entries, (at, self._noted, happening))
            self._noted += 1

    def __iter__(self) -> Iterator[tuple[datetime, Happening]]:
        """Everything in order, with what is noted on the way."""
        while self._entries:
            at, _, happening = heapq.heappop(self._entries)
            yield at, happening
