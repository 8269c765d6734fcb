"""Parts of a crowd, planned and written down as rows: by another process, while the one before is being stored."""

from __future__ import annotations

import multiprocessing
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Dialect

from registry.access.reviewed_sql import as_the_driver_takes_them
from registry.demo.crowd.history import History
from registry.demo.crowd.ledger import Ledger, Tables
from registry.demo.crowd.sites import Site
from registry.demo.figures import figures
from registry.demo.people import Cast
from registry.measures.instrument import Instrument

PEOPLE_IN_PART = 250
"""Stored in one transaction: enough that statements cost little a person, few enough that nothing grows large."""
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Some people with their rows. ``clinic_of`` is where each is first referred to."""

    numbers: Mapping[uuid.UUID, int]
    clinic_of: Mapping[uuid.UUID, uuid.UUID]
    tables: Tables

    def bound(self, dialect: Dialect) -> Part:
        """The same part with its rows as the database's driver takes them."""
        tables = {table: as_the_driver_takes_them(table, rows, dialect) for table, rows in self.tables.items()}
        return Part(self.numbers, self.clinic_of, tables)


@dataclass(frozen=True)
class Plan:
    """A crowd: from which seed, how many, where, and about how many forms each fills in within a year."""

    seed: int
    patients: int
    scores: int
    today: date
    sites: tuple[Site, ...]
    definitions: Mapping[str, Instrument]

    def part(self, numbers: range) -> Part:
        """The people of these numbers: the same for the same plan."""
        ledger, cast = Ledger(), Cast.of(self.seed, self.patients)
        known, clinic_of = dict[uuid.UUID, int](), dict[uuid.UUID, uuid.UUID]()
        for number in numbers:
            person = cast.person(number, today=self.today, figures=figures())
            history = History(
                ledger,
                person,
                sites=self.sites,
                definitions=self.definitions,
                seed=self.seed,
                scores=self.scores,
            )
            known[history.write()] = number
            clinic_of[history.patient_id] = self.sites[number % len(self.sites)].clinic_id
        return Part(known, clinic_of, dict(ledger.tables))


def parts(plan: Plan, dialect: Dialect) -> Iterator[Part]:
    """All parts in order, bound. Another process is a few parts ahead where there is more than one."""
    starts = range(0, plan.patients, PEOPLE_IN_PART)
    ranges = [range(start, min(start + PEOPLE_IN_PART, plan.patients)) for start in starts]
    if len(ranges) == 1:
        yield plan.part(ranges[0]).bound(dialect)
        return
    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("fork"), initializer=_know, initargs=(plan, dialect)
    ) as other:
        waiting: list[Future[Part]] = [other.submit(_part, numbers) for numbers in ranges[:_AHEAD]]
        for place in range(len(ranges)):
            part = waiting.pop(0).result()
            if place + _AHEAD < len(ranges):
                waiting.append(other.submit(_part, ranges[place + _AHEAD]))
            yield part


_told: list[tuple[Plan, Dialect]] = []
"""What the other process was told once: sent with every part it would cost more than the part."""


def _know(plan: Plan, dialect: Dialect) -> None:
    _told[:] = [(plan, dialect)]


def _part(numbers: range) -> Part:
    ((plan, dialect),) = _told
    return plan.part(numbers).bound(dialect)
