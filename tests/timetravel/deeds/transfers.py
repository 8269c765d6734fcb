"""From one clinic to another, in each of the ways that can go."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from registry.episodes import actions as episodes
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Transfer
from registry.extensions import db
from tests.timetravel.deeds.stage import Stage


def propose_transfer(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        to = stage.chance.choice(stage.elsewhere).clinic
        episodes.propose_transfer(episode=episode, to_clinic=to, words="Moves there", by=stage.by)


def answer_transfer(stage: Stage) -> None:
    """Accept a proposal, mostly. The first two-way contact then ends the sender's episode."""
    row = _transfer(stage, "proposed", Transfer.to_clinic_id)
    if row is None:
        return
    if stage.chance.random() < 0.3:
        episodes.refuse_transfer(transfer=row, words="Full", opened_version=row.version, by=stage.lead)
        return
    episodes.accept_transfer(
        transfer=row,
        on=stage.place.today(),
        phase=stage.chance.choice(("engaging", "active")),
        team=[TeamPlace(role="care_manager", user_id=stage.place.care_managers[0])],
        opened_version=row.version,
        by=stage.by,
    )


def call_transfer_off(stage: Stage) -> None:
    """The sender takes its proposal back, or the receiver hands the person back."""
    proposed = _transfer(stage, "proposed", Transfer.from_clinic_id)
    accepted = _transfer(stage, "accepted", Transfer.to_clinic_id)
    if proposed is not None:
        episodes.withdraw_transfer(transfer=proposed, words="Stays", opened_version=proposed.version, by=stage.by)
    elif accepted is not None:
        episodes.hand_back(transfer=accepted, words="Too far", opened_version=accepted.version, by=stage.by)


def _transfer(stage: Stage, state: str, end: InstrumentedAttribute[uuid.UUID]) -> Transfer | None:
    """The person's transfer in this state with this clinic at its one or other end."""
    return db.session.scalars(
        select(Transfer)
        .where(Transfer.patient_id == stage.person.patient_id, end == stage.place.clinic_id, Transfer.state == state)
        .order_by(Transfer.proposed_on, Transfer.id)
        .limit(1)
    ).one_or_none()
