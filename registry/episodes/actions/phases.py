"""From phase to phase, to the end of an episode."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.actions.open_transfers import call_off_transfers, refuse_while_transferred
from registry.episodes.dates import refuse_impossible, refuse_long_pause
from registry.episodes.errors import EpisodeHasEnded, ImpossibleDate, ImpossiblePhase
from registry.episodes.models import Episode, PhaseSpell, TeamMember, TreatmentCourse
from registry.episodes.queries import list_episodes
from registry.episodes.rules import END_REASONS, PHASE_TITLES, may_follow, opens_new_course
from registry.episodes.signals import tell_episode_changed
from registry.episodes.unanswered import unanswered
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.queries import lock_patient

EPISODE_ENDED = "Episode ended"
"""Why somebody left a team who was on it to the end."""


def change_phase(
    *, episode: Episode, phase: str, on: date, why: str, by: User | None, paused_until: date | None = None
) -> None:
    """Move an episode to another phase from ``on``. A pause has an end within 90 days.

    A return from maintaining to active opens a new treatment course. Ending is ``end_episode``.
    Raises ``EpisodeHasEnded``, ``ImpossiblePhase``, ``ImpossibleDate``.
    """
    with write():
        if not episode.is_open:
            raise EpisodeHasEnded("This episode has ended. Refer the person again to begin a new one")
        if phase == "ended" or phase not in may_follow(episode.phase) or episode.enrolled_on is None:
            now_is = PHASE_TITLES[episode.phase].lower()
            raise ImpossiblePhase(f"Choose a phase that can follow {now_is}", field="phase")
        _refuse_impossible_day(episode, on)
        if phase == "paused":
            refuse_long_pause(on=on, until=paused_until)
        before = _phase_before_pause(episode) if episode.phase == "paused" else episode.phase
        enter_phase(episode, phase, on=on, why=why, by=by)
        episode.paused_until = paused_until if phase == "paused" else None
        if opens_new_course(before, phase):
            _end_course(episode, on)
            db.session.add(TreatmentCourse(episode_id=episode.id, patient_id=episode.patient_id, starts_on=on))
        record("episode.phase-changed", by=by, subject=episode, reason=why or None)
        tell_episode_changed(episode.patient_id)


def end_episode(
    *, episode: Episode, reason: str, on: date, note: str = "", left_open: str = "", by: User | None
) -> None:
    """End an episode; its team is released, its record stays.

    ``left_open``: what becomes of recommendations and questions nobody has answered, which are declined with it.
    Raises ``EpisodeHasEnded``, ``ImpossibleDate``, ``TransferIsOpen``.
    """
    with write():
        if not episode.is_open:
            raise EpisodeHasEnded("This episode has already ended")
        _refuse_impossible_day(episode, on)
        refuse_while_transferred(episode.id)
        left_open = left_open or f"The episode ended: {END_REASONS[reason].lower()}"
        conclude(episode, reason=reason, on=on, note=note, left_open=left_open, by=by)
        tell_episode_changed(episode.patient_id)


def record_death(*, patient: Patient, died_on: date, today: date, by: User | None) -> None:
    """The person died: every open episode ends that day, so reminders and due dates stop in this transaction.

    Safety alerts stay until somebody closes them. Raises ``ImpossibleDate``.
    """
    with write():
        lock_patient(patient.id)
        refuse_impossible(
            died_on,
            today=today,
            earliest=patient.birth_date,
            earliest_is="the birth date",
            what="death",
            field="died_on",
        )
        patient.died_on = died_on
        record("patient.died", by=by, subject=patient)
        call_off_transfers(patient.id, why="The person died", by=by)
        for episode in list_episodes(patient.id):
            if episode.is_open:
                # What was written down for later days, before anybody knew, does not move the death.
                conclude(
                    episode,
                    reason="died",
                    on=max(died_on, episode.referred_on),
                    note="",
                    left_open="The person died",
                    by=by,
                )
        tell_episode_changed(patient.id)


def withdraw_death(*, patient: Patient, why: str, by: User | None) -> None:
    """The death was entered in error. Episodes it ended stay ended until somebody reopens them."""
    with write():
        if patient.died_on is None:
            raise ImpossibleDate("No death is on record", field="died_on")
        patient.died_on = None
        record("patient.death-withdrawn", by=by, subject=patient, reason=why)
        tell_episode_changed(patient.id)


def _refuse_impossible_day(episode: Episode, on: date) -> None:
    refuse_impossible(
        on,
        today=episode.clinic.today(clock.now()),
        earliest=episode.phase_since,
        earliest_is="the day the present phase began",
        what="the change",
    )


def enter_phase(episode: Episode, phase: str, *, on: date, why: str, by: User | None) -> None:
    """From ``on`` the episode is in this phase: within a transaction that tells of it."""
    set_by_id = by.id if by else None  # read first: it may ask the database, which must not see half a change
    episode.phase, episode.phase_since = phase, on
    db.session.add(
        PhaseSpell(
            episode_id=episode.id,
            patient_id=episode.patient_id,
            phase=phase,
            starts_on=on,
            why=why,
            set_by_id=set_by_id,
            set_at=clock.now(),
        )
    )


def conclude(episode: Episode, *, reason: str, on: date, note: str, left_open: str, by: User | None) -> None:
    """End an open episode within a transaction that tells of it: the day is the caller's to check.

    ``left_open`` is the reason with which open recommendations are declined.
    """
    unanswered().let_go(episode, why=left_open, by=by)
    enter_phase(episode, "ended", on=on, why=note, by=by)
    episode.ended_on, episode.end_reason, episode.end_note = on, reason, note
    episode.paused_until = None
    _end_course(episode, on)
    members = db.session.scalars(
        select(TeamMember).where(TeamMember.episode_id == episode.id, TeamMember.ends_on.is_(None))
    )
    for member in members:
        member.ends_on, member.ended_why, member.ended_by_id = (
            max(on, member.starts_on),
            EPISODE_ENDED,
            by.id if by else None,
        )
        member.ended_at = clock.now()
    record("episode.ended", by=by, subject=episode, reason=reason)


def _end_course(episode: Episode, on: date) -> None:
    course = db.session.scalars(
        select(TreatmentCourse).where(TreatmentCourse.episode_id == episode.id, TreatmentCourse.ends_on.is_(None))
    ).one_or_none()
    if course is not None:
        course.ends_on = max(on, course.starts_on)
        db.session.flush()  # one course is over before the next begins


def _phase_before_pause(episode: Episode) -> str:
    """The phase the pause interrupted: returning to active from a pause in maintaining is a return from maintaining."""
    spells = db.session.scalars(
        select(PhaseSpell.phase)
        .where(PhaseSpell.episode_id == episode.id, PhaseSpell.phase != "paused")
        .order_by(PhaseSpell.starts_on.desc(), PhaseSpell.id.desc())
        .limit(1)
    ).all()
    return spells[0] if spells else episode.phase
