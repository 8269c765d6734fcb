"""The weekly psychiatric case review: whom it takes, what it recommends, what becomes of that."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select

from registry.alerts.models import Alert
from registry.demo import wording
from registry.demo.chance import happens
from registry.demo.deeds import Chart
from registry.episodes.models import Episode
from registry.extensions import db
from registry.review.actions import Advice
from registry.review.models import Review, ReviewQuestion

_URGENCY = {
    "target.mixed": 0,
    "target.mania": 0,
    "target.worse": 1,
    "target.relapse": 1,
    "question": 2,
    "target.off": 3,
    "review.due": 3,
    "target.early": 3,
}
"""What comes first at the table; within one rank whoever was reviewed longest ago, or never."""
_WAITS = 3
"""From this rank on nobody is discussed again too soon."""
_REST_DAYS = 33


def on_the_table(clinic_id: uuid.UUID, *, today: date, seats: int) -> list[tuple[uuid.UUID, frozenset[str]]]:
    """Episodes to discuss today with the reasons, the most pressing first."""
    reasons: dict[uuid.UUID, set[str]] = defaultdict(set)
    for episode_id, rule in db.session.execute(
        select(Alert.episode_id, Alert.rule).where(
            Alert.clinic_id == clinic_id, Alert.closed_at.is_(None), Alert.rule.in_(_URGENCY)
        )
    ):
        if episode_id is not None:
            reasons[episode_id].add(rule)
    for episode_id in db.session.scalars(
        select(ReviewQuestion.episode_id)
        .join(Episode, Episode.id == ReviewQuestion.episode_id)
        .where(
            Episode.clinic_id == clinic_id,
            Episode.ended_on.is_(None),
            ReviewQuestion.answered_by_review_id.is_(None),
            ReviewQuestion.withdrawn_at.is_(None),
        )
    ):
        reasons[episode_id].add("question")
    reviews = db.session.execute(select(Review.episode_id, func.max(Review.reviewed_on)).group_by(Review.episode_id))
    last = {row[0]: row[1] for row in reviews}
    ranked = sorted(
        (min(_URGENCY[reason] for reason in why), last.get(episode_id, date.min), str(episode_id), episode_id)
        for episode_id, why in reasons.items()
    )
    rested_since = today - timedelta(days=_REST_DAYS)
    return [
        (episode_id, frozenset(reasons[episode_id]))
        for rank, reviewed_on, _, episode_id in ranked
        if rank < _WAITS or reviewed_on < rested_since
    ][:seats]


def advice(roll: Random, chart: Chart, reasons: frozenset[str]) -> list[Advice]:
    """What the consultant recommends: change where there is a reason to, else continue."""
    wants_change = any(reason == "question" or reason.startswith("target.") for reason in reasons)
    prescriber = chart.team.member("prescriber")
    to_user_id, to_name = (None, chart.team.outside_prescriber) if prescriber is None else (prescriber.id, "")
    if not wants_change and happens(roll, 0.7):
        kind, words = wording.CONTINUE
        return [Advice(kind=kind, words=words, to_user_id=to_user_id, to_name=to_name)]
    group = _group(chart, reasons)
    chosen = roll.sample(wording.ADVICE[group], k=2 if wants_change and happens(roll, 0.25) else 1)
    return [Advice(kind=kind, words=words, to_user_id=to_user_id, to_name=to_name) for kind, words in chosen]


def _group(chart: Chart, reasons: frozenset[str]) -> str:
    story = chart.person.story
    if {"target.mania", "target.mixed"} & set(reasons) or story.condition in {"bipolar-1", "bipolar-2"}:
        return "bipolar"
    return "psychosis" if story.has_psychosis else "depression"


def summary(roll: Random, reasons: frozenset[str], *, is_first: bool) -> str:
    """What the consultant writes above the recommendations."""
    if is_first:
        return wording.REVIEW_NEW
    fitting: Sequence[str] = (
        wording.REVIEW_CHANGE if any(r.startswith("target.") for r in reasons) else wording.REVIEW_STEADY
    )
    return roll.choice(fitting)
