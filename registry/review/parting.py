"""What becomes of open recommendations and questions when the episode they belong to ends, goes on after all, or is
handed over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.episodes.models import Episode
from registry.extensions import db
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import is_open_recommendation
from registry.review.rules import KINDS
from registry.web.filters import long_date


def tell(episode_id: uuid.UUID) -> Sequence[str]:
    """What waits for an answer in the episode, each in words; two statements."""
    return _in_words(_open_recommendations(episode_id), _open_questions(episode_id))


def tell_ended(episode_id: uuid.UUID) -> Sequence[str]:
    """What the end of the episode declined and withdrew, each in words; two statements."""
    return _in_words(_ended_recommendations(episode_id), _ended_questions(episode_id))


def let_go(episode: Episode, *, why: str, by: User | None) -> None:
    """Decline what was recommended with this reason, and withdraw what was asked; belongs inside ``write()``."""
    by_id, now = by.id if by else None, clock.now()
    today = episode.clinic.today(now)
    recommendations, questions = _open_recommendations(episode.id), _open_questions(episode.id)
    for row in recommendations:
        row.before_end = _decision(row)
        row.state, row.decision_why = "declined", why
        row.decided_by_id, row.decided_by_name, row.decided_on, row.decided_at = by_id, "", today, now
        record("recommendation.declined", by=by, subject=row, reason=why)
    for question in questions:
        end_with_episode(question, at=now)
        record("question.withdrawn", by=by, subject=question, reason=why)


def end_with_episode(question: ReviewQuestion, *, at: datetime) -> None:
    """Nobody is left to answer it, until the episode goes on after all."""
    question.withdrawn_at, question.ended_with_episode = at, True


def bring_back(episode: Episode, *, by: User | None) -> None:
    """The end was none: what it declined and withdrew waits again as it did; belongs inside ``write()``.

    What a review recommended that was entered in error since stays declined.
    """
    recommendations, questions = _ended_recommendations(episode.id), _ended_questions(episode.id)
    for row in recommendations:
        before = row.before_end or {}
        row.before_end = None
        row.state, row.decision_why, row.decided_by_name = before["state"], before["why"], before["by_name"]
        row.decided_by_id = uuid.UUID(before["by_id"]) if before["by_id"] else None
        row.decided_on = date.fromisoformat(before["on"]) if before["on"] else None
        row.decided_at = datetime.fromisoformat(before["at"]) if before["at"] else None
        record("recommendation.reopened", by=by, subject=row)
    for question in questions:
        question.withdrawn_at, question.ended_with_episode = None, False
        record("question.reopened", by=by, subject=question)


def _decision(row: Recommendation) -> dict[str, Any]:
    """What was decided, as JSON."""
    return {
        "state": row.state,
        "why": row.decision_why,
        "by_id": str(row.decided_by_id) if row.decided_by_id else None,
        "by_name": row.decided_by_name,
        "on": row.decided_on.isoformat() if row.decided_on else None,
        "at": row.decided_at.isoformat() if row.decided_at else None,
    }


def _in_words(recommendations: Sequence[Recommendation], questions: Sequence[ReviewQuestion]) -> list[str]:
    return [
        *(f"{KINDS[row.kind]}: {row.words}" for row in recommendations),
        *(f"Question: {row.words}" for row in questions),
    ]


def hand_over(episode: Episode, *, to: Episode, by: User | None) -> None:
    """Put what is open as questions to the psychiatrist of the episode that goes on; belongs inside ``write()``.

    Each keeps who said it and when in its words, and whoever said it as who asks; a question, how long it has waited.
    """
    now = clock.now()
    today = to.clinic.today(now)
    told = [
        (row.review.consultant_id, today, f"{_said(episode, row)}: {KINDS[row.kind]}: {row.words}")
        for row in _open_recommendations(episode.id)
    ]
    told += [(row.asked_by_id, min(row.asked_on, today), row.words) for row in _open_questions(episode.id)]
    for asked_by_id, asked_on, words in told:
        question = ReviewQuestion(
            patient_id=to.patient_id,
            episode_id=to.id,
            asked_by_id=asked_by_id,
            asked_at=now,
            asked_on=asked_on,
            words=words,
        )
        db.session.add(question)
        db.session.flush()
        record("question.handed-over", by=by, subject=question, clinic_id=to.clinic_id, kind="create")


def _said(episode: Episode, row: Recommendation) -> str:
    done = "not yet decided" if row.decided_on is None else "not yet done"
    return f"Recommended at {episode.clinic.name} on {long_date(row.proposed_on)}, {done}"


def _open_recommendations(episode_id: uuid.UUID) -> Sequence[Recommendation]:
    return _recommendations(episode_id, is_open_recommendation())


def _ended_recommendations(episode_id: uuid.UUID) -> Sequence[Recommendation]:
    return _recommendations(episode_id, Recommendation.before_end.is_not(None))


def _recommendations(episode_id: uuid.UUID, wanted: ColumnElement[bool]) -> Sequence[Recommendation]:
    """Those of reviews that stand."""
    return db.session.scalars(
        select(Recommendation)
        .join(Recommendation.review)
        .where(Recommendation.episode_id == episode_id, Review.status == "final", wanted)
        .options(contains_eager(Recommendation.review))
        .order_by(Recommendation.proposed_on, Recommendation.position, Recommendation.id)
    ).all()


def _open_questions(episode_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    waits = ReviewQuestion.answered_by_review_id.is_(None) & ReviewQuestion.withdrawn_at.is_(None)
    return _questions(episode_id, waits)


def _ended_questions(episode_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    return _questions(episode_id, ReviewQuestion.ended_with_episode.is_(True))


def _questions(episode_id: uuid.UUID, wanted: ColumnElement[bool]) -> Sequence[ReviewQuestion]:
    return db.session.scalars(
        select(ReviewQuestion)
        .where(ReviewQuestion.episode_id == episode_id, wanted)
        .order_by(ReviewQuestion.asked_at, ReviewQuestion.id)
    ).all()
