"""Who is responsible for which part of the care."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import EpisodeHasEnded, UnfitForTeam
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode, TeamMember
from registry.episodes.queries import list_open_places, roles_held
from registry.episodes.rules import TEAM_ROLES, TEAM_USER_ROLES
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db


def refuse_unfit(clinic_id: uuid.UUID, team: Sequence[TeamPlace]) -> None:
    """Raise ``UnfitForTeam`` when a user takes a place without a fitting role in the clinic."""
    held = roles_held(clinic_id, {place.user_id for place in team if place.user_id is not None})
    for place in team:
        if place.user_id is not None and held.get(place.user_id, frozenset()).isdisjoint(TEAM_USER_ROLES[place.role]):
            raise UnfitForTeam(
                f"Choose as {TEAM_ROLES[place.role].lower()} somebody who has that role in this clinic",
                field=place.role,
            )


def change_team(*, episode: Episode, place: TeamPlace, on: date, why: str, by: User | None) -> None:
    """Give a place to somebody from ``on``; an empty ``place`` leaves it open. The one before stays on record.

    Raises ``EpisodeHasEnded``, ``UnfitForTeam``, ``ImpossibleDate``; ``Refused`` when nothing would change.
    """
    with write():
        if not episode.is_open:
            raise EpisodeHasEnded("This episode has ended: its team is history")
        refuse_unfit(episode.clinic_id, [place])
        holder = db.session.scalars(
            select(TeamMember).where(
                TeamMember.episode_id == episode.id, TeamMember.role == place.role, TeamMember.ends_on.is_(None)
            )
        ).one_or_none()
        if _is_held_by(place, holder):
            raise Refused("That is who has this place now. Choose somebody else", field="user_id")
        refuse_impossible(
            on,
            today=episode.clinic.today(clock.now()),
            earliest=holder.starts_on if holder else episode.referred_on,
            earliest_is="the day the present one began" if holder else "the referral",
            what="the change",
        )
        _hand_over(episode, holder, place, on=on, why=why, by=by)
        record("team.changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def take_places(episode: Episode, team: Sequence[TeamPlace], *, on: date, by: User | None) -> None:
    """Give these places at the enrolment ``on``. Whoever had one while the person was referred keeps it or hands it on.

    Belongs inside the ``write()`` that enrols. A place given after that day is handed on on the day it was given.
    """
    holders = {
        row.role: row
        for row in db.session.scalars(
            select(TeamMember).where(TeamMember.episode_id == episode.id, TeamMember.ends_on.is_(None))
        )
    }
    for place in team:
        holder = holders.get(place.role)
        if not place.is_empty and not _is_held_by(place, holder):
            day = on if holder is None else max(on, holder.starts_on)
            _hand_over(episode, holder, place, on=day, why="" if holder is None else "Enrolled", by=by)


def _is_held_by(place: TeamPlace, holder: TeamMember | None) -> bool:
    if holder is None:
        return place.is_empty
    return (holder.user_id, holder.name) == (place.user_id, place.name)


def _hand_over(
    episode: Episode, holder: TeamMember | None, place: TeamPlace, *, on: date, why: str, by: User | None
) -> None:
    """End who has the place, and begin who gets it, in the caller's transaction."""
    if holder is not None:
        holder.ends_on, holder.ended_why, holder.ended_by_id = on, why, by.id if by else None
        holder.ended_at = clock.now()
        db.session.flush()  # the place is free before it is taken
    if not place.is_empty:
        db.session.add(
            TeamMember(
                episode_id=episode.id,
                patient_id=episode.patient_id,
                role=place.role,
                user_id=place.user_id,
                name=place.name,
                starts_on=on,
                why=why,
                set_by_id=by.id if by else None,
            )
        )


def reassign_open_work(*, from_user: User, to_user: User, clinic_id: uuid.UUID, by: User | None) -> int:
    """Give every place ``from_user`` holds in open episodes of a clinic to ``to_user``, from today.

    Returns how many places moved. Each is a transaction of its own, so that nobody waits for a whole caseload;
    a run that was interrupted is simply run again. Raises ``UnfitForTeam`` before anything moved.
    """
    from_id, to_id = from_user.id, to_user.id
    places = [(member.episode_id, member.role) for member in list_open_places(from_id, clinic_id)]
    refuse_unfit(clinic_id, [TeamPlace(role=role, user_id=to_id) for role in sorted({role for _, role in places})])
    for episode_id, role in places:
        with write():
            episode = db.session.get_one(Episode, episode_id)
            change_team(
                episode=episode,
                place=TeamPlace(role=role, user_id=to_id),
                on=episode.clinic.today(clock.now()),
                why="Open work reassigned",
                by=by,
            )
    return len(places)
