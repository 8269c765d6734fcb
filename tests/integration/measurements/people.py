"""One clinic, one patient in care, and measures of theirs: each test sets only what it is about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.models import Measurement, StandingRow
from registry.measures.answers import Answer
from tests.builders import a_clinic, a_patient, a_user, an_episode, at_once, id_of

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
"""Monday 16 March 2026, 11:00 at the clinic."""
TODAY = date(2026, 3, 16)
ENROLLED = date(2026, 1, 5)
BORN = date(1980, 5, 17)


@dataclass(frozen=True, slots=True)
class Person:
    """Ids, which outlive a session."""

    patient_id: uuid.UUID
    episode_id: uuid.UUID
    clinic_id: uuid.UUID
    user_id: uuid.UUID

    @property
    def user(self) -> User:
        return db.session.get_one(User, self.user_id)


def a_person(
    *,
    clinic: Clinic | None = None,
    tracked: Iterable[str] = ("phq-9:total",),
    targets: Mapping[str, int] | None = None,
    role: Role = Role.CARE_MANAGER,
) -> Person:
    """A patient enrolled on 5 January 2026, and a user of the clinic."""
    with at_once():
        clinic = clinic or a_clinic()
        user = a_user(role=role, clinic=clinic)
        patient = a_patient(clinic=clinic, born=BORN)
        episode = an_episode(patient=patient, clinic=clinic, enrolled_on=ENROLLED, tracked=tracked, targets=targets)
    return Person(patient_id=id_of(patient), episode_id=id_of(episode), clinic_id=id_of(clinic), user_id=id_of(user))


def record(person: Person, answers: Mapping[str, Answer] | None = None, **others: Any) -> Measurement:
    """A PHQ-9 on paper, today, unless the test says otherwise."""
    given: dict[str, Any] = {"instrument": "phq-9", "taken_on": TODAY, "mode": "self-paper", "answers": answers}
    return record_measurement(
        patient_id=person.patient_id, clinic_id=person.clinic_id, by=person.user, **(given | others)
    )


def standing_of(person: Person, scale: str = "phq-9:total") -> StandingRow | None:
    """The stored standing of the person's episode on ``scale``."""
    return db.session.scalars(
        select(StandingRow).where(StandingRow.episode_id == person.episode_id, StandingRow.scale == scale)
    ).one_or_none()


def phq9(*values: Answer) -> Mapping[str, Answer]:
    """Answers to items 1 to 9; fewer leave the rest blank."""
    return {str(number): value for number, value in enumerate(values, start=1)}


def phq9_total(total: int, *, item_9: int = 0) -> Mapping[str, Answer]:
    """Answers that add up to ``total``, item 9 as given. ``total`` is at most 24 more than item 9."""
    rest = total - item_9
    answers: dict[str, Answer] = {}
    for number in range(1, 9):
        answers[str(number)] = min(3, rest)
        rest -= min(3, rest)
    return answers | {"9": item_9}
