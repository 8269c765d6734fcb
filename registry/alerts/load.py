"""One patient as the rules see them: the person's safety, and a case for every episode."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry.alerts.load_care import contact_facts, load_circumstances, load_reviews, load_sightings
from registry.alerts.load_safety import PersonSafety, load_safety
from registry.alerts.models import Alert
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase, ReviewFacts, TrackedMeasure
from registry.clinics.models import Clinic
from registry.episodes.models import Episode, PhaseSpell
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.standings import TrackedScale
from registry.measures.course import Course
from registry.patients.models import Patient


@dataclass(frozen=True, slots=True)
class EpisodeCase:
    """An episode with what the rules may look at."""

    episode: Episode
    clinic: Clinic
    snapshot: CaseSnapshot


@dataclass(frozen=True, slots=True)
class Person:
    """A patient, loaded once for one look at everything that may need attention.

    ``snapshot`` holds the person's safety and no episode; ``cases`` the open episodes, each with that safety too.
    """

    patient_id: uuid.UUID
    snapshot: CaseSnapshot
    safety: PersonSafety
    clinics: Mapping[uuid.UUID, Clinic]
    cases: tuple[EpisodeCase, ...]
    ended: tuple[Episode, ...]


Courses = Mapping[uuid.UUID, Mapping[str, tuple[TrackedScale, Course]]]
"""As ``follow_patient`` gives them: by episode and scale key."""


def load_person(patient_id: uuid.UUID, courses: Courses, closed: Sequence[Alert]) -> Person | None:
    """Everything the rules need, in a number of statements that does not depend on the person's history.

    ``closed`` are the safety alerts people have closed, oldest first. None where nobody within reach has this id.
    """
    died_on = db.session.execute(select(Patient.id, Patient.died_on).where(Patient.id == patient_id)).one_or_none()
    if died_on is None:
        return None
    clinics = {clinic.id: clinic for clinic in db.session.scalars(select(Clinic))}
    zones: dict[uuid.UUID, ZoneInfo] = {id_: clinic.zone for id_, clinic in clinics.items()}
    safety = load_safety(patient_id, zones, closed)
    person = CaseSnapshot(patient_id=str(patient_id), safety=safety.facts, died_on=died_on.died_on)
    episodes = db.session.scalars(select(Episode).where(Episode.patient_id == patient_id)).all()
    opened = [episode for episode in episodes if episode.is_open]
    return Person(
        patient_id=patient_id,
        snapshot=person,
        safety=safety,
        clinics=clinics,
        cases=_cases(patient_id, opened, person, clinics, courses) if opened else (),
        ended=tuple(episode for episode in episodes if not episode.is_open),
    )


def _cases(
    patient_id: uuid.UUID,
    episodes: list[Episode],
    person: CaseSnapshot,
    clinics: Mapping[uuid.UUID, Clinic],
    courses: Courses,
) -> tuple[EpisodeCase, ...]:
    sightings, reviews = load_sightings(patient_id), load_reviews(patient_id)
    circumstances = load_circumstances(patient_id)
    before_pause = _phases_before_pause(episodes)
    return tuple(
        EpisodeCase(
            episode=episode,
            clinic=clinics[episode.clinic_id],
            snapshot=CaseSnapshot(
                patient_id=person.patient_id,
                episode=_episode_facts(episode, courses.get(episode.id, {}), before_pause.get(episode.id)),
                safety=person.safety,
                contacts=contact_facts(episode, sightings),
                measures=_measures(episode, courses.get(episode.id, {})),
                reviews=reviews.get(episode.id, ReviewFacts()),
                circumstances=circumstances,
                died_on=person.died_on,
            ),
        )
        for episode in episodes
    )


def _episode_facts(
    episode: Episode, courses: Mapping[str, tuple[TrackedScale, Course]], before_pause: str | None
) -> EpisodeFacts:
    """The present course of treatment began with that of its scales; without one it decides nothing."""
    return EpisodeFacts(
        phase=Phase(episode.phase),
        phase_since=episode.phase_since,
        referred_on=episode.referred_on,
        enrolled_on=episode.enrolled_on,
        course_started_on=max((tracked.starts_on for tracked, _ in courses.values()), default=episode.enrolled_on),
        ended_on=episode.ended_on,
        paused_until=episode.paused_until,
        phase_before_pause=None if before_pause is None else Phase(before_pause),
    )


def _phases_before_pause(episodes: list[Episode]) -> dict[uuid.UUID, str]:
    """The phase each paused episode comes back to."""
    paused = [episode.id for episode in episodes if episode.phase == Phase.PAUSED]
    if not paused:
        return {}
    rows = db.session.execute(
        select(PhaseSpell.episode_id, PhaseSpell.phase)
        .where(PhaseSpell.episode_id.in_(paused), PhaseSpell.phase != Phase.PAUSED)
        .order_by(PhaseSpell.starts_on, PhaseSpell.set_at)
    )
    return {row.episode_id: row.phase for row in rows}


def _measures(episode: Episode, courses: Mapping[str, tuple[TrackedScale, Course]]) -> tuple[TrackedMeasure, ...]:
    measures = []
    for key, (tracked, course) in courses.items():
        instrument = catalogue().instrument_of(key)
        title = instrument.short_title
        measures.append(
            TrackedMeasure(
                key=key,
                label=title if tracked.scale == instrument.primary_scale else f"{title} {tracked.scale.name}",
                domain=instrument.domain,
                cadence_days=tracked.cadence_days,
                scale=tracked.scale,
                course=course,
                target=tracked.target,
                is_metric_primary=key == episode.metric_primary,
            )
        )
    return tuple(measures)
