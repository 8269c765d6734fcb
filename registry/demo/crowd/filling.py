"""Filling an empty database with a crowd: organisation, people, and everything that follows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from registry import clock
from registry.access import scope
from registry.db.transaction import end_read
from registry.demo.crowd.hands import store_all
from registry.demo.crowd.opening import open_sites
from registry.demo.crowd.planning import Plan
from registry.demo.hurry import in_a_hurry
from registry.measurements.instruments import catalogue, sync_instruments

OPEN_FOR = timedelta(days=410)
FORMS_IN_A_YEAR = 20
"""About one every two weeks with those filled in at home: treatment to target measures that often."""

Progress = Callable[[int], None]
"""Told how many people have been stored."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was invented. ``emails``: role → who signs in, of the first clinic, or of all (lead, administrator)."""

    emails: Mapping[str, str]
    clinic_ids: tuple[uuid.UUID, ...]
    first_clinic: tuple[uuid.UUID, ...]
    """The people of the first clinic."""
    scores: int


def invent(
    *, seed: int, patients: int, clinics: int, scores: int = FORMS_IN_A_YEAR, numbered: bool = False, progress: Progress
) -> Crowd:
    """Invent ``patients`` people in ``clinics`` clinics, whose history reaches this instant.

    The same people for the same seed, numbers and day; identifiers differ each time. ``scores`` is about how many
    forms somebody fills in within a year. Needs a migrated database without organisations.
    """
    now = clock.now()
    with scope.all_patients(reason="inventing a crowd"), clock.at(now), in_a_hurry():
        sync_instruments()
        opened = open_sites(
            clinics=clinics, patients=patients, opened_on=(now - OPEN_FOR).date(), seed=seed, numbered=numbered
        )
        plan = Plan(
            seed=seed,
            patients=patients,
            scores=scores,
            today=min(site.today for site in opened.sites),
            sites=opened.sites,
            definitions={each.id: each for each in catalogue()},
        )
        end_read()
        first_clinic, stored, scored = list[uuid.UUID](), 0, 0
        for part in store_all(plan, now=now):
            first_clinic += part.first_clinic
            stored, scored = stored + part.patients, scored + part.scores
            progress(stored)
    return Crowd(opened.emails, tuple(site.clinic_id for site in opened.sites), tuple(first_clinic), scored)
