"""Reading reviews, recommendations and questions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from registry.extensions import db
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.rules import OPEN


def is_open_recommendation() -> ColumnElement[bool]:
    """SQL: somebody still has to decide or to do something."""
    return Recommendation.state.in_(sorted(OPEN))


def list_reviews(patient_id: uuid.UUID, *, limit: int = 100) -> Sequence[Review]:
    """The person's reviews, newest first, each with its recommendations and everybody named in them."""
    advice = selectinload(Review.recommendations)
    return db.session.scalars(
        select(Review)
        .where(Review.patient_id == patient_id)
        .options(
            joinedload(Review.consultant),
            advice.joinedload(Recommendation.to_user),
            advice.joinedload(Recommendation.decided_by),
            advice.joinedload(Recommendation.done_by),
        )
        .order_by(Review.reviewed_on.desc(), Review.recorded_at.desc(), Review.id.desc())
        .limit(limit)
    ).all()


def last_review_after(episode_id: uuid.UUID, at: datetime) -> Review | None:
    """The last review of the episode that was saved after this instant."""
    return db.session.scalars(
        select(Review)
        .where(Review.episode_id == episode_id, Review.recorded_at > at)
        .options(joinedload(Review.consultant), selectinload(Review.recommendations))
        .order_by(Review.recorded_at.desc(), Review.id.desc())
        .limit(1)
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
    return db.session.scalars(
        select(ReviewQuestion)
        .where(
            ReviewQuestion.patient_id == patient_id,
            ReviewQuestion.answered_by_review_id.is_(None),
            ReviewQuestion.withdrawn_at.is_(None),
        )
        .options(joinedload(ReviewQuestion.asked_by))
        .order_by(ReviewQuestion.asked_at, ReviewQuestion.id)
    ).all()


def get_question(patient_id: uuid.UUID, question_id: uuid.UUID) -> ReviewQuestion | None:
    """The question, if it is about this person."""
    return db.session.scalars(
        select(ReviewQuestion).where(ReviewQuestion.id == question_id, ReviewQuestion.patient_id == patient_id)
    ).one_or_none()


def count_open_recommendations(episode_id: uuid.UUID) -> int:
    """How many of the episode's recommendations wait for a decision or to be done."""
    return (
        db.session.scalar(
            select(func.count(Recommendation.id)).where(
                Recommendation.episode_id == episode_id, is_open_recommendation()
            )
        )
        or 0
    )
