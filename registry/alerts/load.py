"""One patient as the rules see them: the person's safety, and a case for every episode."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry.alerts.load_care import Sighting, contact_facts, load_circumstances, load_reviews, load_sightings
from registry.alerts.load_safety import PersonSafety, load_safety
from registry.alerts.models import Alert
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase, ReviewFacts, TrackedMeasure
from registry.clinics.models import Clinic
from registry.episodes.models import Episode, PhaseSpell
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.standings import (
    TrackedScale,
    dated_scores,
    follow_scores,
    read_episodes,
    read_scores,
    scales_followed,
    scales_in,
)
from registry.measures.course import Course

_CLINICS = select(Clinic)


@dataclass(frozen=True, slots=True)
class EpisodeCase:
    """An episode with what the rules may look at."""

    episode: Episode
    clinic: Clinic
    snapshot: CaseSnapshot


Courses = Mapping[uuid.UUID, Mapping[str, tuple[TrackedScale, Course]]]
"""As ``follow_scores`` gives them: by episode and scale key."""


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of a person beside their safety.

    ``categories`` are scale and category of every result that is no number ("homeless"), oldest first.
    """

    episodes: Sequence[Episode] = ()
    courses: Courses = field(default_factory=dict)
    contacts: Sequence[Sighting] = ()
    categories: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A patient, loaded once for one look at everything that may need attention.

    ``snapshot`` holds the person's safety and no episode; ``cases`` the open episodes, each with that safety too.
    """

    patient_id: uuid.UUID
    snapshot: CaseSnapshot
    safety: PersonSafety
    clinics: Mapping[uuid.UUID, Clinic]
    history: History
    cases: tuple[EpisodeCase, ...]

    @property
    def ended(self) -> list[Episode]:
        """The episodes that are over."""
        return [episode for episode in self.history.episodes if not episode.is_open]


def load_person(patient_id: uuid.UUID, died_on: date | None, closed: Sequence[Alert]) -> Person:
    """Everything the rules need, in a number of statements that does not depend on the person's history.

    ``closed`` are the safety alerts people have closed, oldest first.
    """
    clinics = {clinic.id: clinic for clinic in db.session.scalars(_CLINICS)}
    zones: dict[uuid.UUID, ZoneInfo] = {id_: clinic.zone for id_, clinic in clinics.items()}
    safety = load_safety(patient_id, zones, closed)
    snapshot = CaseSnapshot(patient_id=str(patient_id), safety=safety.facts, died_on=died_on)
    history = _load_history(patient_id)
    return Person(
        patient_id=patient_id,
        snapshot=snapshot,
        safety=safety,
        clinics=clinics,
        history=history,
        cases=_cases(patient_id, snapshot, clinics, history),
    )


def _load_history(patient_id: uuid.UUID) -> History:
    rows = read_episodes(patient_id)
    if not rows:
        return History()
    tracked = scales_followed(patient_id, rows)
    scores = read_scores(patient_id, scales_in(tracked) | _category_scales())
    return History(
        episodes=list({episode.id: episode for episode, _ in rows}.values()),
        courses=follow_scores(tracked, dated_scores(scores)),
        contacts=load_sightings(patient_id),
        categories=[(row.scale, row.category) for row in scores if row.category is not None],
    )


def _category_scales() -> set[str]:
    """The scales whose results are categories, such as where somebody lives."""
    return {each.scale_key(scale) for each in catalogue() for scale in each.scales if not scale.has_total}


def _cases(
    patient_id: uuid.UUID, person: CaseSnapshot, clinics: Mapping[uuid.UUID, Clinic], history: History
) -> tuple[EpisodeCase, ...]:
    """The open episodes."""
    episodes = [episode for episode in history.episodes if episode.is_open]
    if not episodes:
        return ()
    courses, reviews = history.courses, load_reviews(patient_id)
    circumstances = load_circumstances(patient_id, {scale for scale, _ in history.categories})
    before_pause = _phases_before_pause(episodes)
    return tuple(
        EpisodeCase(
            episode=episode,
            clinic=clinics[episode.clinic_id],
            snapshot=CaseSnapshot(
                patient_id=person.patient_id,
                episode=_episode_facts(episode, courses.get(episode.id, {}), before_pause.get(episode.id)),
                safety=person.safety,
                contacts=contact_facts(episode, history.contacts),
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
