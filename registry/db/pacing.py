"""How long long work may hold SQLite's write lock, and when it lets others go first.

SQLite has one writer, and one that waits asks again every millisecond: work that takes the lock again at once
starves it. So a run is cut into chunks by the time each held the lock, and every one is followed by a pause in which
whoever waits gets in. While nobody else writes, chunks are long; as soon as somebody did, they hold the lock for
some 50 ms, until nobody has written for a while. Elsewhere no lock is shared, and nothing pauses.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from registry.db.transaction import end_read
from registry.extensions import db

SHORT_LOCK, SHORT_PAUSE = 0.050, 0.010
"""Seconds, while somebody else writes."""
LONG_LOCK, BRIEF_PAUSE = 0.200, 0.005
"""Seconds, while nobody does."""
QUIET_AFTER = 5.0
"""Seconds without another writer."""
FIRST_CHUNK, LARGEST_CHUNK = 10, 200
"""People."""


@dataclass(slots=True)
class Pace:
    """How many people the next chunk holds, and the pause before it.

    ``others_wrote`` says whether another connection has committed since it was last asked; None where writers do
    not wait for each other.
    """

    others_wrote: Callable[[], bool] | None = None
    people: int = FIRST_CHUNK
    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.monotonic
    _last_seen: float = field(default=float("-inf"))

    def after(self, *, people: int, held: float) -> None:
        """A chunk about so many people held the lock for ``held`` seconds: pause, and size the next."""
        if self.others_wrote is None:
            self.people = LARGEST_CHUNK
            return
        is_quiet = self.now() - self._last_seen > QUIET_AFTER
        self.sleep(BRIEF_PAUSE if is_quiet else SHORT_PAUSE)
        if self.others_wrote():
            self._last_seen = self.now()
            is_quiet = False
        wanted = LONG_LOCK if is_quiet else SHORT_LOCK
        fits = int(people * wanted / held) if held > 0 else LARGEST_CHUNK
        self.people = max(1, min(fits, 2 * self.people, LARGEST_CHUNK))


def begin_pace() -> Pace:
    """The pace of a run that begins: where one lock is shared it feels its way, elsewhere it takes the most at once."""
    shared = others_wrote()
    return Pace(shared, people=LARGEST_CHUNK if shared is None else FIRST_CHUNK)


def others_wrote() -> Callable[[], bool] | None:
    """Whether another connection committed since the last question; None where no write lock is shared."""
    if db.engine.dialect.name != "sqlite":
        return None
    seen = [_data_version()]

    def _asked_again() -> bool:
        before, seen[0] = seen[0], _data_version()
        return before != seen[0]

    return _asked_again


def _data_version() -> int:
    version = int(db.session.scalar(sa.text("PRAGMA data_version")) or 0)
    end_read()
    return version
