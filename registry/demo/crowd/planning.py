"""Parts of a crowd, planned and written down as rows. Pure: no database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
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

    def ranges(self) -> Iterator[range]:
        """The numbers of the people in each part."""
        for start in range(0, self.patients, PEOPLE_IN_PART):
            yield range(start, min(start + PEOPLE_IN_PART, self.patients))

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
