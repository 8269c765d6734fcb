"""What an open transfer asks of every other change: neither clinic lets go of the person by itself."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select

from registry.access.grants import end_transfer_grant
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.episodes.errors import TransferIsOpen
from registry.episodes.models import Transfer
from registry.episodes.rules import OPEN_TRANSFERS
from registry.extensions import db


def refuse_while_transferred(episode_id: uuid.UUID) -> None:
    """Raise ``TransferIsOpen`` when the episode is the one or the other end of an open transfer."""
    transfer = db.session.scalars(
        select(Transfer).where(
            or_(Transfer.episode_id == episode_id, Transfer.received_episode_id == episode_id),
            Transfer.state.in_(OPEN_TRANSFERS),
        )
    ).first()
    if transfer is None:
        return
    if transfer.received_episode_id == episode_id:
        raise TransferIsOpen("This person is being transferred to this clinic. Hand the transfer back instead")
    raise TransferIsOpen(
        "A transfer is open. Take it back first, or wait: the episode ends with the other clinic's first contact"
    )


def call_off_transfers(patient_id: uuid.UUID, *, why: str, by: User | None) -> None:
    """Nobody is transferred any more: for the death of the person, which ends every episode."""
    waiting = db.session.scalars(
        select(Transfer).where(Transfer.patient_id == patient_id, Transfer.state.in_(OPEN_TRANSFERS))
    ).all()
    for transfer in waiting:
        was_accepted = transfer.state == "accepted"
        transfer.state, transfer.answer = "returned" if was_accepted else "withdrawn", why
        record("transfer.called-off", by=by, subject=transfer, clinic_id=transfer.from_clinic_id, reason=why)
        if not was_accepted:
            end_transfer_grant(patient_id=patient_id, clinic_id=transfer.to_clinic_id)
