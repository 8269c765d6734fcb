"""What somebody still has to do: it stands in the way of closing their account."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sqlalchemy import func, select
from sqlalchemy.sql import Executable

from registry import clock
from registry.access.scope import all_patients
from registry.alerts.models import Alert
from registry.clinics.models import Clinic, DutyCover
from registry.clinics.queries import list_clinics
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.review.models import Recommendation, Review
from registry.review.rules import OPEN


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Counts of what somebody still has to do; no name of a patient is in it."""

    patients: int = 0
    alerts: int = 0
    recommendations: int = 0
    duty_periods: int = 0

    @property
    def is_any(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def __add__(self, other: OpenWork) -> OpenWork:
        return OpenWork(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def open_work(user_id: uuid.UUID, clinics: Iterable[Clinic] | None = None) -> OpenWork:
    """What the user owns in these clinics, or in every clinic: administrators see how much, not whose."""
    with all_patients(reason="count the open work of a user whose account may be closed"):
        wanted = list_clinics() if clinics is None else clinics
        works = [open_work_in(clinic).get(user_id, OpenWork()) for clinic in wanted]
    return sum(works, start=OpenWork())


def open_work_in(clinic: Clinic) -> Mapping[uuid.UUID, OpenWork]:
    """User → what they own in one clinic, whether or not they still have a role there."""
    counts = {
        "patients": _by_user(
            select(TeamMember.user_id, func.count(func.distinct(TeamMember.patient_id)))
            .join(Episode, Episode.id == TeamMember.episode_id)
            .where(TeamMember.ends_on.is_(None), Episode.ended_on.is_(None), Episode.clinic_id == clinic.id)
            .group_by(TeamMember.user_id)
        ),
        "alerts": _by_user(
            select(Alert.owner_id, func.count(Alert.id))
            .where(Alert.closed_at.is_(None), Alert.clinic_id == clinic.id)
            .group_by(Alert.owner_id)
        ),
        "recommendations": _by_user(
            select(Recommendation.to_user_id, func.count(Recommendation.id))
            .join(Review, Review.id == Recommendation.review_id)
            .where(Recommendation.state.in_(sorted(OPEN)), Review.clinic_id == clinic.id)
            .group_by(Recommendation.to_user_id)
        ),
        "duty_periods": _by_user(
            select(DutyCover.user_id, func.count(DutyCover.id))
            .where(DutyCover.clinic_id == clinic.id, DutyCover.ends_on >= clinic.today(clock.now()))
            .group_by(DutyCover.user_id)
        ),
    }
    people = {user_id for each in counts.values() for user_id in each}
    return {user_id: OpenWork(**{kind: each.get(user_id, 0) for kind, each in counts.items()}) for user_id in people}


def _by_user(statement: Executable) -> dict[uuid.UUID, int]:
    return {user_id: number for user_id, number in db.session.execute(statement) if user_id is not None}
