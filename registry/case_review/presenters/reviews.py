"""A person's reviews, each with what became of it and what the score did afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from registry.case_review.case import ScoreOn
from registry.case_review.presenters.score_lines import score_lines
from registry.patients.presenters import IdentityHeader
from registry.patients.record_tabs import Tab
from registry.review.models import Review
from registry.review.presenters import QuestionShown, RecommendationShown, show_recommendation
from registry.web.filters import count, days_ago, long_date


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """One review."""

    date: str
    ago: str
    by: str
    minutes: str
    summary: str
    look_again: str
    recommendations: Sequence[RecommendationShown]
    scores: Sequence[str]
    """How each score stood at the review, and what it did since."""
    void_words: str
    """Why it counts nowhere, where it was entered in error."""
    void_url: str
    note_url: str


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """The tab "Reviews" of a record."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    questions: Sequence[QuestionShown]
    reviews: Sequence[ReviewShown]
    ask_url: str
    review_url: str


def show_review(
    review: Review,
    scale: str | None,
    scores: Mapping[str, Sequence[ScoreOn]],
    *,
    today: date,
    may_decide: bool,
    may_void: bool,
) -> ReviewShown:
    """A review beside the course of ``scale``, the metric primary of its episode, and of mania."""
    return ReviewShown(
        date=long_date(review.reviewed_on),
        ago=days_ago(review.reviewed_on, today),
        by=review.consultant.name,
        minutes="" if review.minutes is None else count(review.minutes, "minute"),
        summary=review.summary,
        look_again="" if review.look_again_on is None else long_date(review.look_again_on),
        recommendations=[show_recommendation(each, may_decide=may_decide) for each in review.recommendations],
        scores=score_lines(review.reviewed_on, scale, scores, today=today),
        void_words=_void_words(review),
        note_url=url_for("review.note", patient_id=review.patient_id, review_id=review.id),
        void_url=url_for("review.void", patient_id=review.patient_id, review_id=review.id) if may_void else "",
    )


def _void_words(review: Review) -> str:
    if review.voided_by is None:
        return ""
    return f"Entered in error, says {review.voided_by.name}: {review.error_why}"
