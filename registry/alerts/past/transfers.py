"""The transfers of some people, as the episodes at either end saw them on a past day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from registry.alerts.loading.care import Sighting, load_transfers
from registry.alerts.snapshot import TransferFacts
from registry.clinics.models import Clinic
from registry.db.among import among
from registry.episodes.models import Episode, Transfer
from registry.extensions import db

_ALL = (
    select(
        Transfer.episode_id,
        Transfer.received_episode_id,
        Transfer.from_clinic_id,
        Transfer.to_clinic_id,
        Transfer.state,
        Transfer.proposed_on,
        Transfer.answered_on,
        Transfer.completed_on,
        Episode.referred_on.label("received_on"),
    )
    .outerjoin(Episode, Episode.id == Transfer.received_episode_id)
    .where(among(Transfer.patient_id, "patient_ids"))
    .order_by(Transfer.proposed_on, Transfer.id)
)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """``facts`` held from a day on, up to and without another; None: they hold still."""

    facts: TransferFacts
    begins_on: date
    ends_on: date | None

    def holds(self, day: date) -> bool:
        return self.begins_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(slots=True)
class TransfersOverTime:
    """Of one episode, in the order in which they were proposed."""

    stretches: list[_Stretch] = field(default_factory=list)

    @property
    def days(self) -> Iterator[date]:
        """The days on which one was proposed, answered or over."""
        for each in self.stretches:
            yield each.begins_on
            if each.ends_on is not None:
                yield each.ends_on

    def on(self, day: date) -> TransferFacts | None:
        """The one under way at the end of ``day``."""
        return next((each.facts for each in reversed(self.stretches) if each.holds(day)), None)


def load_transfers_over_time(
    contacts: Mapping[uuid.UUID, Sequence[Sighting]], clinics: Mapping[uuid.UUID, Clinic]
) -> Mapping[uuid.UUID, TransfersOverTime]:
    """By the episode at either end; two statements. ``contacts`` are each patient's."""
    found: dict[uuid.UUID, TransfersOverTime] = defaultdict(TransfersOverTime)
    for row in db.session.execute(_ALL, {"patient_ids": list(contacts)}):
        sender, receiver = clinics[row.from_clinic_id].name, clinics[row.to_clinic_id].name
        accepted_on, over_on = row.received_on, _over_on(row.state, row.answered_on, row.completed_on)
        proposed = TransferFacts(receiver, False, row.proposed_on)
        found[row.episode_id].stretches.append(_Stretch(proposed, row.proposed_on, accepted_on or over_on))
        if accepted_on is None:
            continue
        sent = TransferFacts(receiver, False, row.proposed_on, accepted_on)
        received = TransferFacts(sender, True, row.proposed_on, accepted_on)
        found[row.episode_id].stretches.append(_Stretch(sent, accepted_on, over_on))
        found[row.received_episode_id].stretches.append(_Stretch(received, accepted_on, over_on))
    for episode_id, facts in load_transfers(contacts, clinics).items():
        if facts.completed_on is not None:
            found[episode_id].stretches.append(_Stretch(facts, facts.completed_on, None))
    return found


def _over_on(state: str, answered_on: date | None, completed_on: date | None) -> date | None:
    """The day it was completed, refused, taken back or handed back; None while it is under way."""
    return completed_on if state in ("proposed", "accepted", "completed") else answered_on
