"""What a clinic has done with a person in one episode: contacts, transfers, circumstances."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, select

from registry.access.reading import Read, rows_of
from registry.alerts.life_facts import Circumstance, CircumstanceHistory
from registry.alerts.snapshot import ContactFacts, TransferFacts
from registry.clinics.models import Clinic
from registry.contacts.ladder import Attempt, Step, since_reached
from registry.contacts.models import Contact
from registry.contacts.queries import PEERS
from registry.contacts.rules import is_failed_attempt, is_reached, is_seen, is_two_way
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word, words
from registry.episodes.models import Episode, Transfer
from registry.episodes.rules import OPEN_TRANSFERS
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, MeasurementScore
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale

_Row: TypeAlias = Row[*tuple[Any, ...]]

_OF_THE_TEAM = "the team"
_OTHER_TEAM = "another team"

# Made once: building a statement costs more than running it.
CONTACTS = (
    select(
        Contact.patient_id,
        Contact.took_place_on,
        Contact.clinic_id,
        Contact.kind,
        Contact.reached,
        Contact.minutes,
        Contact.modality,
        Contact.staff_id.in_(PEERS).label("by_peer"),
    )
    .where(among(Contact.patient_id, "patient_ids"), Contact.status == word("final"))
    .order_by(Contact.recorded_at, Contact.id)
)
TRANSFERS = select(
    Transfer.patient_id,
    Transfer.episode_id,
    Transfer.received_episode_id,
    Transfer.from_clinic_id,
    Transfer.to_clinic_id,
    Transfer.proposed_on,
    Transfer.answered_on,
    Transfer.completed_on,
).where(among(Transfer.patient_id, "patient_ids"), Transfer.state.in_(words(sorted({*OPEN_TRANSFERS, "completed"}))))
CIRCUMSTANCES = (
    select(
        MeasurementScore.patient_id,
        MeasurementScore.scale,
        MeasurementScore.category,
        MeasurementScore.taken_on,
        Measurement.answers,
        Measurement.instrument_version,
    )
    .join(Measurement, Measurement.id == MeasurementScore.measurement_id)
    .where(
        among(MeasurementScore.patient_id, "patient_ids"),
        MeasurementScore.counts,
        MeasurementScore.category.is_not(None),
        among(MeasurementScore.scale, "losing_scales"),
    )
    .order_by(MeasurementScore.taken_on, MeasurementScore.id)
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One contact as the rules need it; how it was made is of interest only where nobody was reached."""

    took_place_on: date
    clinic_id: uuid.UUID
    kind: str
    reached: bool
    minutes: int | None = None
    """None where nobody wrote them down."""
    modality: str = ""
    by_peer: bool = False

    @property
    def attempt(self) -> Attempt:
        """As a step of outreach."""
        return Attempt(on=self.took_place_on, kind=self.kind, modality=self.modality, by_peer=self.by_peer)


def load_sightings(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, Sequence[Sighting]]:
    """Every contact of each patient that counts, at any clinic."""
    rows = by_patient(read(CONTACTS, {"patient_ids": list(patient_ids)}))
    return {
        patient_id: [
            Sighting(
                took_place_on=row.took_place_on,
                clinic_id=row.clinic_id,
                kind=row.kind,
                reached=row.reached,
                minutes=row.minutes,
                modality=row.modality,
                by_peer=bool(row.by_peer),
            )
            for row in own
        ]
        for patient_id, own in rows.items()
    }


def contact_facts(
    episode: Episode, sightings: Iterable[Sighting], possible_steps: frozenset[Step] | None = None
) -> ContactFacts:
    """Who reached the person in this episode; whoever saw them anywhere counts as a sighting.

    ``possible_steps`` as ``contacts.reachability`` gives them; ``None`` where they are of no interest.
    """
    referred_on, clinic = episode.referred_on, episode.clinic_id.int  # two UUIDs are compared by a call
    sightings = [each for each in sightings if each.took_place_on >= referred_on]
    ours = [each for each in sightings if each.clinic_id.int == clinic]
    seen = [each for each in sightings if is_seen(each.kind, reached=each.reached)]
    last_on = max((each.took_place_on for each in seen), default=None)
    is_ours = any(
        each.took_place_on == last_on and each.clinic_id == episode.clinic_id and each.kind != "seen-elsewhere"
        for each in seen
    )
    two_way_on = tuple(each.took_place_on for each in ours if is_two_way(each.kind, reached=each.reached))
    reached_on = (each.took_place_on for each in ours if is_reached(each.kind, reached=each.reached))
    failed = [each for each in ours if is_failed_attempt(each.kind, reached=each.reached)]
    return ContactFacts(
        two_way_on=two_way_on,
        attempts_on=tuple(each.took_place_on for each in failed),
        attempts=since_reached((each.attempt for each in failed), reached_on),
        possible_steps=frozenset(Step) if possible_steps is None else possible_steps,
        seen_on=last_on,
        seen_by=_OF_THE_TEAM if is_ours else _OTHER_TEAM,
    )


