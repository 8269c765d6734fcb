"""Parts of a crowd, planned and written down as rows: by another process, while the one before is being stored."""

from __future__ import annotations

import multiprocessing
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

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


def parts(plan: Plan) -> Iterator[Part]:
    """All parts in order. Another process is a few parts ahead where there is more than one."""
    starts = range(0, plan.patients, PEOPLE_IN_PART)
    ranges = [range(start, min(start + PEOPLE_IN_PART, plan.patients)) for start in starts]
    if len(ranges) == 1:
        yield plan.part(ranges[0])
        return
    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("fork"), initializer=_know, initargs=(plan,)
    ) as other:
        waiting: list[Future[Part]] = [other.submit(_part, numbers) for numbers in ranges[:_AHEAD]]
        for place in range(len(ranges)):
            part = waiting.pop(0).result()
            if place + _AHEAD < len(ranges):
                waiting.append(other.submit(_part, ranges[place + _AHEAD]))
            yield part


_plans: list[Plan] = []
"""What the other process was told once: sent with every part it would cost more than the part."""


def _know(plan: Plan) -> None:
    _plans[:] = [plan]


def _part(numbers: range) -> Part:
    return _plans[0].part(numbers)
