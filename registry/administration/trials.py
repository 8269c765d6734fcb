"""How often a number is tried: a trial holds, for seconds, one of the few processes that answer everybody."""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from registry.audit.queries import count_recent

ACT = "rule-number.tried"

_FILE = "rule-number.trial"
_WINDOW = timedelta(minutes=10)
_MOST = 10

_TOO_MANY = "You have tried ten numbers within ten minutes. Try the next one a little later"
_UNDER_WAY = "Somebody is trying a number at this moment. Try yours again in a few seconds"


class NotNow(RuntimeError):
    """The rest of the processes answer everybody else. Says what to do."""


@contextmanager
def in_turn(data_folder: Path, *, by: uuid.UUID) -> Iterator[None]:
    """Nobody else tries a number meanwhile. Raises ``NotNow`` at once: nothing waits.

    By a lock on a file, which the system lets go of with the process that held it, on either database.
    """
    if count_recent(ACT, by=by, within=_WINDOW) >= _MOST:
        raise NotNow(_TOO_MANY)
    with (data_folder / _FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotNow(_UNDER_WAY) from None
        yield
