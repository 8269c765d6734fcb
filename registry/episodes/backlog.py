"""Care that began long before it was written down here: what has piled up by then is told a few people a day.

How late that is, and over how many days it is spread, are the rules' numbers. Rules stand above this room, so
``create_app`` says who tells of them (``app.extensions[BACKLOG_SPREAD]``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import func, select

from registry import clock
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.extensions import db

BACKLOG_SPREAD = "backlog_spread"
"""Where ``create_app`` puts the ``Teller``."""


@dataclass(frozen=True, slots=True)
class Spread:
    """An enrolment stored more than ``late_by`` days after its date gets a day among the next ``days``."""

    late_by: int
    days: int


Teller = Callable[[uuid.UUID], Spread | None]


class Turns:
    """The days given to those a clinic enrols late on its local date of today, one after the other from today on."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic_id, self._today = clinic.id, clinic.today(clock.now())
        self._spread = cast(Teller, current_app.extensions[BACKLOG_SPREAD])(clinic.id)
        self._given: int | None = None

    def next(self, enrolled_on: date) -> dict[str, date | None]:
        """The columns of an episode enrolled on this day; None in both where it was written down in time."""
        if self._spread is None or (self._today - enrolled_on).days <= self._spread.late_by:
            return {"backlog_from": None, "backlog_until": None}
        if self._given is None:
            self._given = _given_on(self._today, self._clinic_id)
        until = self._today + timedelta(days=self._given % self._spread.days)
        self._given += 1
        return {"backlog_from": self._today, "backlog_until": until}


def _given_on(day: date, clinic_id: uuid.UUID) -> int:
    query = select(func.count()).select_from(Episode).where(Episode.clinic_id == clinic_id, Episode.backlog_from == day)
    return db.session.scalar(query) or 0
