"""Who answers an alert: the person of record, else whoever is on duty, else nobody yet, which the lead sees."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from sqlalchemy import and_, bindparam, exists, select

from registry.access.reading import Read, rows_of
from registry.access.roles import Role
from registry.accounts.models import Membership, User
from registry.accounts.queries import can_sign_in
from registry.alerts.hours.duty import ANSWERING_ROLES, on_duty
from registry.alerts.rulebook import Audience
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word, words
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db

_PART = {Audience.PSYCHIATRIST: "consultant", Audience.CLINICIAN: "prescriber"}
"""The part in the care team whose work it is; anything else is the care manager's."""

_STILL_ANSWERS = and_(
    can_sign_in(),
    exists().where(
        Membership.user_id == TeamMember.user_id,
        Membership.clinic_id == Episode.clinic_id,
        Membership.role.in_(words(ANSWERING_ROLES)),
        Membership.ends_on.is_(None),
    ),
)
"""That a member of a team signs in, and answers alerts at the clinic of the episode."""

OF_RECORD = (
    select(TeamMember.patient_id, Episode.clinic_id, TeamMember.role, TeamMember.user_id, TeamMember.ends_on)
    .join(Episode, Episode.id == TeamMember.episode_id)
    .join(User, User.id == TeamMember.user_id)
    .where(
        among(TeamMember.patient_id, "patient_ids"),
        among(
            Episode.patient_id, "patient_ids"
        ),  # says nothing new, but keeps PostgreSQL from reading every open episode
        Episode.ended_on.is_(None),
        _STILL_ANSWERS,
    )
    .order_by(TeamMember.starts_on, TeamMember.id)
)
_OF_THE_LAST_EPISODE = (
    select(TeamMember.user_id)
    .join(Episode, Episode.id == TeamMember.episode_id)
    .join(User, User.id == TeamMember.user_id)
    .where(
        TeamMember.episode_id == bindparam("episode_id"),
        TeamMember.role.in_(words(("prescriber", "care_manager"))),
        _STILL_ANSWERS,
    )
    .order_by((TeamMember.role == word("prescriber")).desc(), TeamMember.starts_on.desc(), TeamMember.id.desc())
    .limit(1)
)
OnDuty: TypeAlias = dict[tuple[uuid.UUID, date], uuid.UUID | None]


@dataclass(frozen=True, slots=True)
class Team:
    """Who cares for one person: clinic and part in the team → user, of the open episodes.

    Whoever is on duty is asked for once for each clinic and date, and only where nobody of record answers.
    """

    of_record: Mapping[tuple[uuid.UUID, str], uuid.UUID]
    _on_duty: OnDuty = field(default_factory=dict)
    _leads: dict[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)

    def on_duty(self, clinic_id: uuid.UUID, today: date) -> uuid.UUID | None:
        """As the function of this name, remembered for this look at the person."""
        if (clinic_id, today) not in self._on_duty:
            self._on_duty[clinic_id, today] = on_duty(clinic_id, today)
        return self._on_duty[clinic_id, today]

    def lead(self, clinic_id: uuid.UUID) -> uuid.UUID | None:
        """As ``lead_of``, remembered likewise."""
        if clinic_id not in self._leads:
            self._leads[clinic_id] = lead_of(clinic_id)
        return self._leads[clinic_id]


def load_teams(
    patient_ids: Collection[uuid.UUID], today: Mapping[uuid.UUID, date], read: Read = rows_of
) -> dict[uuid.UUID, Team]:
    """Who cares for each patient now, of those who still answer alerts at that clinic; one statement.

    ``today`` is each clinic's own: a place in its team is given and left on its local date.
    """
    rows = by_patient(read(OF_RECORD, {"patient_ids": list(patient_ids)}))
    asked: OnDuty = {}
    leads: dict[uuid.UUID, uuid.UUID | None] = {}
    return {
        patient_id: Team(
            {
                (row.clinic_id, row.role): row.user_id
                for row in rows.get(patient_id, ())
                if row.user_id is not None and (row.ends_on is None or row.ends_on > today[row.clinic_id])
            },
            asked,
            leads,
        )
        for patient_id in patient_ids
    }


def owner_of(audience: Sequence[str], *, clinic_id: uuid.UUID, team: Team, today: date) -> uuid.UUID | None:
    """Who answers at this clinic: by the first of ``audience``, else the care manager, else duty, else nobody."""
    if audience and audience[0] == Audience.CLINIC_LEAD and (lead := team.lead(clinic_id)) is not None:
        return lead
    part = _PART.get(Audience(audience[0]), "care_manager") if audience else "care_manager"
    of_record = team.of_record.get((clinic_id, part)) or team.of_record.get((clinic_id, "care_manager"))
    return of_record or team.on_duty(clinic_id, today)


def last_of_record(episode_id: uuid.UUID) -> uuid.UUID | None:
    """Who prescribed in an episode that has ended, else its care manager: the last who still answers at its clinic."""
    return db.session.scalar(_OF_THE_LAST_EPISODE, {"episode_id": episode_id})


def lead_of(clinic_id: uuid.UUID) -> uuid.UUID | None:
    """The clinic's lead who can sign in; of several, the first by name."""
    return db.session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            can_sign_in(),
            Membership.clinic_id == clinic_id,
            Membership.role == Role.CLINIC_LEAD,
            Membership.ends_on.is_(None),
        )
        .order_by(User.name)
        .limit(1)
    )


def can_answer(user_id: uuid.UUID) -> bool:
    """Whether anybody can sign in with this account."""
    return bool(db.session.scalar(select(exists().where(User.id == user_id, can_sign_in()))))


def people_told(patient_id: uuid.UUID, parts: Collection[str]) -> dict[str, str]:
    """By part ("psychiatrist", "prescriber"): who has it in an open episode of the person, by name; "" where nobody."""
    roles = {Audience.PSYCHIATRIST.value: "consultant", "prescriber": "prescriber"}
    named = db.session.execute(
        select(TeamMember.role, User.name)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .join(User, User.id == TeamMember.user_id)
        .where(
            TeamMember.patient_id == patient_id,
            TeamMember.role.in_([roles[part] for part in parts]),
            TeamMember.ends_on.is_(None),
            Episode.ended_on.is_(None),
            can_sign_in(),
        )
        .order_by(User.name)
    ).all()
    return {part: ", ".join(name for role, name in named if role == roles[part]) for part in parts}
