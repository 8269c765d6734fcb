"""The list for the meeting: whom the team wants to talk about, in which order. Nobody falls off it by the calendar."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.review.models import MeetingCase, Review


def put_on_list(*, episode: Episode, by: User) -> bool:
    """Put the person last on their clinic's list; whether they were not on it already."""
    try:
        return _put(episode, by)
    except IntegrityError:  # PostgreSQL lets two clicks act side by side
        if get_listed(episode.id) is None:
            raise
        return False


def _put(episode: Episode, by: User) -> bool:
    with write():
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


def move_up(*, episode: Episode, by: User) -> None:
    """Talk about the person one place earlier. Nothing happens to the first, or to somebody on no list."""
    with write():
        listed = get_listed(episode.id)
        before = None if listed is None else _before(listed)
        if listed is not None and before is not None:
            listed.place, before.place = before.place, listed.place
            record("meeting-list.moved", by=by, subject=listed)
            record("meeting-list.moved", by=by, subject=before)


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


def _before(listed: MeetingCase) -> MeetingCase | None:
    """Whoever is talked about right before: episodes that have ended are passed over."""
    found: Sequence[MeetingCase] = db.session.scalars(
        select(MeetingCase)
        .join(Episode, Episode.id == MeetingCase.episode_id)
        .where(
            MeetingCase.clinic_id == listed.clinic_id,
            MeetingCase.off_at.is_(None),
            MeetingCase.place < listed.place,
            Episode.ended_on.is_(None),
        )
        .order_by(MeetingCase.place.desc())
        .limit(1)
    ).all()
    return found[0] if found else None
