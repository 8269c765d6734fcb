"""Reading reviews, recommendations and questions."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from registry.db.among import among
from registry.db.word import words
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.rules import OPEN

MOST_SHOWN = 50
"""More than anybody decides in a day; the rest follows when these are."""


_ADVICE = selectinload(Review.recommendations)
# Made once: building a statement costs more than running it.
_REVIEWS = (
    select(Review)
    .where(among(Review.patient_id, "patient_ids"))
    .options(
        joinedload(Review.consultant),
        joinedload(Review.voided_by),
        _ADVICE.joinedload(Recommendation.to_user),
        _ADVICE.joinedload(Recommendation.decided_by),
        _ADVICE.joinedload(Recommendation.done_by),
    )
    .order_by(Review.reviewed_on.desc(), Review.recorded_at.desc(), Review.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_STANDING_REVIEWS = _REVIEWS.where(Review.status == "final")
_OPEN_QUESTIONS = (
    select(ReviewQuestion)
    .where(
        among(ReviewQuestion.patient_id, "patient_ids"),
        ReviewQuestion.answered_by_review_id.is_(None),
        ReviewQuestion.withdrawn_at.is_(None),
    )
    .options(joinedload(ReviewQuestion.asked_by))
    .order_by(ReviewQuestion.asked_at, ReviewQuestion.id)
)


def is_open_recommendation() -> ColumnElement[bool]:
    """SQL: somebody still has to decide or to do something."""
    return Recommendation.state.in_(words(sorted(OPEN)))


_OPEN_ADVICE = (
    select(Recommendation)
    .join(Recommendation.review)
    .where(Recommendation.episode_id == bindparam("episode_id"), Review.status == "final", is_open_recommendation())
    .options(
        contains_eager(Recommendation.review).joinedload(Review.consultant),
        joinedload(Recommendation.to_user),
        joinedload(Recommendation.decided_by),
        joinedload(Recommendation.done_by),
    )
    .order_by(Review.reviewed_on, Review.recorded_at, Recommendation.position, Recommendation.id)
)


def list_reviews(patient_id: uuid.UUID, *, limit: int = 100, with_void: bool = False) -> Sequence[Review]:
    """The person's reviews, newest first, each with its recommendations and everybody named in them.

    ``with_void``: those entered in error too.
    """
    statement = _REVIEWS if with_void else _STANDING_REVIEWS
    return db.session.scalars(statement, {"patient_ids": [patient_id], "limit": limit}).all()


def last_review_after(episode_id: uuid.UUID, at: datetime) -> Review | None:
    """The last review of the episode that was saved after this instant."""
    return db.session.scalars(
        select(Review)
        .where(Review.episode_id == episode_id, Review.recorded_at > at, Review.status == "final")
        .options(joinedload(Review.consultant), selectinload(Review.recommendations))
        .order_by(Review.recorded_at.desc(), Review.id.desc())
        .limit(1)
    ).one_or_none()


def get_review(patient_id: uuid.UUID, review_id: uuid.UUID) -> Review | None:
    """The review, if it is about this person."""
    return db.session.scalars(
        select(Review)
        .where(Review.id == review_id, Review.patient_id == patient_id)
        .options(joinedload(Review.consultant), selectinload(Review.recommendations))
    ).one_or_none()


def get_recommendation(patient_id: uuid.UUID, recommendation_id: uuid.UUID) -> Recommendation | None:
    """The recommendation, if it is about this person."""
    return db.session.scalars(
        select(Recommendation)
        .where(Recommendation.id == recommendation_id, Recommendation.patient_id == patient_id)
        .options(
            joinedload(Recommendation.decided_by),
            joinedload(Recommendation.done_by),
            joinedload(Recommendation.to_user),
        )
    ).one_or_none()


def list_open_questions(patient_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    """Questions no review has answered and nobody has withdrawn, oldest first."""
    return db.session.scalars(_OPEN_QUESTIONS, {"patient_ids": [patient_id]}).all()


def list_open_advice(episode_id: uuid.UUID) -> Sequence[Recommendation]:
    """What waits to be decided or done in the episode, of every review that stands, the oldest first; one statement."""
    return db.session.scalars(_OPEN_ADVICE, {"episode_id": episode_id}).all()


def list_answered_by(review_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    """The questions this review answered."""
    return db.session.scalars(
        select(ReviewQuestion)
        .where(ReviewQuestion.answered_by_review_id == review_id)
        .options(joinedload(ReviewQuestion.asked_by))
        .order_by(ReviewQuestion.asked_at, ReviewQuestion.id)
    ).all()


def get_question(patient_id: uuid.UUID, question_id: uuid.UUID) -> ReviewQuestion | None:
    """The question, if it is about this person."""
    return db.session.scalars(
        select(ReviewQuestion).where(ReviewQuestion.id == question_id, ReviewQuestion.patient_id == patient_id)
    ).one_or_none()


def list_open_for(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Sequence[Recommendation]:
    """What waits for this colleague to decide or to do it, in open episodes of these clinics, oldest first.

    It is theirs where it names them; where it names nobody with an account, where they prescribe for the person or
    manage the care. One more than is shown, where there are more.
    """
    return db.session.scalars(_WAITING_FOR, {"user_id": user_id, "clinic_ids": list(clinic_ids)}).all()


def _waiting_for() -> Select[Recommendation]:
    whose = bindparam("user_id", type_=Uuid())
    on_the_team = exists().where(
        TeamMember.patient_id == Recommendation.patient_id,
        TeamMember.episode_id == Recommendation.episode_id,
        TeamMember.user_id == whose,
        TeamMember.role.in_(("prescriber", "care_manager")),
        TeamMember.ends_on.is_(None),
    )
    is_theirs = or_(Recommendation.to_user_id == whose, and_(Recommendation.to_user_id.is_(None), on_the_team))
    is_here = among(Episode.clinic_id, "clinic_ids")
    return (
        select(Recommendation)
        .join(Episode, Episode.id == Recommendation.episode_id)
        .where(is_open_recommendation(), Episode.ended_on.is_(None), is_here, is_theirs)
        .options(joinedload(Recommendation.review).joinedload(Review.consultant))
        .order_by(func.coalesce(Recommendation.decided_on, Recommendation.proposed_on), Recommendation.id)
        .limit(MOST_SHOWN + 1)
    )


_WAITING_FOR = _waiting_for()
