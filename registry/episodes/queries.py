"""Reading episodes and their dated parts. Who may be seen is already bound to the session."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from registry.accounts.models import Membership, User
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.extensions import db

Part = TypeVar("Part", EpisodeCondition, PhaseSpell, TrackedMeasure, TreatmentCourse, TreatmentTarget)


def get_episode(episode_id: uuid.UUID, *, patient_id: uuid.UUID | None = None) -> Episode | None:
    """An episode with its patient and clinic; of this person, where one is named."""
    statement = select(Episode).where(Episode.id == episode_id)
    if patient_id is not None:
        statement = statement.where(Episode.patient_id == patient_id)
    return db.session.scalars(statement.options(joinedload(Episode.clinic), joinedload(Episode.patient))).one_or_none()


def get_open_episode(patient_id: uuid.UUID, clinic_id: uuid.UUID) -> Episode | None:
    return db.session.scalars(
        select(Episode).where(
            Episode.patient_id == patient_id, Episode.clinic_id == clinic_id, Episode.ended_on.is_(None)
        )
    ).one_or_none()


def list_episodes(patient_id: uuid.UUID) -> Sequence[Episode]:
    """Every episode of a person with its clinic and team, the open ones first, then the latest."""
    rows = db.session.scalars(
        select(Episode)
        .where(Episode.patient_id == patient_id)
        .options(joinedload(Episode.clinic), selectinload(Episode.team).joinedload(TeamMember.user))
    ).all()
    return sorted(rows, key=lambda row: (row.is_open, row.enrolled_on or row.referred_on, row.id), reverse=True)


def list_parts(kind: type[Part], episode_id: uuid.UUID) -> Sequence[Part]:
    """Every dated part of one kind, ended ones too, oldest first."""
    return db.session.scalars(select(kind).where(kind.episode_id == episode_id).order_by(kind.starts_on, kind.id)).all()


def get_consent(episode_id: uuid.UUID) -> Consent | None:
    """The latest consent of an episode."""
    return db.session.scalars(
        select(Consent).where(Consent.episode_id == episode_id).order_by(Consent.given_on.desc(), Consent.id.desc())
    ).first()


def list_team(episode_id: uuid.UUID) -> Sequence[TeamMember]:
    """Everybody who is or was on the team, with their accounts, oldest first."""
    return db.session.scalars(
        select(TeamMember)
        .where(TeamMember.episode_id == episode_id)
        .options(joinedload(TeamMember.user))
        .order_by(TeamMember.starts_on, TeamMember.id)
    ).all()


def list_open_places(user_id: uuid.UUID, clinic_id: uuid.UUID) -> Sequence[TeamMember]:
    """The places in teams this user holds now, in open episodes of a clinic."""
    return db.session.scalars(
        select(TeamMember)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .where(
            TeamMember.user_id == user_id,
            TeamMember.ends_on.is_(None),
            Episode.clinic_id == clinic_id,
            Episode.ended_on.is_(None),
        )
        .order_by(TeamMember.id)
    ).all()


def roles_held(clinic_id: uuid.UUID, user_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    """User → roles held in the clinic now; whoever is inactive or holds none is left out."""
    held: dict[uuid.UUID, set[str]] = {}
    if user_ids:
        rows = db.session.execute(
            select(Membership.user_id, Membership.role)
            .join(User, User.id == Membership.user_id)
            .where(
                User.is_active,
                Membership.clinic_id == clinic_id,
                Membership.user_id.in_(user_ids),
                Membership.ends_on.is_(None),
            )
        )
        for user_id, role in rows:
            held.setdefault(user_id, set()).add(role)
    return {user_id: frozenset(roles) for user_id, roles in held.items()}
