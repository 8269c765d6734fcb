"""Transfers from clinic to clinic, in words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for

from registry.episodes.models import Transfer
from registry.episodes.patient_header import IdentityHeader, patient_url
from registry.episodes.rules import TRANSFER_STATES
from registry.web.filters import days_ago, long_date

if TYPE_CHECKING:
    from registry.episodes.forms import AnswerTransferForm


@dataclass(frozen=True, slots=True)
class TransferNote:
    """Where an open transfer stands, and what the reader can do."""

    words: str
    why: str
    next: str
    answer_url: str = ""
    end_url: str = ""
    end_label: str = ""


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One open transfer in the list."""

    name: str
    url: str
    note: TransferNote


@dataclass(frozen=True, slots=True)
class TransfersPage:
    """The people these clinics hand over and take over."""

    title: str
    to_us: tuple[TransferLine, ...]
    from_us: tuple[TransferLine, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Answering a proposal."""

    title: str
    subtitle: str
    patient: IdentityHeader
    form: AnswerTransferForm
    why: str
    is_referral: bool
    until: str
    """Until when the other clinic answers for the person."""
    today: date
    back_url: str

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


def until_when(spoken_on: date | None) -> str:
    """Until when the sender answers, where the receiver spoke with the person on ``spoken_on``, or has not yet."""
    if spoken_on is None:
        return "The other clinic answers for every alert until you record your first two-way contact."
    return f"You spoke with the person on {long_date(spoken_on)}: the other clinic answers until you accept."


def transfers_page(
    transfers: Sequence[Transfer], clinic_ids: Collection[uuid.UUID], may_change: Collection[uuid.UUID], today: date
) -> TransfersPage:
    """A transfer between two of the reader's own clinics stands in both lists."""

    def lines(column: str) -> tuple[TransferLine, ...]:
        return tuple(
            TransferLine(each.patient.name, patient_url(each.patient_id), transfer_note(each, may_change, today))
            for each in transfers
            if getattr(each, column) in clinic_ids
        )

    return TransfersPage(title="Transfers", to_us=lines("to_clinic_id"), from_us=lines("from_clinic_id"))


def transfer_note(transfer: Transfer, may_change: Collection[uuid.UUID], today: date) -> TransferNote:
    """``may_change``: the clinics for which the reader may act."""
    where: dict[str, Any] = {"patient_id": transfer.patient_id, "transfer_id": transfer.id}
    sender, receiver = transfer.from_clinic.name, transfer.to_clinic.name
    is_receiver, is_sender = transfer.to_clinic_id in may_change, transfer.from_clinic_id in may_change
    proposed = f"{sender} proposed a transfer to {receiver} {days_ago(transfer.proposed_on, today)}"
    if transfer.state == "proposed":
        return TransferNote(
            words=f"{proposed}, {long_date(transfer.proposed_on)}",
            why=transfer.words,
            next=f"{sender} answers for the person. {receiver} has to accept or refuse.",
            answer_url=url_for("episodes.answer_transfer", **where) if is_receiver else "",
            end_url=url_for("episodes.end_transfer", **where) if is_sender else "",
            end_label="Take the proposal back",
        )
    accepted = f", accepted {long_date(transfer.answered_on)}" if transfer.answered_on else ""
    return TransferNote(
        words=f"{proposed}, {long_date(transfer.proposed_on)}{accepted}",
        why=transfer.words,
        next=f"{sender} answers for every alert until {receiver} records its first two-way contact.",
        end_url=url_for("episodes.end_transfer", **where) if is_receiver else "",
        end_label="Hand the person back",
    )


def former_transfers(transfers: Sequence[Transfer]) -> tuple[str, ...]:
    """What became of the transfers that are over."""
    return tuple(
        f"{each.from_clinic.name} to {each.to_clinic.name}, {long_date(each.proposed_on)}: "
        f"{TRANSFER_STATES[each.state].lower()}" + (f", {each.answer}" if each.answer else "")
        for each in transfers
        if not each.is_open
    )