def not_reached(sightings: Iterable[Sighting]) -> bool:
    """Whether somebody tried to reach the person and nobody has since."""
    failed, reached_on = [], []
    for each in sightings:
        if is_reached(each.kind, reached=each.reached):
            reached_on.append(each.took_place_on)
        elif is_failed_attempt(each.kind, reached=each.reached):
            failed.append(each.attempt)
    return bool(since_reached(failed, reached_on))


def load_transfers(
    contacts: Mapping[uuid.UUID, Sequence[Sighting]], clinics: Mapping[uuid.UUID, Clinic], read: Read = rows_of
) -> dict[uuid.UUID, TransferFacts]:
    """The open transfers, by the episode at either end; one statement.

    ``contacts`` are each patient's: where none of them completes a completed transfer, its receiver is told of it.
    """
    found: dict[uuid.UUID, TransferFacts] = {}
    rows = read(TRANSFERS, {"patient_ids": list(contacts)})
    for row in sorted(rows, key=lambda each: each.completed_on is None):  # one still open speaks for its episode
        sender, receiver = clinics[row.from_clinic_id].name, clinics[row.to_clinic_id].name
        if row.completed_on is not None:
            if not _has_spoken(contacts[row.patient_id], row):
                found[row.received_episode_id] = TransferFacts(
                    sender, True, row.proposed_on, row.answered_on, row.completed_on
                )
            continue
        found[row.episode_id] = TransferFacts(receiver, False, row.proposed_on, row.answered_on)
        if row.received_episode_id is not None:
            found[row.received_episode_id] = TransferFacts(sender, True, row.proposed_on, row.answered_on)
    return found


def _has_spoken(contacts: Iterable[Sighting], transfer: _Row) -> bool:
    """Whether the receiver has, since the proposal."""
    return any(
        each.clinic_id == transfer.to_clinic_id
        and each.took_place_on >= transfer.proposed_on
        and is_two_way(each.kind, reached=each.reached)
        for each in contacts
    )


def load_circumstances(
    known: Mapping[uuid.UUID, Collection[str]], read: Read = rows_of
) -> dict[uuid.UUID, tuple[CircumstanceHistory, ...]]:
    """Housing, work and whatever else an instrument keeps in categories and knows the loss of; one statement.

    ``known`` are the scales on which each patient has a category: none is asked for where none is there.
    """
    losing = catalogue().circumstances
    asked = {patient_id for patient_id, scales in known.items() if not losing.keys().isdisjoint(scales)}
    if not asked:
        return {}
    rows = read(CIRCUMSTANCES, {"patient_ids": list(asked), "losing_scales": sorted(losing)})
    return {patient_id: _histories(own, losing) for patient_id, own in by_patient(rows).items()}


def _histories(rows: Iterable[_Row], losing: Mapping[str, tuple[Instrument, Scale]]) -> tuple[CircumstanceHistory, ...]:
    found: dict[str, list[Circumstance]] = defaultdict(list)
    for row in rows:
        instrument, scale = losing[row.scale]
        words = _choice_words(catalogue().get(instrument.id, row.instrument_version), scale, row.answers)
        found[row.scale].append(Circumstance(on=row.taken_on, category=row.category, label=words or row.category))
    return tuple(
        CircumstanceHistory(
            name=losing[key][1].name.lower(),
            scale=losing[key][1],
            circumstances=tuple(each),
            domain=catalogue().domain_of(key),
        )
        for key, each in found.items()
    )


def _choice_words(instrument: Instrument, scale: Scale, answers: Mapping[str, object] | None) -> str | None:
    """What was chosen, as the form says it."""
    item = instrument.item(scale.items[0])
    value = (answers or {}).get(item.id)
    choice = item.choice(value) if isinstance(value, int) else None
    return None if choice is None else choice.label
