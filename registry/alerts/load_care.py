"""What a clinic has done with a person in one episode: contacts, reviews, circumstances."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import joinedload

from registry.alerts.snapshot import Circumstance, CircumstanceHistory, ContactFacts, OpenOrder, ReviewFacts
from registry.contacts.models import Contact
from registry.contacts.rules import is_failed_attempt, is_seen, is_two_way
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.instrument import Instrument, Scale
from registry.review.models import Recommendation, Review
from registry.review.rules import AWAITS_DECISION, TREATMENT_CHANGES

_OF_THE_TEAM = "the team"
_OTHER_TEAM = "another team"

# Made once: building a statement costs more than running it.
_OF_PATIENT: BindParameter[uuid.UUID] = bindparam("patient_id")
_CONTACTS = select(Contact.took_place_on, Contact.clinic_id, Contact.kind, Contact.reached).where(
    Contact.patient_id == _OF_PATIENT, Contact.status == "final"
)
_REVIEWS = select(Review).where(Review.patient_id == _OF_PATIENT).order_by(Review.reviewed_on, Review.recorded_at)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One contact as the rules need it."""

    took_place_on: date
    clinic_id: uuid.UUID
    kind: str
    reached: bool


def load_sightings(patient_id: uuid.UUID) -> Sequence[Sighting]:
    """Every contact of the person that counts, at any clinic."""
    return [Sighting(*row) for row in db.session.execute(_CONTACTS, {"patient_id": patient_id})]


def contact_facts(episode: Episode, sightings: Iterable[Sighting]) -> ContactFacts:
    """Who reached the person in this episode; whoever saw them anywhere counts as a sighting."""
    sightings = [each for each in sightings if each.took_place_on >= episode.referred_on]
    ours = [each for each in sightings if each.clinic_id == episode.clinic_id]
    seen = [each for each in sightings if is_seen(each.kind, reached=each.reached)]
    last = max(seen, key=lambda each: (each.took_place_on, each.clinic_id == episode.clinic_id), default=None)
    is_ours = last is not None and last.clinic_id == episode.clinic_id and last.kind != "seen-elsewhere"
    return ContactFacts(
        two_way_on=tuple(each.took_place_on for each in ours if is_two_way(each.kind, reached=each.reached)),
        attempts_on=tuple(each.took_place_on for each in ours if is_failed_attempt(each.kind, reached=each.reached)),
        seen_on=None if last is None else last.took_place_on,
        seen_by=_OF_THE_TEAM if is_ours else _OTHER_TEAM,
    )


def load_reviews(patient_id: uuid.UUID) -> Mapping[uuid.UUID, ReviewFacts]:
    """Reviews and what became of their recommendations, by episode; two statements."""
    reviews: dict[uuid.UUID, list[Review]] = defaultdict(list)
    for review in db.session.scalars(_REVIEWS, {"patient_id": patient_id}):
        reviews[review.episode_id].append(review)
    if not reviews:
        return {}
    advice: dict[uuid.UUID, list[Recommendation]] = defaultdict(list)
    for recommendation in db.session.scalars(
        select(Recommendation)
        .where(Recommendation.patient_id == patient_id)
        .options(joinedload(Recommendation.to_user))
        .order_by(Recommendation.proposed_on, Recommendation.position)
    ):
        advice[recommendation.episode_id].append(recommendation)
    return {episode_id: _review_facts(done, advice[episode_id]) for episode_id, done in reviews.items()}


def _review_facts(reviews: Sequence[Review], advice: Sequence[Recommendation]) -> ReviewFacts:
    changed_on = [each.done_on for each in advice if each.kind in TREATMENT_CHANGES and each.done_on is not None]
    return ReviewFacts(
        last_on=reviews[-1].reviewed_on,
        look_again_on=reviews[-1].look_again_on,
        undecided=tuple(_order(each) for each in advice if each.state in AWAITS_DECISION),
        treatment_changed_on=max(changed_on, default=None),
    )


def _order(row: Recommendation) -> OpenOrder:
    to = row.to_user.name if row.to_user is not None else row.to_name
    return OpenOrder(id=str(row.id), proposed_on=row.proposed_on, text=row.words, kind=row.kind, to=to)


def load_circumstances(patient_id: uuid.UUID, known: Collection[str]) -> tuple[CircumstanceHistory, ...]:
    """Housing, work and whatever else an instrument keeps in categories and knows the loss of; one statement.

    ``known`` are the scales on which the person has a category: none is asked for where none is there.
    """
    scales = {
        key: (instrument, scale)
        for instrument in catalogue()
        for scale in instrument.scales
        if scale.losses and (key := instrument.scale_key(scale)) in known
    }
    if not scales:
        return ()
    rows = db.session.execute(
        select(
            MeasurementScore.scale,
            MeasurementScore.category,
            MeasurementScore.taken_on,
            Measurement.answers,
            Measurement.instrument_version,
        )
        .join(Measurement, Measurement.id == MeasurementScore.measurement_id)
        .where(
            MeasurementScore.patient_id == patient_id,
            MeasurementScore.counts,
            MeasurementScore.category.is_not(None),
            MeasurementScore.scale.in_(scales),
        )
        .order_by(MeasurementScore.taken_on)
    ).all()
    found: dict[str, list[Circumstance]] = defaultdict(list)
    for key, category, on, answers, version in rows:
        instrument, scale = scales[key]
        words = _choice_words(catalogue().get(instrument.id, version), scale, answers)
        found[key].append(Circumstance(on=on, category=category, label=words or category))
    return tuple(
        CircumstanceHistory(name=scales[key][1].name.lower(), scale=scales[key][1], circumstances=tuple(each))
        for key, each in found.items()
    )


def _choice_words(instrument: Instrument, scale: Scale, answers: Mapping[str, object] | None) -> str | None:
    """What was chosen, as the form says it."""
    item = instrument.item(scale.items[0])
    value = (answers or {}).get(item.id)
    choice = item.choice(value) if isinstance(value, int) else None
    return None if choice is None else choice.label
