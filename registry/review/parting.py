"""What becomes of open recommendations and questions when the episode they belong to ends or is handed over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.episodes.models import Episode
from registry.extensions import db
from registry.review.models import Recommendation, ReviewQuestion
from registry.review.queries import is_open_recommendation
from registry.review.rules import KINDS
from registry.web.filters import long_date


def tell(episode_id: uuid.UUID) -> Sequence[str]:
    """What waits for an answer in the episode, each in words; two statements."""
    return [
        *(f"{KINDS[row.kind]}: {row.words}" for row in _open_recommendations(episode_id)),
        *(f"Question: {row.words}" for row in _open_questions(episode_id)),
    ]


def let_go(episode: Episode, *, why: str, by: User | None) -> None:
    """Decline what was recommended with this reason, and withdraw what was asked; belongs inside ``write()``."""
    by_id, now = by.id if by else None, clock.now()
    today = episode.clinic.today(now)
    recommendations, questions = _open_recommendations(episode.id), _open_questions(episode.id)
    for row in recommendations:
        row.state, row.decision_why = "declined", why
        row.decided_by_id, row.decided_by_name, row.decided_on, row.decided_at = by_id, "", today, now
        record("recommendation.declined", by=by, subject=row, reason=why)
    for question in questions:
        question.withdrawn_at = now
        record("question.withdrawn", by=by, subject=question, reason=why)


def hand_over(episode: Episode, *, to: Episode, by: User | None) -> None:
    """Put what is open as questions to the psychiatrist of the episode that goes on; belongs inside ``write()``.

    Each keeps who said it and when in its words, and whoever said it as who asks.
    """
    now = clock.now()
    told = [
        (row.review.consultant_id, f"{_said(episode, row)}: {KINDS[row.kind]}: {row.words}")
        for row in _open_recommendations(episode.id)
    ]
    told += [(row.asked_by_id, row.words) for row in _open_questions(episode.id)]
    for asked_by_id, words in told:
        question = ReviewQuestion(
            patient_id=to.patient_id,
            episode_id=to.id,
            asked_by_id=asked_by_id,
            asked_at=now,
            asked_on=to.clinic.today(now),
            words=words,
        )
        db.session.add(question)
        db.session.flush()
        record("question.handed-over", by=by, subject=question, clinic_id=to.clinic_id, kind="create")


def _said(episode: Episode, row: Recommendation) -> str:
    done = "not yet decided" if row.decided_on is None else "not yet done"
    return f"Recommended at {episode.clinic.name} on {long_date(row.proposed_on)}, {done}"


def _open_recommendations(episode_id: uuid.UUID) -> Sequence[Recommendation]:
    return db.session.scalars(
        select(Recommendation)
        .where(Recommendation.episode_id == episode_id, is_open_recommendation())
        .options(joinedload(Recommendation.review))
        .order_by(Recommendation.proposed_on, Recommendation.position, Recommendation.id)
    ).all()


def _open_questions(episode_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    return db.session.scalars(
        select(ReviewQuestion)
        .where(
            ReviewQuestion.episode_id == episode_id,
            ReviewQuestion.answered_by_review_id.is_(None),
            ReviewQuestion.withdrawn_at.is_(None),
        )
        .order_by(ReviewQuestion.asked_at, ReviewQuestion.id)
    ).all()
