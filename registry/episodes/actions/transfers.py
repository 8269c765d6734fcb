"""Handing somebody over to another clinic, so that at every moment one clinic answers for them.

The sender proposes; the receiver accepts, which opens its own episode, or refuses. The sender keeps its episode and
every alert until the receiver records its first two-way contact: that write ends the sender's episode. Where the
receiver has spoken with the person before it accepts, the acceptance does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from registry import clock
from registry.access.grants import end_transfer_grant, open_transfer_grant
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.episodes.actions.enrolment import enrol, refer
from registry.episodes.actions.open_transfers import refuse_while_transferred
from registry.episodes.actions.phases import conclude
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import ConsentIsMissing, EpisodeHasEnded, EpisodeIsOpen, ImpossibleTransfer
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.first_contact import first_contact
from registry.episodes.models import (
    Episode,
    EpisodeCondition,
    TrackedMeasure,
    Transfer,
    TreatmentTarget,
)
from registry.episodes.queries import get_consent, get_open_episode, list_parts
from registry.episodes.signals import tell_episode_changed, told_once
from registry.episodes.unanswered import unanswered
from registry.extensions import db


def propose_transfer(*, episode: Episode, to_clinic: Clinic, words: str, by: User | None) -> Transfer:
    """Ask another clinic of the organisation to take somebody over; it sees the person from now on.

    Raises ``EpisodeHasEnded``, ``EpisodeIsOpen``, ``ImpossibleTransfer``, ``TransferIsOpen``.
    """
    with write():
        _refuse_impossible(episode, to_clinic)
        transfer = Transfer(
            episode_id=episode.id,
            patient_id=episode.patient_id,
            from_clinic_id=episode.clinic_id,
            to_clinic_id=to_clinic.id,
            words=words,
            proposed_on=_day_at_both(episode.clinic, to_clinic),
            proposed_at=clock.now(),
            proposed_by_id=by.id if by else None,
        )
        db.session.add(transfer)
        record("transfer.proposed", by=by, subject=transfer, clinic_id=episode.clinic_id, kind="create", reason=words)
        open_transfer_grant(patient_id=episode.patient_id, clinic_id=to_clinic.id)
        tell_episode_changed(episode.patient_id)
    return transfer


def _day_at_both(sender: Clinic, receiver: Clinic) -> date:
    """A day that has come for both: past midnight here, the receiver may still accept on what is yesterday."""
    now = clock.now()
    return min(sender.today(now), receiver.today(now))


def _refuse_impossible(episode: Episode, to_clinic: Clinic) -> None:
    if not episode.is_open:
        raise EpisodeHasEnded("This episode has ended: refer the person to the other clinic instead")
    is_elsewhere = to_clinic.organisation_id != episode.clinic.organisation_id
    if is_elsewhere or to_clinic.id == episode.clinic_id or to_clinic.ended_on is not None:
        raise ImpossibleTransfer("Choose another clinic of the organisation", field="clinic")
    refuse_while_transferred(episode.id)
    if get_open_episode(episode.patient_id, to_clinic.id) is not None:
        raise EpisodeIsOpen("That clinic cares for this person already: end this episode instead", field="clinic")


def accept_transfer(
    *,
    transfer: Transfer,
    on: date,
    phase: str,
    team: Sequence[TeamPlace],
    opened_version: int | None,
    by: User | None,
) -> Episode:
    """Take somebody over from ``on``: an episode here with the same consent, conditions, measures and targets.

    Of somebody who was only referred it is a referral here. Where this clinic has spoken with the person since the
    proposal, the transfer is complete with the acceptance. Raises ``EditConflict``, ``ImpossibleTransfer``,
    ``ImpossibleDate``, ``ConsentIsMissing``, ``UnfitForTeam``, ``EpisodeIsOpen``.
    """
    with write(), told_once():
        _refuse_answered(transfer, opened_version)
        clinic, sender = transfer.to_clinic, db.session.get_one(Episode, transfer.episode_id)
        refuse_impossible(
            on,
            today=clinic.today(clock.now()),
            earliest=transfer.proposed_on,
            earliest_is="the proposal",
            what="the acceptance",
        )
        received = refer(
            patient=transfer.patient,
            clinic=clinic,
            referred_on=on,
            source="transfer",
            urgency=sender.urgency,
            by=by,
        )
        if sender.metric_primary is not None:
            _continue_care(sender, received, on=on, phase=phase, team=team, by=by)
        transfer.state, transfer.received_episode_id = "accepted", received.id
        _answer(transfer, on=on, by=by)
        record("transfer.accepted", by=by, subject=transfer, clinic_id=clinic.id)
        spoken_on = first_contact(transfer.patient_id, clinic_id=clinic.id, since=transfer.proposed_on)
        if spoken_on is not None:
            _complete(transfer, spoken_on=spoken_on, by=by)
        tell_episode_changed(transfer.patient_id)
    return received


def _continue_care(
    sender: Episode, received: Episode, *, on: date, phase: str, team: Sequence[TeamPlace], by: User | None
) -> None:
    """What the sender's episode works on is worked on here. A hold whose day has come is for the new team to decide."""
    targets = [row for row in list_parts(TreatmentTarget, sender.id) if row.ends_on is None]
    tracked = [row for row in list_parts(TrackedMeasure, sender.id) if row.ends_on is None]
    enrol(
        episode=received,
        enrolled_on=on,
        consent=_consent_of(sender),
        team=team,
        conditions=[row.condition for row in list_parts(EpisodeCondition, sender.id) if row.ends_on is None],
        metric_primary=sender.metric_primary or "",
        tracked=[
            Tracking(scale=row.scale, cadence_days=row.cadence_days, on_request=row.on_request)
            for row in sorted(tracked, key=lambda row: row.position)
        ],
        targets=[_wish(row) for row in targets if row.review_by is None or row.review_by > on],
        phase=phase,
        by=by,
    )


