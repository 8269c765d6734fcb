"""Where a deed is done, to whom, and by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from registry.accounts.models import User
from registry.episodes.models import Episode
from registry.episodes.queries import get_open_episode
from registry.extensions import db
from registry.patients.models import Patient
from tests.timetravel.life import Place, Someone


@dataclass(frozen=True, slots=True)
class Stage:
    """One person at one clinic. ``elsewhere``: the other clinics of the organisation."""

    chance: Random
    person: Someone
    place: Place
    elsewhere: tuple[Place, ...]

    @property
    def patient(self) -> Patient:
        return db.session.get_one(Patient, self.person.patient_id)

    @property
    def is_dead(self) -> bool:
        return self.patient.died_on is not None

    @property
    def by(self) -> User:
        """A care manager of the clinic."""
        return db.session.get_one(User, self.place.care_managers[0])

    @property
    def psychiatrist(self) -> User:
        return db.session.get_one(User, self.place.psychiatrist)

    @property
    def lead(self) -> User:
        return db.session.get_one(User, self.place.lead)

    @property
    def episode(self) -> Episode | None:
        return get_open_episode(self.person.patient_id, self.place.clinic_id)

    def day(self, *, most: int = 6) -> date:
        """Today, or a few days ago: paper is typed late."""
        return self.place.today() - timedelta(days=self.chance.choice((0, 0, 0, 1, self.chance.randrange(most + 1))))


Deed = Callable[[Stage], object]
"""Takes what it finds on the stage; where there is nothing, nothing happens."""
