"""Who answers an alert: the person of record, else whoever is on duty, else nobody yet, which the lead sees."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select

from registry.access.roles import Role
from registry.accounts.models import Membership, User
from registry.alerts.rulebook import Audience
from registry.clinics.models import DutyCover
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db

_PART = {Audience.PSYCHIATRIST: "consultant", Audience.CLINICIAN: "prescriber"}
"""The part in the care team whose work it is; anything else is the care manager's."""

Team = Mapping[tuple[uuid.UUID, str], uuid.UUID]
"""Clinic and part in the team → user, of the person's open episodes."""


def load_team(patient_id: uuid.UUID, *, today: date) -> Team:
    """Who cares for the person now, of those whose account is active."""
    rows = db.session.execute(
        select(Episode.clinic_id, TeamMember.role, TeamMember.user_id)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .join(User, User.id == TeamMember.user_id)
        .where(
            TeamMember.patient_id == patient_id,
            or_(TeamMember.ends_on.is_(None), TeamMember.ends_on > today),
            Episode.ended_on.is_(None),
            User.is_active,
        )
        .order_by(TeamMember.starts_on)
    )
    return {(row.clinic_id, row.role): row.user_id for row in rows if row.user_id is not None}


def owner_of(audience: Sequence[str], *, clinic_id: uuid.UUID, team: Team, today: date) -> uuid.UUID | None:
    """Who answers at this clinic: by the first of ``audience``, else the care manager, else duty, else nobody."""
    part = _PART.get(Audience(audience[0]), "care_manager") if audience else "care_manager"
    of_record = team.get((clinic_id, part)) or team.get((clinic_id, "care_manager"))
    return of_record or on_duty(clinic_id, today)


def on_duty(clinic_id: uuid.UUID, today: date) -> uuid.UUID | None:
    """Who answers the clinic's urgent alerts on this local date; the latest entry where several overlap."""
    return db.session.scalar(
        select(DutyCover.user_id)
        .join(User, User.id == DutyCover.user_id)
        .where(
            DutyCover.clinic_id == clinic_id, DutyCover.starts_on <= today, DutyCover.ends_on >= today, User.is_active
        )
        .order_by(DutyCover.starts_on.desc(), DutyCover.id.desc())
        .limit(1)
    )


def lead_of(clinic_id: uuid.UUID) -> uuid.UUID | None:
    """The clinic's lead; of several, the first by name."""
    return db.session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.is_active,
            Membership.clinic_id == clinic_id,
            Membership.role == Role.CLINIC_LEAD,
            Membership.ends_on.is_(None),
        )
        .order_by(User.name)
        .limit(1)
    )


def is_active(user_id: uuid.UUID) -> bool:
    """Whether this account still works."""
    return bool(db.session.scalar(select(User.is_active).where(User.id == user_id)))
