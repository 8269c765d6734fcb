"""Psychiatric review, and what becomes of its recommendations."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from registry.extensions import db
from registry.review import actions as reviews
from registry.review.models import Recommendation
from tests.timetravel.deeds.stage import Stage


def review(stage: Stage) -> None:
    chance = stage.chance
    if (episode := stage.episode) is None or episode.enrolled_on is None:
        return
    again = stage.place.today() + timedelta(days=chance.randrange(7, 60)) if chance.random() < 0.4 else None
    kinds = chance.sample(("start", "change-dose", "lab", "therapy", "continue"), k=chance.randrange(3))
    reviews.record_review(
        episode=episode,
        reviewed_on=stage.place.today(),
        minutes=10,
        summary="",
        recommendations=[reviews.Advice(kind=kind, words="As discussed") for kind in kinds],
        look_again_on=again,
        by=stage.psychiatrist,
    )


def follow_advice(stage: Stage) -> None:
    """Decide on the oldest open recommendation, or finish it."""
    row = db.session.scalars(
        select(Recommendation)
        .where(
            Recommendation.patient_id == stage.person.patient_id,
            Recommendation.state.in_(("proposed", "accepted", "ordered")),
        )
        .order_by(Recommendation.proposed_on, Recommendation.position, Recommendation.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return
    if row.state == "proposed":
        state = stage.chance.choice(("accepted", "declined", "ordered"))
        reviews.decide(recommendation=row, state=state, why="Agreed", opened_version=row.version, by=stage.by)
    else:
        reviews.finish(recommendation=row, opened_version=row.version, by=stage.by)


def ask_psychiatrist(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        reviews.ask_question(episode=episode, words="Lithium?", by=stage.by)
