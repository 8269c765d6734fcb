"""Reading episodes and their dated parts. Who may be seen is already bound to the session."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from registry.accounts.models import Membership, User
from registry.db.among import among
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    OtherTeam,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    Transfer,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.episodes.rules import OPEN_TRANSFERS
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.queries import had_mrn, is_whole
from registry.patients.rules import fold, fold_mrn
from registry.web.paging import COUNT_LIMIT

Part = TypeVar("Part", EpisodeCondition, OtherTeam, PhaseSpell, TrackedMeasure, TreatmentCourse, TreatmentTarget)

Given: TypeAlias = uuid.UUID | InstrumentedAttribute[uuid.UUID]
"""An id, or the column of another row that holds it."""

History: TypeAlias = (
    type[Consent]
    | type[Episode]
    | type[EpisodeCondition]
    | type[OtherTeam]
    | type[PhaseSpell]
    | type[TeamMember]
    | type[TrackedMeasure]
    | type[TreatmentTarget]
)
"""A kind of dated part that two people may change at once; the episode itself stands for its own dates."""


def get_episode(episode_id: uuid.UUID, *, patient_id: uuid.UUID | None = None) -> Episode | None:
    """An episode with its patient and clinic; of this person, where one is named."""
    statement = select(Episode).where(Episode.id == episode_id)
    if patient_id is not None:
        statement = statement.where(Episode.patient_id == patient_id)
    return db.session.scalars(statement.options(joinedload(Episode.clinic), joinedload(Episode.patient))).one_or_none()


def lock_episode(episode_id: uuid.UUID) -> Episode:
    """An episode nobody else changes until this transaction ends (inside ``write()``)."""
    locked = select(Episode).where(Episode.id == episode_id).with_for_update()
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def episode_at(patient_id: Given, clinic_id: Given) -> ScalarSelect[uuid.UUID]:
    """As a column: the person's open episode at a clinic, else their last one there."""
    there = select(Episode.id).where(Episode.patient_id == patient_id, Episode.clinic_id == clinic_id)
    return there.order_by(Episode.ended_on.is_not(None), Episode.referred_on.desc()).limit(1).scalar_subquery()


def get_open_episode(patient_id: uuid.UUID, clinic_id: uuid.UUID) -> Episode | None:
    return db.session.scalars(_OPEN_AT, {"patient_id": patient_id, "clinic_id": clinic_id}).one_or_none()


_OPEN_AT = select(Episode).where(
    Episode.patient_id == bindparam("patient_id"),
    Episode.clinic_id == bindparam("clinic_id"),
    Episode.ended_on.is_(None),
)


def earliest_referral(patient: Patient, clinic_id: uuid.UUID, *, before: Episode | None = None) -> tuple[date, str]:
    """From which day on the person can have been referred to a clinic, and what that day is.

    The day the last episode there ended, else birth; with ``before`` the last that began before that one did.
    Two episodes of one clinic share no day but that on which the one ends and the other begins: what happened on
    a day belongs to one of them.
    """
    earlier = select(func.max(Episode.ended_on)).where(Episode.patient_id == patient.id, Episode.clinic_id == clinic_id)
    if before is not None:
        earlier = earlier.where(Episode.id != before.id, Episode.referred_on <= before.referred_on)
    ended_on = db.session.scalar(earlier)
    if ended_on is None:
        return patient.birth_date, "the birth date"
    return ended_on, "the day the episode before ended"


def list_episodes(patient_id: uuid.UUID) -> Sequence[Episode]:
    """Every episode of a person with its clinic and team, the open ones first, then the latest."""
    rows = db.session.scalars(_OF_PERSON, {"patient_id": patient_id}).all()
    return sorted(rows, key=lambda row: (row.is_open, row.enrolled_on or row.referred_on, row.id), reverse=True)


def list_parts(kind: type[Part], episode_id: uuid.UUID) -> Sequence[Part]:
    """Every dated part of one kind, ended ones too, oldest first."""
    return db.session.scalars(_parts(kind), {"episode_id": episode_id}).all()


# Made once: building a statement costs more than running it.
_OF_PERSON = (
    select(Episode)
    .where(Episode.patient_id == bindparam("patient_id"))
    .options(joinedload(Episode.clinic), selectinload(Episode.team).joinedload(TeamMember.user))
)
_CONSENTS = (
    select(Consent)
    .where(Consent.episode_id == bindparam("episode_id"))
    .order_by(Consent.given_on.desc(), Consent.id.desc())
)
_LATEST_CONSENT = _CONSENTS.limit(1)


@cache
def _parts(kind: type[Part]) -> Select[Part]:
    return select(kind).where(kind.episode_id == bindparam("episode_id")).order_by(kind.starts_on, kind.id)


def followed_instruments(patient_id: uuid.UUID) -> frozenset[str]:
    """The instruments that an open episode of the patient follows now, at whichever clinic, by id."""
    scales = db.session.scalars(
        select(TrackedMeasure.scale)
        .join(Episode, Episode.id == TrackedMeasure.episode_id)
        .where(TrackedMeasure.patient_id == patient_id, TrackedMeasure.ends_on.is_(None), Episode.ended_on.is_(None))
    )
    return frozenset(scale.partition(":")[0] for scale in scales)


def get_consent(episode_id: uuid.UUID) -> Consent | None:
    """The latest consent of an episode."""
    return db.session.scalars(_LATEST_CONSENT, {"episode_id": episode_id}).one_or_none()


