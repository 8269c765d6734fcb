"""What somebody still has to do: it stands in the way of closing their account; and a clinic's own numbers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from registry import clock
from registry.access.scope import all_patients
from registry.alerts.models import Alert, RuleNumber
from registry.clinics.models import Clinic, DutyCover
from registry.clinics.queries import list_clinics
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.review.models import Recommendation, Review
from registry.review.rules import OPEN
from registry.tasks.models import Task


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Counts of what somebody still has to do; no name of a patient is in it."""

    patients: int = 0
    alerts: int = 0
    recommendations: int = 0
    tasks: int = 0
    duty_periods: int = 0

    @property
    def is_any(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def __add__(self, other: OpenWork) -> OpenWork:
        return OpenWork(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def list_rule_numbers(clinic_ids: Collection[uuid.UUID]) -> Sequence[RuleNumber]:
    """What these clinics decided about numbers of rules."""
    return db.session.scalars(select(RuleNumber).where(RuleNumber.clinic_id.in_(clinic_ids))).all()


def open_work(user_id: uuid.UUID, clinics: Collection[Clinic] | None = None) -> OpenWork:
    """What the user owns in these clinics, or in every clinic: administrators see how much, not whose."""
    with all_patients(reason="count the open work of a user whose account may be closed"):
        works = open_work_in(list_clinics() if clinics is None else clinics, of=user_id)
    return sum(works.values(), start=OpenWork())


def open_work_in(
    clinics: Collection[Clinic], *, of: uuid.UUID | None = None
) -> Mapping[tuple[uuid.UUID, uuid.UUID], OpenWork]:
    """Clinic and user → what they own there, whether or not they still have a role there; one user's only with ``of``.

    Five statements, however many clinics and users.
    """
    ids = [clinic.id for clinic in clinics]
    now = clock.now()
    not_over = or_(
        false(), *(and_(DutyCover.clinic_id == each.id, DutyCover.ends_on >= each.today(now)) for each in clinics)
    )
    counts = {
        "patients": _by_owner(
            select(Episode.clinic_id, TeamMember.user_id, func.count(func.distinct(TeamMember.patient_id)))
            .join(Episode, Episode.id == TeamMember.episode_id)
            .where(TeamMember.ends_on.is_(None), Episode.ended_on.is_(None), Episode.clinic_id.in_(ids))
            .group_by(Episode.clinic_id, TeamMember.user_id),
            TeamMember.user_id,
            of,
        ),
        "alerts": _by_owner(
            select(Alert.clinic_id, Alert.owner_id, func.count(Alert.id))
            .where(Alert.closed_at.is_(None), Alert.clinic_id.in_(ids))
            .group_by(Alert.clinic_id, Alert.owner_id),
            Alert.owner_id,
            of,
        ),
        "recommendations": _by_owner(
            select(Review.clinic_id, Recommendation.to_user_id, func.count(Recommendation.id))
            .join(Review, Review.id == Recommendation.review_id)
            .where(Recommendation.state.in_(sorted(OPEN)), Review.clinic_id.in_(ids))
            .group_by(Review.clinic_id, Recommendation.to_user_id),
            Recommendation.to_user_id,
            of,
        ),
        "tasks": _by_owner(
            select(Task.clinic_id, Task.to_id, func.count(Task.id))
            .where(Task.state == "open", Task.clinic_id.in_(ids))
            .group_by(Task.clinic_id, Task.to_id),
            Task.to_id,
            of,
        ),
        "duty_periods": _by_owner(
            select(DutyCover.clinic_id, DutyCover.user_id, func.count(DutyCover.id))
            .where(not_over)
            .group_by(DutyCover.clinic_id, DutyCover.user_id),
            DutyCover.user_id,
            of,
        ),
    }
    owners = {owner for each in counts.values() for owner in each}
    return {owner: OpenWork(**{kind: each.get(owner, 0) for kind, each in counts.items()}) for owner in owners}


def _by_owner(
    statement: Select[*tuple[Any, ...]], owner: InstrumentedAttribute[Any], of: uuid.UUID | None
) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    wanted = owner.is_not(None) if of is None else owner == of
    return {(clinic_id, user_id): number for clinic_id, user_id, number in db.session.execute(statement.where(wanted))}