def _consent_of(episode: Episode) -> ConsentFacts:
    consent = get_consent(episode.id)
    if consent is None or consent.revoked_on is not None:
        raise ConsentIsMissing(
            "The person took the consent back. Refuse the transfer, or have the other clinic take consent anew first"
        )
    return ConsentFacts(
        given_on=consent.given_on,
        mode=consent.mode,
        taken_by=consent.taken_by,
        given_by=consent.given_by,
        has_capacity=consent.has_capacity,
        cost_sharing_told=consent.cost_sharing_told,
    )


def _wish(row: TreatmentTarget) -> TargetWish:
    return TargetWish(
        scale=row.scale,
        at_most=row.at_most,
        at_least=row.at_least,
        is_hold=row.is_hold,
        review_by=row.review_by,
        why=row.why,
    )


def refuse_transfer(*, transfer: Transfer, words: str, opened_version: int | None, by: User | None) -> None:
    """The receiver does not take the person over, and no longer sees them. Raises ``EditConflict``."""
    with write():
        _refuse_answered(transfer, opened_version)
        _close(transfer, "refused", words, clinic=transfer.to_clinic, by=by)
        record("transfer.refused", by=by, subject=transfer, clinic_id=transfer.to_clinic_id, reason=words)
        tell_episode_changed(transfer.patient_id)
        end_transfer_grant(patient_id=transfer.patient_id, clinic_id=transfer.to_clinic_id)


def withdraw_transfer(*, transfer: Transfer, words: str, opened_version: int | None, by: User | None) -> None:
    """The sender takes an unanswered proposal back; the other clinic no longer sees the person."""
    with write():
        _refuse_answered(transfer, opened_version)
        _close(transfer, "withdrawn", words, clinic=transfer.from_clinic, by=by)
        record("transfer.withdrawn", by=by, subject=transfer, clinic_id=transfer.from_clinic_id, reason=words)
        tell_episode_changed(transfer.patient_id)
        end_transfer_grant(patient_id=transfer.patient_id, clinic_id=transfer.to_clinic_id)


def hand_back(*, transfer: Transfer, words: str, opened_version: int | None, by: User | None) -> None:
    """The receiver could not take the person on after all: its episode ends, and the sender goes on as before.

    Raises ``EditConflict``, ``ImpossibleTransfer`` when the receiver has spoken with the person already.
    """
    with write():
        refuse_stale(transfer, opened_version=opened_version)
        if transfer.state != "accepted":
            raise ImpossibleTransfer("Only an accepted transfer is handed back, before the first two-way contact")
        received = db.session.get_one(Episode, transfer.received_episode_id)
        _close(transfer, "returned", words, clinic=transfer.to_clinic, by=by)
        record("transfer.returned", by=by, subject=transfer, clinic_id=transfer.to_clinic_id, reason=words)
        today = transfer.to_clinic.today(clock.now())
        unanswered().hand_over(received, to=db.session.get_one(Episode, transfer.episode_id), by=by)
        conclude(
            received,
            reason="administrative",
            on=max(today, received.phase_since),
            note=words,
            left_open=f"Handed back to {transfer.from_clinic.name} as a question",
            by=by,
        )
        tell_episode_changed(transfer.patient_id)


def complete_transfers(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, on: date, by: User | None) -> None:
    """The clinic has spoken with the person on ``on``: whoever transferred them there is done.

    Belongs inside the ``write()`` that stores the contact, which tells of it. A contact from before the proposal
    hands nobody over.
    """
    waiting = db.session.scalars(
        select(Transfer).where(
            Transfer.patient_id == patient_id,
            Transfer.to_clinic_id == clinic_id,
            Transfer.state == "accepted",
            Transfer.proposed_on <= on,
        )
    ).all()
    for transfer in waiting:
        _complete(transfer, spoken_on=on, by=by)


def _complete(transfer: Transfer, *, spoken_on: date, by: User | None) -> None:
    """Not before the day of acceptance: until then the receiver has no episode to answer with."""
    sender = db.session.get_one(Episode, transfer.episode_id)
    on = max(spoken_on, transfer.answered_on or spoken_on)
    transfer.state, transfer.completed_on = "completed", on
    transfer.completed_at, transfer.completed_by_id = clock.now(), by.id if by else None
    record("transfer.completed", by=by, subject=transfer, clinic_id=transfer.to_clinic_id)
    words = f"Transferred to {transfer.to_clinic.name}"
    unanswered().hand_over(sender, to=db.session.get_one(Episode, transfer.received_episode_id), by=by)
    conclude(
        sender,
        reason="transferred",
        on=max(on, sender.phase_since),
        note=words,
        left_open=f"Handed over to {transfer.to_clinic.name} as a question",
        by=by,
    )


def _close(transfer: Transfer, state: str, words: str, *, clinic: Clinic, by: User | None) -> None:
    _answer(transfer, on=clinic.today(clock.now()), by=by)
    transfer.state, transfer.answer = state, words


def _answer(transfer: Transfer, *, on: date, by: User | None) -> None:
    transfer.answered_on, transfer.answered_at, transfer.answered_by_id = on, clock.now(), by.id if by else None


def _refuse_answered(transfer: Transfer, opened_version: int | None) -> None:
    refuse_stale(transfer, opened_version=opened_version)
    if transfer.state != "proposed":
        raise ImpossibleTransfer("This transfer has been answered already")