def get_other_team(other_team_id: uuid.UUID, *, episode_id: uuid.UUID) -> OtherTeam | None:
    """Another team of this episode."""
    return db.session.scalars(
        select(OtherTeam).where(OtherTeam.id == other_team_id, OtherTeam.episode_id == episode_id)
    ).one_or_none()


def list_consents(episode_id: uuid.UUID) -> Sequence[Consent]:
    """Every consent of an episode, the latest first."""
    return db.session.scalars(_CONSENTS, {"episode_id": episode_id}).all()


def get_transfer(transfer_id: uuid.UUID, *, patient_id: uuid.UUID) -> Transfer | None:
    """A transfer of this person, with both clinics."""
    return db.session.scalars(
        select(Transfer).where(Transfer.id == transfer_id, Transfer.patient_id == patient_id).options(*_BOTH_CLINICS)
    ).one_or_none()


def list_transfers(patient_id: uuid.UUID) -> Sequence[Transfer]:
    """Every transfer of a person with both clinics, the latest first."""
    return db.session.scalars(
        select(Transfer)
        .where(Transfer.patient_id == patient_id)
        .options(*_BOTH_CLINICS)
        .order_by(Transfer.proposed_on.desc(), Transfer.id.desc())
    ).all()


def list_open_transfers(clinic_ids: Collection[uuid.UUID]) -> Sequence[Transfer]:
    """The transfers that wait, from or to these clinics, with the people and both clinics; the oldest first."""
    return db.session.scalars(
        select(Transfer)
        .where(
            Transfer.state.in_(OPEN_TRANSFERS),
            or_(Transfer.from_clinic_id.in_(clinic_ids), Transfer.to_clinic_id.in_(clinic_ids)),
        )
        .options(*_BOTH_CLINICS, joinedload(Transfer.patient))
        .order_by(Transfer.proposed_on, Transfer.id)
    ).all()


def list_transfers_to_answer(clinic_ids: Collection[uuid.UUID], *, limit: int) -> Sequence[Transfer]:
    """What these clinics were asked and have not answered, with the people and both clinics; the oldest first."""
    return db.session.scalars(_TO_ANSWER, {"clinic_ids": list(clinic_ids), "limit": limit}).all()


def count_transfers_to_answer(clinic_ids: Collection[uuid.UUID]) -> int:
    """How many people these clinics were asked to take over, and have not answered."""
    query = select(func.count()).select_from(Transfer)
    asked = query.where(Transfer.state == "proposed", Transfer.to_clinic_id.in_(clinic_ids))
    return db.session.scalar(asked) or 0


_BOTH_CLINICS = (joinedload(Transfer.from_clinic), joinedload(Transfer.to_clinic))
_TO_ANSWER = (
    select(Transfer)
    .where(Transfer.state == "proposed", among(Transfer.to_clinic_id, "clinic_ids"))
    .options(*_BOTH_CLINICS, joinedload(Transfer.patient))
    .order_by(Transfer.proposed_on, Transfer.id)
    .limit(bindparam("limit", type_=Integer()))
)


def is_on_team(patient_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Whether this user has a place in the team of one of the person's open episodes now."""
    place = (
        select(TeamMember.id)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .where(
            TeamMember.patient_id == patient_id,
            TeamMember.user_id == user_id,
            TeamMember.ends_on.is_(None),
            Episode.ended_on.is_(None),
        )
        .limit(1)
    )
    return db.session.scalars(place).first() is not None


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


def edition(history: History, episode_id: uuid.UUID) -> int:
    """A number that grows with every change to the parts of one kind: dated history is only ever added to.

    It tells a second editor that somebody was quicker, as a version does for a single row.
    """
    if issubclass(history, Episode):
        return db.session.scalar(select(Episode.version).where(Episode.id == episode_id)) or 0
    begun = func.count()
    # A phase only begins: the next one ends it. A consent is taken back.
    ends_on = getattr(history, "ends_on", getattr(history, "revoked_on", None))
    changes = begun if ends_on is None else begun + func.count(ends_on)
    return db.session.scalar(select(changes).select_from(history).where(history.episode_id == episode_id)) or 0


def count_people(search: str) -> int:
    """How many people a search finds, counted no further than anybody reads."""
    found = select(Patient.id).where(_matches(search)).limit(COUNT_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def list_people(search: str, *, offset: int = 0, limit: int = 50) -> Sequence[Patient]:
    """People by name, in care or not, whose names hold every word of ``search`` or whose MRN begins with it."""
    return db.session.scalars(
        select(Patient).where(_matches(search)).order_by(Patient.search_name, Patient.id).offset(offset).limit(limit)
    ).all()


def _matches(search: str) -> ColumnElement[bool]:
    """Signs mean themselves: of "%" alone nothing is left for a name, and it is no wish to see everybody."""
    if not search.strip():
        return is_whole()
    number = or_(Patient.mrn.startswith(fold_mrn(search), autoescape=True), Patient.id.in_(had_mrn(fold_mrn(search))))
    words = fold(search).split()
    if not words:
        return is_whole() & number
    return is_whole() & or_(number, and_(*(Patient.search_name.contains(word, autoescape=True) for word in words)))


def latest_episodes(patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Episode]:
    """Person → their open episode, else their last one, with clinic and team."""
    rows = db.session.scalars(
        select(Episode)
        .where(Episode.patient_id.in_(patient_ids))
        .options(joinedload(Episode.clinic), selectinload(Episode.team).joinedload(TeamMember.user))
    ).all()
    ordered = sorted(rows, key=lambda row: (row.is_open, row.enrolled_on or row.referred_on, row.id))
    return {row.patient_id: row for row in ordered}
