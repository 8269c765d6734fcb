"""Referring a person to a clinic, and enrolling them in its care."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from registry import clock
from registry.access.models import PatientClinic
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.actions.consent import consent_row
from registry.episodes.actions.focus import refuse_impossible_target, refuse_untrackable, target_row
from registry.episodes.actions.team import refuse_unfit, take_places
from registry.episodes.backlog import Turns
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import EpisodeHasEnded, EpisodeIsOpen, ImpossiblePhase, ImpossibleTarget, PersonHasDied
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.models import (
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TrackedMeasure,
    TreatmentCourse,
)
from registry.episodes.queries import earliest_referral, get_open_episode
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.queries import lock_patient


def refer(
    *, patient: Patient, clinic: Clinic, referred_on: date, source: str = "", urgency: str = "routine", by: User | None
) -> Episode:
    """Open an episode at a clinic. ``referred_on`` is a local date of service, not before the last
    episode there ended.

    Raises ``EpisodeIsOpen``, ``PersonHasDied``, ``ImpossibleDate``.
    """
    with write():
        lock_patient(patient.id)
        db.session.refresh(patient, ["died_on"])
        earliest, earliest_is = earliest_referral(patient, clinic.id)
        refuse_impossible(
            referred_on,
            today=clinic.today(clock.now()),
            earliest=earliest,
            earliest_is=earliest_is,
            what="the referral",
            field="referred_on",
        )
        if patient.died_on is not None:
            raise PersonHasDied("This person has died: nobody can be referred after their death")
        if get_open_episode(patient.id, clinic.id) is not None:
            raise EpisodeIsOpen("This person already has an open episode at this clinic")
        _let_see(patient, clinic)
        episode = Episode(
            patient_id=patient.id,
            clinic_id=clinic.id,
            referred_on=referred_on,
            referral_source=source,
            urgency=urgency,
            phase="referred",
            phase_since=referred_on,
        )
        db.session.add(episode)
        db.session.flush()  # the episode stands before its parts
        db.session.add(_phase(episode, "referred", referred_on, by))
        record("episode.referred", by=by, subject=episode, kind="create")
        tell_episode_changed(patient.id)
    return episode


def _let_see(patient: Patient, clinic: Clinic) -> None:
    """A clinic that has an episode sees the person, without an end."""
    grant = db.session.scalars(
        select(PatientClinic).where(PatientClinic.patient_id == patient.id, PatientClinic.clinic_id == clinic.id)
    ).one_or_none()
    if grant is None:
        grant = PatientClinic(patient_id=patient.id, clinic_id=clinic.id, since=clock.now())
        db.session.add(grant)
    grant.why, grant.expires_at = "episode", None


def enrol(
    *,
    episode: Episode,
    enrolled_on: date,
    consent: ConsentFacts,
    team: Sequence[TeamPlace],
    conditions: Sequence[str],
    metric_primary: str,
    tracked: Sequence[Tracking],
    targets: Sequence[TargetWish],
    by: User | None,
    phase: str = "active",
) -> Episode:
    """Begin care with the initial assessment on ``enrolled_on``: the start of every metric and of the first course.

    ``metric_primary`` is one of the ``tracked`` scales and stays for the episode. Where that day is long past, what
    has piled up since waits for a day of its own (``registry.episodes.backlog``).
    Raises ``ImpossibleDate``, ``ImpossiblePhase``, ``UnfitForTeam``, ``ImpossibleTarget``, ``UnknownScale``;
    ``Refused`` for a consent of somebody without the capacity for it.
    """
    with write():
        _refuse_impossible_enrolment(episode, enrolled_on, consent, phase)
        refuse_unfit(episode.clinic_id, team)
        _refuse_impossible_focus(metric_primary, tracked, targets, enrolled_on)
        episode.enrolled_on = enrolled_on
        episode.metric_primary = metric_primary
        episode.phase, episode.phase_since = phase, enrolled_on
        turn = Turns(episode.clinic).next(enrolled_on)
        episode.backlog_from, episode.backlog_until = turn["backlog_from"], turn["backlog_until"]
        db.session.add_all(
            [
                _phase(episode, phase, enrolled_on, by),
                TreatmentCourse(episode_id=episode.id, patient_id=episode.patient_id, starts_on=enrolled_on),
                consent_row(episode, consent, by),
                *_conditions(episode, conditions, enrolled_on, by),
                *_tracked(episode, tracked, enrolled_on, by),
                *(target_row(episode, wish, on=enrolled_on, by=by) for wish in targets),
            ]
        )
        take_places(episode, team, on=enrolled_on, by=by)
        record("episode.enrolled", by=by, subject=episode)
        tell_episode_changed(episode.patient_id)
    return episode


def _refuse_impossible_enrolment(episode: Episode, enrolled_on: date, consent: ConsentFacts, phase: str) -> None:
    if not episode.is_open:
        raise EpisodeHasEnded("This episode has ended. Refer the person again to enrol them")
    if episode.enrolled_on is not None:
        raise ImpossiblePhase("This person is already enrolled")
    if phase not in {"engaging", "active"}:
        raise ImpossiblePhase("Care begins as engaging or active", field="phase")
    today = episode.clinic.today(clock.now())
    refuse_impossible(
        enrolled_on,
        today=today,
        earliest=episode.referred_on,
        earliest_is="the referral",
        what="the initial assessment",
        field="enrolled_on",
    )
    refuse_impossible(
        consent.given_on,
        today=today,
        earliest=episode.patient.birth_date,
        earliest_is="the birth date",
        what="consent",
        field="given_on",
    )


def _refuse_impossible_focus(
    metric_primary: str, tracked: Sequence[Tracking], targets: Sequence[TargetWish], on: date
) -> None:
    scales = [each.scale for each in tracked]
    for each in tracked:
        refuse_untrackable(each)
    if metric_primary not in scales:
        raise ImpossibleTarget("Choose the metric primary among the tracked measures", field="metric_primary")
    for wish in targets:
        if wish.scale not in scales:
            raise ImpossibleTarget("Track a measure before setting its target", field="targets")
        refuse_impossible_target(wish, on=on)


def _phase(episode: Episode, phase: str, on: date, by: User | None) -> PhaseSpell:
    return PhaseSpell(
        episode_id=episode.id,
        patient_id=episode.patient_id,
        phase=phase,
        starts_on=on,
        set_by_id=by.id if by else None,
        set_at=clock.now(),
    )


def _conditions(episode: Episode, conditions: Sequence[str], on: date, by: User | None) -> list[EpisodeCondition]:
    return [
        EpisodeCondition(
            episode_id=episode.id,
            patient_id=episode.patient_id,
            condition=condition,
            starts_on=on,
            set_by_id=by.id if by else None,
        )
        for condition in conditions
    ]


def _tracked(episode: Episode, tracked: Sequence[Tracking], on: date, by: User | None) -> list[TrackedMeasure]:
    return [
        TrackedMeasure(
            episode_id=episode.id,
            patient_id=episode.patient_id,
            scale=each.scale,
            cadence_days=each.cadence_days,
            on_request=each.on_request,
            position=position,
            starts_on=on,
            set_by_id=by.id if by else None,
        )
        for position, each in enumerate(tracked)
    ]
