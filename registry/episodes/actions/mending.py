"""Mending what was written down wrongly of an episode: an end that was none, and dates typed wrong.

Nothing is deleted. The end stays in the history of phases with the reopening after it, and the audit trail keeps every
date as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeAlias

from sqlalchemy import or_, select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.episodes.actions.phases import EPISODE_ENDED, enter_phase
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import EpisodeIsOpen, ImpossibleDate, ImpossibleReopening, PersonHasDied
from registry.episodes.models import (
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    Transfer,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.episodes.queries import earliest_referral, list_parts, list_team, roles_held
from registry.episodes.rules import IN_CARE, TEAM_USER_ROLES
from registry.episodes.signals import tell_episode_changed
from registry.episodes.unanswered import unanswered
from registry.extensions import db
from registry.patients.queries import lock_patient

Dated: TypeAlias = PhaseSpell | TreatmentCourse | TrackedMeasure | TreatmentTarget | EpisodeCondition | TeamMember


def reopen(*, episode: Episode, why: str, by: User | None) -> None:
    """Take back an end that was none: the episode goes on with its last course and whoever of its team still fits.

    What the end declined or withdrew waits again. It is in the phase it was in before the end; of a pause, in the phase
    before that, since the day it was to end is no promise any more.
    Raises ``EpisodeIsOpen``, ``ImpossibleReopening``, ``PersonHasDied``.
    """
    with write():
        lock_patient(episode.patient_id)
        db.session.refresh(episode.patient, ["died_on"])
        problem = why_not_reopened(episode)
        if problem is not None or episode.ended_on is None:
            raise problem or EpisodeIsOpen("This episode is open")
        spells = list_parts(PhaseSpell, episode.id)
        before = next(spell.phase for spell in reversed(spells) if spell.phase not in {"ended", "paused"})
        courses = list_parts(TreatmentCourse, episode.id)
        returning = _who_still_fits(episode, episode.ended_on)
        enter_phase(episode, before, on=episode.ended_on, why=why, by=by)
        episode.ended_on = episode.end_reason = None
        episode.end_note = ""
        if courses:
            courses[-1].ends_on = None
        for member in returning:
            member.ends_on = member.ended_by_id = member.ended_at = None
            member.ended_why = ""
        unanswered().bring_back(episode, by=by)
        record("episode.reopened", by=by, subject=episode, reason=why)
        tell_episode_changed(episode.patient_id)


def why_not_reopened(episode: Episode) -> Refused | None:
    """What stands against taking the end of an episode back, if anything does."""
    if episode.ended_on is None:
        return EpisodeIsOpen("This episode is open")
    if episode.patient.died_on is not None:
        return PersonHasDied("A death is on record. Withdraw it first, if it was entered in error")
    if _is_handed_over(episode):
        return ImpossibleReopening("This episode ended with a transfer. Refer the person again if they come back")
    if _has_successor(episode):
        return EpisodeIsOpen("A later episode at this clinic is on record: the care goes on there")
    return None


def _is_handed_over(episode: Episode) -> bool:
    """Whether it ended because another clinic answers for the person now, or again."""
    transfer = select(Transfer.id).where(
        or_(
            (Transfer.episode_id == episode.id) & (Transfer.state == "completed"),
            (Transfer.received_episode_id == episode.id) & (Transfer.state == "returned"),
        )
    )
    return episode.end_reason != "died" and db.session.scalars(transfer.limit(1)).first() is not None


def _has_successor(episode: Episode) -> bool:
    later = select(Episode.id).where(
        Episode.patient_id == episode.patient_id,
        Episode.clinic_id == episode.clinic_id,
        Episode.id != episode.id,
        or_(Episode.referred_on >= episode.ended_on, Episode.ended_on.is_(None)),
    )
    return db.session.scalars(later.limit(1)).first() is not None


def _who_still_fits(episode: Episode, ended_on: date) -> list[TeamMember]:
    """Whoever was on the team to the end, without those who no longer have the role for it."""
    to_the_end = {
        member.role: member
        for member in list_team(episode.id)
        if member.ended_why == EPISODE_ENDED and member.ends_on == max(ended_on, member.starts_on)
    }
    held = roles_held(episode.clinic_id, {each.user_id for each in to_the_end.values() if each.user_id is not None})
    return [
        member
        for role, member in to_the_end.items()
        if member.user_id is None or not held.get(member.user_id, frozenset()).isdisjoint(TEAM_USER_ROLES[role])
    ]


def correct_dates(
    *,
    episode: Episode,
    referred_on: date,
    enrolled_on: date | None,
    why: str,
    opened_version: int | None,
    by: User | None,
) -> None:
    """Put the referral and the enrolment on the days on which they were. What began with them moves with them.

    ``enrolled_on`` is ``None`` of somebody who is not enrolled, and of nobody else. Raises ``EditConflict``,
    ``ImpossibleDate``; ``Refused`` when nothing would change.
    """
    with write():
        refuse_stale(episode, opened_version=opened_version)
        if (referred_on, enrolled_on) == (episode.referred_on, episode.enrolled_on):
            raise Refused("These are the dates on record. Enter what they should be", field="referred_on")
        if (enrolled_on is None) != (episode.enrolled_on is None):
            raise ImpossibleDate("Only somebody who is enrolled has a date of enrolment", field="enrolled_on")
        spells, rest = list_parts(PhaseSpell, episode.id), _dated_parts(episode)
        of_referral = [spells[0], *_begun(rest, episode.referred_on, but=episode.enrolled_on)]
        into_care = [] if episode.enrolled_on is None else [next(each for each in spells if each.phase in IN_CARE)]
        of_enrolment = [*into_care, *_begun(rest, episode.enrolled_on)]
        others = [each for each in (*spells, *rest) if each not in of_referral and each not in of_enrolment]
        if enrolled_on is not None:
            _refuse_before_reopening(enrolled_on, spells[1 : spells.index(into_care[0])])
            _refuse_impossible_enrolment(episode, enrolled_on, referred_on, _next_change(of_enrolment, others))
        follows = [day for day in (enrolled_on, _next_change(of_referral, others)) if day is not None]
        _refuse_impossible_referral(episode, referred_on, min(follows, default=None))
        for row in of_referral:
            row.starts_on = referred_on
        for row in of_enrolment:
            row.starts_on = enrolled_on or row.starts_on
        episode.referred_on, episode.enrolled_on = referred_on, enrolled_on
        episode.phase_since = spells[-1].starts_on
        record("episode.dates-corrected", by=by, subject=episode, reason=why)
        tell_episode_changed(episode.patient_id)


def _dated_parts(episode: Episode) -> list[Dated]:
    """Everything dated of an episode but its phases."""
    return [
        *list_parts(TreatmentCourse, episode.id),
        *list_parts(TrackedMeasure, episode.id),
        *list_parts(TreatmentTarget, episode.id),
        *list_parts(EpisodeCondition, episode.id),
        *list_team(episode.id),
    ]


def _begun(rows: Sequence[Dated], on: date | None, *, but: date | None = None) -> list[Dated]:
    return [row for row in rows if row.starts_on == on and row.starts_on != but]


def _next_change(moved: Collection[Dated], others: Collection[Dated]) -> date | None:
    """The first day on which something of what moves ended, or anything else began."""
    since = max(row.starts_on for row in moved)
    ends = [row.ends_on for row in moved if not isinstance(row, PhaseSpell) and row.ends_on is not None]
    return min([*ends, *(row.starts_on for row in others if row.starts_on >= since)], default=None)


def _refuse_before_reopening(on: date, between: Sequence[PhaseSpell]) -> None:
    """``between``: an end that was none, and the phase it was taken back to."""
    earliest = max((each.starts_on for each in between), default=on)
    if on < earliest:
        words = f"{earliest.day} {earliest:%b %Y}"
        raise ImpossibleDate(f"Enter a date on or after the change before, {words}", field="enrolled_on")


def _refuse_impossible_enrolment(episode: Episode, on: date, referred_on: date, next_change: date | None) -> None:
    refuse_impossible(
        on,
        today=episode.clinic.today(clock.now()),
        earliest=referred_on,
        earliest_is="the referral",
        what="the initial assessment",
        field="enrolled_on",
    )
    _refuse_after(on, next_change, "the next change on record", field="enrolled_on")


def _refuse_impossible_referral(episode: Episode, on: date, latest: date | None) -> None:
    earliest, earliest_is = earliest_referral(episode.patient, episode.clinic_id, before=episode)
    refuse_impossible(
        on,
        today=episode.clinic.today(clock.now()),
        earliest=earliest,
        earliest_is=earliest_is,
        what="the referral",
        field="referred_on",
    )
    _refuse_after(on, latest, "what came after it", field="referred_on")


def _refuse_after(on: date, latest: date | None, latest_is: str, *, field: str) -> None:
    if latest is not None and on > latest:
        words = f"{latest.day} {latest:%b %Y}"
        raise ImpossibleDate(f"Enter a date not later than {latest_is}, {words}", field=field)
