"""The people on whose team somebody is, for those who see nobody else: no score, no answer, no sentence made of one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from registry.alerts.models import Alert
from registry.db.grouping import by_patient
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.patients.models import Patient
from registry.plans.models import Goal, PlanVersion
from registry.tasks.models import Task
from registry.tasks.queries import list_asked_of_others, list_open_for

ANSWERED_LATELY = timedelta(days=14)
"""For how long an answer stands on the card of whom it is about."""
MOST_PEOPLE = 200
"""More than anybody can know by name."""


@dataclass(frozen=True, slots=True)
class OwnPeople:
    """Episodes with their person and clinic, by name; and the open safety alert of each who has one."""

    episodes: Sequence[Episode]
    safety: Mapping[uuid.UUID, Alert]
    goals: Mapping[uuid.UUID, Sequence[Goal]]
    """Those each is working on, with their ratings."""
    plans: Mapping[uuid.UUID, PlanVersion]
    """The safety plan in force of each who has one."""
    tasks: Mapping[uuid.UUID, Sequence[Task]]
    """What colleagues ask of the user about each, in the order it is due."""
    asked: Mapping[uuid.UUID, Sequence[Task]]
    """What the user asked of colleagues about each: what is open, then what was answered lately."""


def list_own_people(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], *, at: datetime) -> OwnPeople:
    """The open episodes at these clinics in whose team the user holds a place now. A fixed number of statements."""
    episodes = db.session.scalars(
        select(Episode)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(
            Episode.ended_on.is_(None),
            Episode.clinic_id.in_(list(clinic_ids)),
            Episode.id.in_(
                select(TeamMember.episode_id).where(TeamMember.user_id == user_id, TeamMember.ends_on.is_(None))
            ),
        )
        .options(
            joinedload(Episode.patient).selectinload(Patient.contact_points),
            joinedload(Episode.clinic),
        )
        .order_by(Patient.search_name, Episode.id)
        .limit(MOST_PEOPLE)
    ).all()
    alerts = db.session.scalars(
        select(Alert)
        .where(
            Alert.patient_id.in_([episode.patient_id for episode in episodes]),
            Alert.is_safety,
            Alert.closed_at.is_(None),
        )
        .options(joinedload(Alert.owner))
    )
    people = [episode.patient_id for episode in episodes]
    return OwnPeople(
        episodes=episodes,
        safety={alert.patient_id: alert for alert in alerts},
        goals=_goals(people),
        plans=_safety_plans(people),
        tasks=by_patient(list_open_for(user_id, clinic_ids)),
        asked=by_patient(list_asked_of_others(user_id, clinic_ids, people, since=at - ANSWERED_LATELY)),
    )


def _goals(patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Goal]]:
    found: dict[uuid.UUID, list[Goal]] = defaultdict(list)
    for goal in db.session.scalars(
        select(Goal)
        .where(Goal.patient_id.in_(list(patient_ids)), Goal.status == "open")
        .options(selectinload(Goal.ratings))
        .order_by(Goal.set_on, Goal.id)
    ):
        found[goal.patient_id].append(goal)
    return found


def _safety_plans(patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, PlanVersion]:
    versions = db.session.scalars(
        select(PlanVersion)
        .where(
            PlanVersion.patient_id.in_(list(patient_ids)), PlanVersion.kind == "safety", PlanVersion.status == "final"
        )
        .order_by(PlanVersion.written_on, PlanVersion.number)
    )
    return {version.patient_id: version for version in versions}  # the one talked through last stands
