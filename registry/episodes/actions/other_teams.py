"""The other teams that care for somebody, and who does what."""

from __future__ import annotations

from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import EpisodeHasEnded
from registry.episodes.facts import OtherTeamFacts
from registry.episodes.models import Episode, OtherTeam
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db


def involve_team(*, episode: Episode, facts: OtherTeamFacts, on: date, why: str, by: User | None) -> OtherTeam:
    """Another team cares for the person from ``on``. It may have begun long before the referral here.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``.
    """
    with write():
        _refuse_impossible_day(episode, on, earliest=episode.patient.birth_date, earliest_is="the birth date")
        team = _row(episode, facts, on=on, why=why, by=by)
        db.session.add(team)
        record("other-team.involved", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)
    return team


def change_other_team(
    *, episode: Episode, team: OtherTeam, facts: OtherTeamFacts | None, on: date, why: str, by: User | None
) -> None:
    """From ``on`` the team does something else; without ``facts`` it is no longer involved. The one before stays.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``, ``Refused`` when it is over already.
    """
    with write():
        if team.ends_on is not None:
            raise Refused("This team is no longer involved")
        _refuse_impossible_day(episode, on, earliest=team.starts_on, earliest_is="the day the team began")
        team.ends_on, team.ended_why, team.ended_by_id = on, why, by.id if by else None
        team.ended_at = clock.now()
        if facts is not None:
            db.session.add(_row(episode, facts, on=on, why=why, by=by))
        record("other-team.changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def _row(episode: Episode, facts: OtherTeamFacts, *, on: date, why: str, by: User | None) -> OtherTeam:
    return OtherTeam(
        episode_id=episode.id,
        patient_id=episode.patient_id,
        kind=facts.kind,
        name=facts.name,
        does=facts.does,
        reach=facts.reach,
        starts_on=on,
        why=why,
        set_by_id=by.id if by else None,
    )


def _refuse_impossible_day(episode: Episode, on: date, *, earliest: date, earliest_is: str) -> None:
    if not episode.is_open:
        raise EpisodeHasEnded("This episode has ended: the teams around it are history")
    refuse_impossible(
        on, today=episode.clinic.today(clock.now()), earliest=earliest, earliest_is=earliest_is, what="the change"
    )
