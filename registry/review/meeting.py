"""The list for the meeting: whom the team wants to talk about, in which order. Nobody falls off it by the calendar."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.review.models import MeetingCase, Review


def put_on_list(*, episode: Episode, by: User) -> bool:
    """Put the person last on their clinic's list; whether they were not on it already."""
    with write():
        _lock_list(episode.clinic_id)
        if get_listed(episode.id) is not None:
            return False
        last = db.session.scalar(
            select(func.max(MeetingCase.place)).where(
                MeetingCase.clinic_id == episode.clinic_id, MeetingCase.off_at.is_(None)
            )
        )
        listed = MeetingCase(
            patient_id=episode.patient_id,
            episode_id=episode.id,
            clinic_id=episode.clinic_id,
            place=(last or 0) + 1,
            added_by_id=by.id,
            added_at=clock.now(),
        )
        db.session.add(listed)
        db.session.flush()
        record("meeting-list.added", by=by, subject=listed, kind="create")
    return True


def take_off_list(*, episode: Episode, by: User) -> None:
    """Take the person off without a review. Nothing happens where they are on no list."""
    with write():
        listed = get_listed(episode.id)
        if listed is not None:
            listed.off_at = clock.now()
            record("meeting-list.taken-off", by=by, subject=listed)


def move_up(*, episode: Episode, before: uuid.UUID, by: User) -> None:
    """Talk about the person right before another episode of their clinic's list, as it was shown.

    Nothing happens where that is so already, or where either is on no list any more.
    """
    with write():
        _lock_list(episode.clinic_id)
        order = list(_in_order(episode.clinic_id))
        listed = [each.episode_id for each in order]
        if episode.id not in listed or before not in listed or listed.index(episode.id) < listed.index(before):
            return
        order.insert(listed.index(before), order.pop(listed.index(episode.id)))
        for place, each in enumerate(order, start=1):
            if each.place != place:
                each.place = place
                record("meeting-list.moved", by=by, subject=each)


def _lock_list(clinic_id: uuid.UUID) -> None:
    """Nobody else puts the clinic's list in order until this transaction ends."""
    db.session.execute(select(Clinic.id).where(Clinic.id == clinic_id).with_for_update(key_share=True))


def _in_order(clinic_id: uuid.UUID) -> Sequence[MeetingCase]:
    return db.session.scalars(
        select(MeetingCase)
        .where(MeetingCase.clinic_id == clinic_id, MeetingCase.off_at.is_(None))
        .order_by(MeetingCase.place, MeetingCase.added_at, MeetingCase.id)
    ).all()


def finish_listed(review: Review) -> None:
    """The person has been talked about; belongs inside the ``write()`` that stores the review.

    Whoever was put on the list while the case was open stays on it: the review did not know.
    """
    listed = get_listed(review.episode_id)
    if listed is not None and listed.added_at <= review.known_until:
        listed.off_at, listed.review_id = review.recorded_at, review.id


def list_again(review: Review) -> None:
    """The review counts nowhere, so nobody has been talked about; belongs inside the ``write()`` that says so."""
    if get_listed(review.episode_id) is None:
        for listed in db.session.scalars(select(MeetingCase).where(MeetingCase.review_id == review.id)):
            listed.off_at = listed.review_id = None


def get_listed(episode_id: uuid.UUID) -> MeetingCase | None:
    """The episode's place on its clinic's list, if it is on it."""
    return db.session.scalars(
        select(MeetingCase).where(MeetingCase.episode_id == episode_id, MeetingCase.off_at.is_(None))
    ).one_or_none()
