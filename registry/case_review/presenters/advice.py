"""What was recommended about the person under review and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from registry.case_review.case import ReviewCase
from registry.case_review.presenters.score_lines import score_lines
from registry.review.models import Review
from registry.review.presenters import RecommendationShown, reviewed_words, show_recommendation


@dataclass(frozen=True, slots=True)
class Advised:
    """An earlier review, what it recommended, and what the scores did since."""

    words: str
    summary: str
    scores: Sequence[str]
    recommendations: Sequence[RecommendationShown]


def open_advice(case: ReviewCase, *, today: date, deciding: Collection[uuid.UUID]) -> list[Advised]:
    """What waits to be decided or done, by review, the oldest first. ``deciding``: where the reader may decide."""
    return [
        Advised(
            words=reviewed_words(review),
            summary="",
            scores=_scores(case, review, today),
            recommendations=[
                show_recommendation(each, may_decide=review.clinic_id in deciding, at_case=True) for each in waiting
            ],
        )
        for review, waiting in groupby(case.open_advice, key=lambda each: each.review)
    ]


def last_review(case: ReviewCase, *, today: date) -> Advised | None:
    """The last review with what of its advice is settled; what waits stands above it, with the scores."""
    if not case.reviews:
        return None
    review = case.reviews[0]
    waiting = {each.id for each in case.open_advice}
    is_told = any(each.review_id == review.id for each in case.open_advice)
    return Advised(
        words=reviewed_words(review),
        summary=review.summary,
        scores=[] if is_told else _scores(case, review, today),
        recommendations=[
            show_recommendation(each, may_decide=False) for each in review.recommendations if each.id not in waiting
        ],
    )


def _scores(case: ReviewCase, review: Review, today: date) -> list[str]:
    return score_lines(review.reviewed_on, case.episode.metric_primary, case.scores, today=today)
