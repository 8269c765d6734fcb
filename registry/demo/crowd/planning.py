"""Parts of a crowd, planned and written down as rows. Pure: no database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from registry.demo.crowd.circles import Circle, circles
from registry.demo.crowd.counterparts import Counterpart
from registry.demo.crowd.history import History
from registry.demo.crowd.identity_rows import write_identity
from registry.demo.crowd.ledger import Ledger, Row, Tables
from registry.demo.crowd.sites import Site
from registry.demo.crowd.translation import Phrasebook, Translation
from registry.demo.figures import figures
from registry.demo.people import Cast, Person
from registry.measures.instrument import Instrument

PEOPLE_IN_PART = 500
"""About so many are stored in one transaction: statements cost little a person, and yet nothing grows large."""
CLINICS_IN_CIRCLE = 10
"""In so many clinics at most a life is lived: it is drawn and judged once for all of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some people with their rows. ``numbers`` and ``tables`` are of those who live a life first."""

    numbers: Mapping[uuid.UUID, int]
    clinic_of: Mapping[uuid.UUID, uuid.UUID]
    """Where each person, also of the counterparts, is first referred to."""
    tables: Tables
    counterparts: Sequence[Counterpart] = ()
    own: Tables = field(default_factory=dict)
    """Who the counterparts are."""


@dataclass(frozen=True)
class Plan:
    """A crowd: from which seed, how many, where, and about how many forms each fills in within a year.

    The people of a clinic are numbered in steps of the number of clinics: ``number // len(sites)`` is their place in
    its list. At one place of the lists of one circle of clinics everybody lives the same life.
    """

    seed: int
    patients: int
    scores: int
    today: date
    sites: tuple[Site, ...]
    definitions: Mapping[str, Instrument]

    @cached_property
    def circles(self) -> Sequence[Circle]:
        return circles(self.sites, most=CLINICS_IN_CIRCLE)

    @cached_property
    def lives(self) -> int:
        """How many different lives the people live."""
        places, rest = divmod(self.patients, len(self.sites))
        return places * len(self.circles) + sum(circle[0] < rest for circle in self.circles)

    def ranges(self) -> Iterator[range]:
        """The numbers of the lives in each part."""
        size = max(1, PEOPLE_IN_PART * self.lives // self.patients)
        for start in range(0, self.lives, size):
            yield range(start, min(start + size, self.lives))

    def part(self, lives: range) -> Part:
        """Everybody who lives one of these lives: the same for the same plan."""
        ledger, own, cast = Ledger(), Ledger(), Cast.of(self.seed, self.patients, self.lives)
        known, clinic_of, counterparts = dict[uuid.UUID, int](), dict[uuid.UUID, uuid.UUID](), list[Counterpart]()
        for life in lives:
            first, *others = self._people_of(life)
            person = cast.person(first, life=life, today=self.today, figures=figures())
            history = History(
                ledger, person, sites=self.sites, definitions=self.definitions, seed=self.seed, scores=self.scores
            )
            known[history.write()] = first
            clinic_of[history.patient_id] = self._home_of(first).clinic_id
            for number in others:
                counterpart = self._counterpart(own, cast.counterpart(number, of=person, today=self.today), history)
                clinic_of[counterpart.patient_id] = self._home_of(number).clinic_id
                counterparts.append(counterpart)
        return Part(known, clinic_of, dict(ledger.tables), counterparts, dict(own.tables))

    def _people_of(self, life: int) -> Sequence[int]:
        """The numbers of those who live it, in order."""
        place, circle = divmod(life, len(self.circles))
        numbers = (place * len(self.sites) + home for home in self.circles[circle])
        return [number for number in numbers if number < self.patients]

    def _home_of(self, number: int) -> Site:
        return self.sites[number % len(self.sites)]

    def _counterpart(self, own: Ledger, person: Person, history: History) -> Counterpart:
        book = self._book(history.person.number, person.number)
        patient = write_identity(own, person, since=history.added_on, **_as_added(history.patient, book))
        told = {name: (str(history.patient[name]), str(patient[name])) for name in ("search_name", "mrn")}
        return Counterpart(
            number=person.number,
            patient_id=patient["id"],
            first=history.patient_id,
            translation=Translation(book, {history.patient_id.hex: patient["id"].hex, **dict(told.values())}),
        )

    @cached_property
    def _books(self) -> dict[tuple[int, int], Phrasebook]:
        return {}

    def _book(self, first: int, number: int) -> Phrasebook:
        pair = first % len(self.sites), number % len(self.sites)
        if pair not in self._books:
            self._books[pair] = Phrasebook.between(self.sites, *pair)
        return self._books[pair]


def _as_added(first: Row, book: Phrasebook) -> Row:
    """The first's own row with whoever added them, at the clinic of the other."""
    added_by = first["created_by_id"]
    return {**first, "created_by_id": uuid.UUID(book.ids.get(added_by.hex, added_by.hex))}
