"""Patients as the rules see them: each person's safety, and a case for every open episode."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry.access.reading import Read
from registry.alerts.hours.clinic_times import closed_on
from registry.alerts.life_facts import CircumstanceHistory
from registry.alerts.loading.around import (
    GivenConsent,
    load_consents,
    load_ending_relations,
    load_legal_statuses,
    load_scored_at,
    permissions,
    withdrawn_consent,
)
from registry.alerts.loading.at_once import read_at_once
from registry.alerts.loading.care import (
    Sighting,
    contact_facts,
    load_circumstances,
    load_sightings,
    load_transfers,
    not_reached,
)
from registry.alerts.loading.life import Life, load_life
from registry.alerts.loading.physical import load_physical
from registry.alerts.loading.ratings import load_ratings
from registry.alerts.loading.reviews import load_reviews
from registry.alerts.loading.safety import PersonSafety, load_safety
from registry.alerts.loading.treatment import load_plans, load_treatment
from registry.alerts.models import Alert
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.psychosis_facts import RatedItem
from registry.alerts.snapshot import (
    CaseSnapshot,
    EpisodeFacts,
    LegalStatusFacts,
    Phase,
    PlanFacts,
    ReviewFacts,
    TrackedMeasure,
    TransferFacts,
    TreatmentFacts,
)
from registry.clinics.models import Clinic
from registry.contacts.reachability import Reachability
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.episodes.models import Episode, PhaseSpell
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measurements.courses import Courses, dated_scores, follow_scores, read_scores
from registry.measurements.instruments import catalogue
from registry.measurements.outcomes import mania_courses, outcome_scales, outcomes
from registry.measurements.tracked import Rows, TrackedScale, read_episodes, scales_followed, scales_in
from registry.measures.course import Course, DatedScore
from registry.measures.mania import Reported
from registry.patients.models import RelatedPerson

_CLINICS = select(Clinic)


@dataclass(frozen=True, slots=True)
class EpisodeCase:
    """An episode with what the rules may look at."""

    episode: Episode
    clinic: Clinic
    snapshot: CaseSnapshot
    scored_at: datetime | None = None
    """When the last of the person's scores was typed in; asked only of an episode that was stored late."""


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of a person beside their safety.

    ``categories`` are scale, category and day of every result that is no number ("homeless"), oldest first.
    ``outcomes`` are those of the episodes that have one. ``scores`` are the numbers by scale, oldest first: of every
    scale that an episode follows or is judged by, and of mania. ``read`` says how each clinic reads its scales.
    """

    episodes: Sequence[Episode] = ()
    courses: Courses = field(default_factory=dict)
    contacts: Sequence[Sighting] = ()
    categories: Sequence[tuple[str, str, date]] = ()
    outcomes: Mapping[uuid.UUID, Reported] = field(default_factory=dict)
    scores: Mapping[str, Sequence[DatedScore]] = field(default_factory=dict)
    read: ScalesInForce = field(default_factory=ScalesInForce)


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


def load_people(
    died_on: Mapping[uuid.UUID, date | None], closed: Mapping[uuid.UUID, Sequence[Alert]], read: Read | None = None
) -> dict[uuid.UUID, Person]:
    """Everything the rules need of each patient, in a number of statements that depends neither on how many they are
    nor on their histories.

    ``died_on`` names the patients; ``closed`` are the safety alerts people have closed, by patient, oldest first.
    ``read`` is what ``read_at_once`` gave, where it was asked for already.
    """
    read = read or read_at_once(died_on)
    clinics = {clinic.id: clinic for clinic in db.session.scalars(_CLINICS)}
    zones: dict[uuid.UUID, ZoneInfo] = {id_: clinic.zone for id_, clinic in clinics.items()}
    safety = load_safety(died_on, zones, closed, read)
    histories = _load_histories(died_on, read)
    care = _load_care(histories, clinics, read)
    people = {}
    for patient_id, last_day in died_on.items():
        snapshot = CaseSnapshot(patient_id=str(patient_id), safety=safety[patient_id].facts, died_on=last_day)
        history = histories.get(patient_id, History())
        people[patient_id] = Person(
            patient_id=patient_id,
            snapshot=snapshot,
            safety=safety[patient_id],
            clinics=clinics,
            history=history,
            cases=tuple(_cases(patient_id, snapshot, clinics, history, care)),
        )
    return people


def _load_histories(patient_ids: Collection[uuid.UUID], read: Read) -> dict[uuid.UUID, History]:
    """Of the patients who have an episode."""
    rows = read_episodes(patient_ids)
    episodes = by_patient({episode.id: episode for episode, _ in rows}.values())
    if not episodes:
        return {}
    as_read = scales_in_force(read)
    tracked = scales_followed(episodes, rows, as_read, read)
    wanted = scales_in(tracked.values()) | outcome_scales(episodes.values()) | catalogue().circumstances.keys()
    scores, contacts = read_scores(episodes, wanted, read), load_sightings(episodes, read)
    return {
        patient_id: _history(
            own, tracked.get(patient_id, {}), scores.get(patient_id, ()), contacts.get(patient_id, ()), as_read
        )
        for patient_id, own in episodes.items()
    }


def _history(
    episodes: Sequence[Episode],
    tracked: Mapping[uuid.UUID, Sequence[TrackedScale]],
    scores: Rows,
    contacts: Sequence[Sighting],
    read: ScalesInForce,
) -> History:
    dated = dated_scores(scores)
    courses = follow_scores(tracked, dated)
    return History(
        episodes=episodes,
        courses=courses,
        contacts=contacts,
        categories=[(row.scale, row.category, row.taken_on) for row in scores if row.value is None],
        outcomes=outcomes(episodes, courses, dated, read),
        scores=dated,
        read=read,
    )


@dataclass(frozen=True, slots=True)
class _Care:
    """What only the rules about open episodes look at: reviews, phases before a pause, consents and transfers by
    episode, the rest by patient; and how those can be reached whom somebody has tried to reach in vain.
    """

    reviews: Mapping[uuid.UUID, ReviewFacts] = field(default_factory=dict)
    circumstances: Mapping[uuid.UUID, tuple[CircumstanceHistory, ...]] = field(default_factory=dict)
    before_pause: Mapping[uuid.UUID, str] = field(default_factory=dict)
    reachability: Reachability = field(default_factory=lambda: Reachability(()))
    consents: Mapping[uuid.UUID, Sequence[GivenConsent]] = field(default_factory=dict)
    legal: Mapping[uuid.UUID, LegalStatusFacts] = field(default_factory=dict)
    related: Mapping[uuid.UUID, Sequence[RelatedPerson]] = field(default_factory=dict)
    transfers: Mapping[uuid.UUID, TransferFacts] = field(default_factory=dict)
    treatment: Mapping[uuid.UUID, TreatmentFacts] = field(default_factory=dict)
    plans: Mapping[uuid.UUID, PlanFacts] = field(default_factory=dict)
    physical: Mapping[uuid.UUID, PhysicalFacts] = field(default_factory=dict)
    life: Mapping[uuid.UUID, Life] = field(default_factory=dict)
    scored_at: Mapping[uuid.UUID, datetime] = field(default_factory=dict)
    psychosis: Mapping[uuid.UUID, tuple[RatedItem, ...]] = field(default_factory=dict)


def _load_care(histories: Mapping[uuid.UUID, History], clinics: Mapping[uuid.UUID, Clinic], read: Read) -> _Care:
    cared_for = {id_: each for id_, each in histories.items() if any(episode.is_open for episode in each.episodes)}
    if not cared_for:
        return _Care()
    return _Care(
        reviews=load_reviews(cared_for, read),
        circumstances=load_circumstances(
            {id_: {scale for scale, _, _ in each.categories} for id_, each in cared_for.items()}, read
        ),
        before_pause=phases_before_pause(episode for each in cared_for.values() for episode in each.episodes),
        reachability=Reachability([id_ for id_, each in cared_for.items() if not_reached(each.contacts)]),
        consents=load_consents(cared_for, read),
        legal=load_legal_statuses(cared_for, read),
        related=load_ending_relations(cared_for, read),
        transfers=load_transfers({id_: each.contacts for id_, each in cared_for.items()}, clinics, read),
        treatment=load_treatment(cared_for, read),
        plans=load_plans(cared_for, read),
        physical=load_physical(cared_for, {id_: clinic.zone for id_, clinic in clinics.items()}, read=read),
        life=load_life(cared_for, read),
        psychosis=load_ratings(cared_for, read),
        scored_at=load_scored_at(
            {id_: each.scores for id_, each in cared_for.items() if any(e.backlog_until for e in each.episodes)}
        ),
    )


def _cases(
    patient_id: uuid.UUID, person: CaseSnapshot, clinics: Mapping[uuid.UUID, Clinic], history: History, care: _Care
) -> Iterator[EpisodeCase]:
    """The open episodes."""
    life = care.life.get(patient_id, Life())
    for episode in history.episodes:
        if not episode.is_open:
            continue
        courses = history.courses.get(episode.id, {})
        yield EpisodeCase(
            episode=episode,
            clinic=clinics[episode.clinic_id],
            scored_at=care.scored_at.get(patient_id),
            snapshot=CaseSnapshot(
                patient_id=person.patient_id,
                episode=episode_facts(episode, courses, care.before_pause.get(episode.id)),
                safety=person.safety,
                contacts=contact_facts(
                    episode, history.contacts, care.reachability.steps(patient_id, clinic_id=episode.clinic_id)
                ),
                measures=tracked_measures(episode, courses),
                untracked_mania=untracked_mania(episode, courses, history),
                psychosis=care.psychosis.get(patient_id, ()),
                reviews=care.reviews.get(episode.id, ReviewFacts()),
                circumstances=care.circumstances.get(patient_id, ()),
                consent_withdrawn=withdrawn_consent(care.consents.get(episode.id, ())),
                legal_status=care.legal.get(patient_id),
                permissions=permissions(care.related.get(patient_id, ())),
                transfer=care.transfers.get(episode.id),
                treatment=care.treatment.get(patient_id, TreatmentFacts()),
                plans=care.plans.get(patient_id, PlanFacts()),
                physical=care.physical.get(patient_id, PhysicalFacts()),
                setbacks=life.setbacks,
                turns=life.turns,
                died_on=person.died_on,
            ),
        )


def episode_facts(
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
        is_urgent=episode.urgency == "urgent",
        clinic_closed_on=closed_on(episode.clinic) if episode.phase == Phase.REFERRED else frozenset(),
    )


_OTHER_PHASES = (
    select(PhaseSpell.episode_id, PhaseSpell.phase)
    .where(among(PhaseSpell.episode_id, "episode_ids"), PhaseSpell.phase != Phase.PAUSED)
    .order_by(PhaseSpell.starts_on, PhaseSpell.id)  # several may begin on one day, written down at one instant
)


def phases_before_pause(episodes: Iterable[Episode]) -> dict[uuid.UUID, str]:
    """The phase each paused episode comes back to."""
    paused = [episode.id for episode in episodes if episode.phase == Phase.PAUSED]
    if not paused:
        return {}
    rows = db.session.execute(_OTHER_PHASES, {"episode_ids": paused})
    return {row.episode_id: row.phase for row in rows}


def tracked_measures(
    episode: Episode, courses: Mapping[str, tuple[TrackedScale, Course]]
) -> tuple[TrackedMeasure, ...]:
    measures, known = [], catalogue()
    for key, (tracked, course) in courses.items():
        measures.append(
            TrackedMeasure(
                key=key,
                label=known.label_of(key),
                domain=known.domain_of(key),
                cadence_days=tracked.cadence_days,
                scale=tracked.scale,
                course=course,
                target=tracked.target,
                is_metric_primary=key == episode.metric_primary,
                on_request=tracked.on_request,
            )
        )
    return tuple(measures)


def untracked_mania(
    episode: Episode,
    courses: Mapping[str, tuple[TrackedScale, Course]],
    history: History,
) -> tuple[TrackedMeasure, ...]:
    read = history.read.at(episode.clinic_id)
    manias = mania_courses(history.scores, read=read, starts_on=episode.referred_on, ends_on=episode.ended_on)
    followed = {key for key, (_, course) in courses.items() if course.latest is not None}
    return tuple(
        TrackedMeasure(
            key=key,
            label=catalogue().label_of(key),
            domain=catalogue().domain_of(key),
            cadence_days=each.cadence_days,
            scale=each.scale,
            course=each.course,
            is_followed=key in courses,
        )
        for key, each in manias.items()
        if key not in followed
    )
