"""The episodes of a clinic over the last days, each with its dated facts: what ``replay`` looks back over."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cache, cached_property

from sqlalchemy import or_, select

from registry.alerts.life_facts import CircumstanceHistory
from registry.alerts.loading.around import (
    GivenConsent,
    load_consents,
    load_ending_relations,
    load_legal_histories,
    permissions,
)
from registry.alerts.loading.care import Sighting, load_circumstances, load_sightings, not_reached
from registry.alerts.loading.cases import History
from registry.alerts.loading.life import Life, load_life
from registry.alerts.loading.physical import load_physical
from registry.alerts.loading.ratings import load_ratings
from registry.alerts.loading.reviews import ReviewRecord, load_review_records
from registry.alerts.loading.safety import PersonSafety, load_safety
from registry.alerts.models import Alert
from registry.alerts.past import parts as over_time
from registry.alerts.past.as_of import CaseHistory, Span, Timeline
from registry.alerts.past.transfers import TransfersOverTime, load_transfers_over_time
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.psychosis_facts import RatedItem
from registry.alerts.snapshot import LegalStatusFacts
from registry.clinics.models import Clinic
from registry.contacts.reachability import Reachability
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.episodes.models import Episode, PhaseSpell
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measurements.courses import dated_scores, read_scores
from registry.measurements.instruments import catalogue
from registry.measurements.outcomes import mania_scales
from registry.measurements.scales_over_time import ScalesOverTime, load_scales_over_time
from registry.measurements.tracked import AnyRow, Rows, read_episodes
from registry.patients.models import Patient, RelatedPerson
from registry.plans.queries import PlanDates, list_plan_dates
from registry.treatment.queries import Taken, TrialCourse, list_courses, list_taken

_IN_SPAN = select(Episode.patient_id).order_by(Episode.patient_id).distinct()
_SPELLS = (
    select(PhaseSpell.patient_id, PhaseSpell.episode_id, PhaseSpell.phase, PhaseSpell.starts_on)
    .where(among(PhaseSpell.patient_id, "patient_ids"))
    .order_by(PhaseSpell.starts_on, PhaseSpell.id)  # several may begin on one day, written down at one instant
)
_CLOSED_SAFETY = (
    select(Alert)
    .where(
        among(Alert.patient_id, "patient_ids"),
        Alert.is_safety,
        Alert.closed_at.is_not(None),
        Alert.closed_by_id.is_not(None),
    )
    .order_by(Alert.closed_at, Alert.id)
)
_DIED = select(Patient.id, Patient.died_on).where(among(Patient.id, "patient_ids"))


def list_people(clinic_id: uuid.UUID, span: Span, *, limit: int) -> Sequence[uuid.UUID]:
    """Whoever had an open episode at the clinic on some day of the span, no more than ``limit``."""
    goes_on = or_(Episode.ended_on.is_(None), Episode.ended_on > span.before)
    return db.session.scalars(
        _IN_SPAN.where(Episode.clinic_id == clinic_id, Episode.referred_on <= span.last, goes_on).limit(limit)
    ).all()


def load_histories(patient_ids: Collection[uuid.UUID], clinic_id: uuid.UUID, span: Span) -> list[CaseHistory]:
    """The episodes of these people at the clinic that were open in the span.

    What nobody asks for is not read; what is read is read of all of them at once. It has to be looked at before the
    session's read ends.
    """
    facts = _Facts(list(patient_ids))
    episodes = {episode.id: episode for episode, _ in facts.rows}
    return [
        _history(episode, facts, span)
        for episode in episodes.values()
        if episode.clinic_id == clinic_id
        and episode.referred_on <= span.last
        and (episode.ended_on is None or episode.ended_on > span.before)
    ]


class _Facts:
    """What is on record of some people, each part read when it is first needed: of an episode, or of a patient."""

    def __init__(self, patient_ids: Sequence[uuid.UUID]) -> None:
        self.patient_ids = patient_ids
        self.about = {"patient_ids": patient_ids}

    @cached_property
    def rows(self) -> Rows:
        return read_episodes(self.patient_ids)

    @cached_property
    def clinics(self) -> Mapping[uuid.UUID, Clinic]:
        return {clinic.id: clinic for clinic in db.session.scalars(select(Clinic))}

    @cached_property
    def read(self) -> ScalesInForce:
        return scales_in_force()

    @cached_property
    def died_on(self) -> Mapping[uuid.UUID, date | None]:
        return {row.id: row.died_on for row in db.session.execute(_DIED, self.about)}

    @cached_property
    def safety(self) -> Mapping[uuid.UUID, PersonSafety]:
        closed = by_patient(db.session.scalars(_CLOSED_SAFETY, self.about))
        return load_safety(self.patient_ids, {id_: clinic.zone for id_, clinic in self.clinics.items()}, closed)

    @cached_property
    def spells(self) -> Mapping[uuid.UUID, Sequence[AnyRow]]:
        found: dict[uuid.UUID, list[AnyRow]] = defaultdict(list)
        for row in db.session.execute(_SPELLS, self.about):
            found[row.episode_id].append(row)
        return found

    @cached_property
    def scales(self) -> Mapping[uuid.UUID, ScalesOverTime]:
        return load_scales_over_time(self.patient_ids, self.rows, self.read)

    @cached_property
    def scored(self) -> Mapping[uuid.UUID, History]:
        """Every score on a scale that an episode ever followed, of mania, and of housing and work."""
        followed = {key for each in self.scales.values() for key in each.keys}
        scores = read_scores(self.patient_ids, followed | mania_scales() | catalogue().circumstances.keys())
        return {
            patient_id: History(
                categories=[(row.scale, row.category, row.taken_on) for row in own if row.value is None],
                scores=dated_scores(own),
                read=self.read,
            )
            for patient_id, own in scores.items()
        }

    @cached_property
    def contacts(self) -> Mapping[uuid.UUID, Sequence[Sighting]]:
        sightings = load_sightings(self.patient_ids)
        return {id_: sightings.get(id_, ()) for id_ in self.patient_ids}

    @cached_property
    def reachability(self) -> Reachability:
        return Reachability([id_ for id_, each in self.contacts.items() if not_reached(each)])

    @cached_property
    def reviews(self) -> Mapping[uuid.UUID, ReviewRecord]:
        return load_review_records(self.patient_ids)

    @cached_property
    def circumstances(self) -> Mapping[uuid.UUID, tuple[CircumstanceHistory, ...]]:
        scales = {id_: {scale for scale, _, _ in each.categories} for id_, each in self.scored.items()}
        return load_circumstances(scales)

    @cached_property
    def consents(self) -> Mapping[uuid.UUID, Sequence[GivenConsent]]:
        return load_consents(self.patient_ids)

    @cached_property
    def legal(self) -> Mapping[uuid.UUID, Sequence[tuple[LegalStatusFacts, date | None]]]:
        return load_legal_histories(self.patient_ids)

    @cached_property
    def related(self) -> Mapping[uuid.UUID, Sequence[RelatedPerson]]:
        return load_ending_relations(self.patient_ids)

    @cached_property
    def transfers(self) -> Mapping[uuid.UUID, TransfersOverTime]:
        return load_transfers_over_time(self.contacts, self.clinics)

    @cached_property
    def trials(self) -> Mapping[uuid.UUID, Sequence[TrialCourse]]:
        return by_patient(list_courses(self.patient_ids))

    @cached_property
    def taken(self) -> Mapping[uuid.UUID, Taken]:
        return list_taken(self.patient_ids)

    @cached_property
    def physical(self) -> Mapping[uuid.UUID, PhysicalFacts]:
        return load_physical(self.patient_ids, {id_: clinic.zone for id_, clinic in self.clinics.items()})

    @cached_property
    def plans(self) -> Mapping[uuid.UUID, Mapping[str, Sequence[PlanDates]]]:
        return list_plan_dates(self.patient_ids)

    @cached_property
    def rated(self) -> Mapping[uuid.UUID, tuple[RatedItem, ...]]:
        return load_ratings(self.patient_ids)

    @cached_property
    def life(self) -> Mapping[uuid.UUID, Life]:
        return load_life(self.patient_ids)


def _history(episode: Episode, facts: _Facts, span: Span) -> CaseHistory:
    return CaseHistory(
        patient_id=episode.patient_id,
        span=span,
        begins_on=episode.referred_on,
        ended_on=episode.ended_on,
        backlog_from=episode.backlog_from,
        backlog_until=episode.backlog_until,
        parts=_parts(episode, facts, span),
    )


def _parts(episode: Episode, facts: _Facts, span: Span) -> dict[str, Callable[[], Timeline[object]]]:
    """How each part of the case is made."""
    patient_id = episode.patient_id

    @cache
    def scores() -> over_time.ScoresOverTime:
        history = facts.scored.get(patient_id, History())
        return over_time.ScoresOverTime(episode, facts.scales[episode.id], history, span)

    def trials() -> Sequence[TrialCourse]:
        return facts.trials.get(patient_id, ())

    def taken() -> Mapping[uuid.UUID, Taken]:
        return {each.trial.id: facts.taken[each.trial.id] for each in trials() if each.trial.id in facts.taken}

    def life() -> Life:
        return facts.life.get(patient_id, Life())

    return {
        "episode": lambda: over_time.phases(
            episode, facts.clinics[episode.clinic_id], facts.spells[episode.id], facts.scales[episode.id], span
        ),
        "safety": lambda: over_time.safety(facts.safety[patient_id].facts, span),
        "contacts": lambda: over_time.contacts(
            episode,
            facts.contacts[patient_id],
            facts.reachability.steps(patient_id, clinic_id=episode.clinic_id),
            span,
        ),
        "measures": lambda: scores().measures(),
        "untracked_mania": lambda: scores().manias(),
        "psychosis": lambda: over_time.ratings(facts.rated.get(patient_id, ()), span),
        "reviews": lambda: over_time.reviews(facts.reviews.get(episode.id, ReviewRecord()), span),
        "circumstances": lambda: over_time.circumstances(facts.circumstances.get(patient_id, ()), span),
        "consent_withdrawn": lambda: over_time.consent_withdrawn(facts.consents.get(episode.id, ()), span),
        "legal_status": lambda: over_time.legal_status(facts.legal.get(patient_id, ()), span),
        "permissions": lambda: over_time.always(permissions(facts.related.get(patient_id, ())), span),
        "transfer": lambda: over_time.transfers(facts.transfers.get(episode.id, TransfersOverTime()), span),
        "treatment": lambda: over_time.treatment(trials(), taken(), span),
        "physical": lambda: over_time.physical(facts.physical.get(patient_id, PhysicalFacts()), span),
        "plans": lambda: over_time.plans(facts.plans.get(patient_id, {}), span),
        "setbacks": lambda: over_time.setbacks(life().setbacks, span),
        "turns": lambda: over_time.turns(life().turns, span),
        "died_on": lambda: over_time.death(facts.died_on.get(patient_id), span),
    }
