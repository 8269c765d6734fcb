"""What one person's alerts take of a write, measured inside its transaction and not over HTTP."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from benchmarks.load import Timing
from benchmarks.population import Population
from registry import clock
from registry.access import scope
from registry.accounts.queries import get_user_by_email
from registry.alerts.reconcile import follow_write
from registry.clinics.models import Clinic
from registry.episodes.signals import episode_changed
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import catalogue
from registry.measures.answers import Answer

_FIRST = 5
"""Not counted: statements are made and planned in them."""


def reconcile_each(population: Population, people: Iterator[uuid.UUID], number: int) -> Timing:
    """Save a PHQ-9 for so many of the people, one at a time: the milliseconds from the word that something changed
    until the alerts, the standings and the row of the caseload are right again. Needs an application context.
    """
    roll = random.Random(4)
    with _followed() as taken:
        for patient_id in itertools.islice(people, _FIRST + number):
            with scope.within([population.clinic_id]):
                _record_phq9(patient_id, population, roll)
            db.session.remove()  # as after a request
    counted = taken[_FIRST:]
    return Timing(tuple(counted), errors=0, seconds=sum(counted) / 1000, most_sent=0, most_decoded=0)


@contextmanager
def _followed() -> Iterator[list[float]]:
    """The program's own receiver, by the clock."""
    taken: list[float] = []

    def follow(sender: object, *, patient_ids: Collection[uuid.UUID]) -> None:
        began = time.perf_counter()
        follow_write(sender, patient_ids=patient_ids)
        taken.append((time.perf_counter() - began) * 1000)

    episode_changed.disconnect(follow_write)
    episode_changed.connect(follow, weak=False)
    try:
        yield taken
    finally:
        episode_changed.disconnect(follow)
        episode_changed.connect(follow_write, weak=False)


def _record_phq9(patient_id: uuid.UUID, population: Population, roll: random.Random) -> None:
    """Answers at random, nothing about safety, as ``benchmarks.pages.record_phq9``."""
    instrument = catalogue().get("phq-9")
    safety = {item.id for item in instrument.safety_items}
    answers: dict[str, Answer] = {item.id: 0 if item.id in safety else roll.randrange(4) for item in instrument.items}
    clinic = db.session.get_one(Clinic, population.clinic_id)
    record_measurement(
        patient_id=patient_id,
        clinic_id=clinic.id,
        instrument=instrument.id,
        taken_on=clinic.today(clock.now()),
        mode="self-paper",
        answers=answers,
        by=get_user_by_email(population.emails["manager"]),
    )
