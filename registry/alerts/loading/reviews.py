"""Psychiatric reviews of an episode and what became of their recommendations, as the rules see them on a day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, func, select

from registry.access.reading import Read, rows_of
from registry.accounts.models import User
from registry.alerts.snapshot import OpenOrder, ReviewFacts
from registry.db.among import among
from registry.db.word import word
from registry.review.models import Recommendation, Review
from registry.review.rules import AWAITS_DECISION, AWAITS_DOING, TREATMENT_CHANGES

_Row: TypeAlias = Row[*tuple[Any, ...]]

# Made once: building a statement costs more than running it.
REVIEWS = (
    select(Review.patient_id, Review.episode_id, Review.reviewed_on, Review.look_again_on)
    .where(among(Review.patient_id, "patient_ids"), Review.status == word("final"))
    .order_by(Review.reviewed_on, Review.recorded_at, Review.id)
)
ADVICE = (
    select(
        Recommendation.patient_id,
        Recommendation.id,
        Recommendation.episode_id,
        Recommendation.kind,
        Recommendation.state,
        Recommendation.words,
        Recommendation.decision_why,
        Recommendation.proposed_on,
        Recommendation.decided_on,
        Recommendation.done_on,
        func.coalesce(User.name, Recommendation.to_name).label("to"),
    )
    .outerjoin(User, User.id == Recommendation.to_user_id)
    .where(among(Recommendation.patient_id, "patient_ids"))
    .order_by(Recommendation.proposed_on, Recommendation.position, Recommendation.id)
)


@dataclass(slots=True)
class ReviewRecord:
    """The reviews of one episode that stand, and every recommendation, in their order."""

    reviews: list[_Row] = field(default_factory=list)
    advice: list[_Row] = field(default_factory=list)

    @property
    def days(self) -> Iterator[date]:
        """The days on which any of it happened."""
        yield from (review.reviewed_on for review in self.reviews)
        for each in self.advice:
            yield from (day for day in (each.proposed_on, each.decided_on, each.done_on) if day is not None)

    @property
    def facts(self) -> ReviewFacts:
        """As they stand."""
        return self._facts(
            self.reviews,
            undecided=[each for each in self.advice if each.state in AWAITS_DECISION],
            undone=[each for each in self.advice if each.state in AWAITS_DOING],
            done=[each for each in self.advice if each.done_on is not None],
        )

    def on(self, day: date) -> ReviewFacts:
        """As they stood at the end of ``day``. What was accepted and declined later counts as declined alone."""
        advice = [each for each in self.advice if each.proposed_on <= day and each.state != "noted"]
        return self._facts(
            [review for review in self.reviews if review.reviewed_on <= day],
            undecided=[each for each in advice if each.decided_on is None or each.decided_on > day],
            undone=[each for each in advice if _waited_to_be_done(each, day)],
            done=[each for each in advice if each.done_on is not None and each.done_on <= day],
        )

    def _facts(
        self, reviews: list[_Row], *, undecided: list[_Row], undone: list[_Row], done: list[_Row]
    ) -> ReviewFacts:
        if not reviews:
            return ReviewFacts()
        return ReviewFacts(
            last_on=reviews[-1].reviewed_on,
            look_again_on=reviews[-1].look_again_on,
            undecided=tuple(_order(each) for each in undecided),
            undone=tuple(_order(each) for each in undone),
            treatment_changed_on=max((each.done_on for each in done if each.kind in TREATMENT_CHANGES), default=None),
        )


def _waited_to_be_done(row: _Row, day: date) -> bool:
    if row.state == "declined" or row.decided_on is None or row.decided_on > day:
        return False
    return row.done_on is None or bool(row.done_on > day)


def _order(row: _Row) -> OpenOrder:
    return OpenOrder(
        id=str(row.id),
        proposed_on=row.proposed_on,
        text=row.decision_why if row.state == "modified" else row.words,
        kind=row.kind,
        to=row.to,
        decided_on=row.decided_on,
    )


def load_review_records(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, ReviewRecord]:
    """By episode, of those that were reviewed; two statements."""
    about = {"patient_ids": list(patient_ids)}
    found: dict[uuid.UUID, ReviewRecord] = defaultdict(ReviewRecord)
    for review in read(REVIEWS, about):
        found[review.episode_id].reviews.append(review)
    if not found:
        return {}
    for recommendation in read(ADVICE, about):
        if recommendation.episode_id in found:
            found[recommendation.episode_id].advice.append(recommendation)
    return found


def load_reviews(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, ReviewFacts]:
    """Reviews and what became of their recommendations, by episode; two statements."""
    return {episode_id: record.facts for episode_id, record in load_review_records(patient_ids, read).items()}
