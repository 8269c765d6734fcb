"""Who does the work: as many processes as the machine has cores, each planning and storing whole parts of a crowd."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from registry.demo.crowd.planning import Plan
from registry.demo.crowd.storing import Stored, store
from registry.extensions import db


def store_all(plan: Plan, *, now: datetime) -> Iterator[Stored]:
    """Store every part and tell of each in order. The people are the same, whatever the number of processes.

    Other processes are forked, with the scope and the clock that are bound here, when this one has no connection.
    """
    ranges = list(plan.ranges())
    if len(ranges) == 1:
        yield store(plan, ranges[0], now=now, turn=nullcontext())
        return
    db.session.remove()
    db.engine.dispose()
    processes = multiprocessing.get_context("fork")
    # SQLite takes one writer at a time and gives up waiting after a while; here nobody gives up.
    turn = processes.Lock() if db.engine.dialect.name == "sqlite" else nullcontext()
    hands = min(os.cpu_count() or 1, len(ranges))
    with ProcessPoolExecutor(hands, mp_context=processes, initializer=_know, initargs=(plan, now, turn)) as crew:
        yield from crew.map(_store, ranges)


_told: list[tuple[Plan, datetime, AbstractContextManager[object]]] = []
"""What each process was told once: sent with every part it would cost more than the part."""


def _know(plan: Plan, now: datetime, turn: AbstractContextManager[object]) -> None:
    _told[:] = [(plan, now, turn)]


def _store(numbers: range) -> Stored:
    ((plan, now, turn),) = _told
    return store(plan, numbers, now=now, turn=turn)
