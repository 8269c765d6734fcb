"""The weekly psychiatric case review: whom it takes, what it recommends, what becomes of that."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from registry.alerts.models import Alert
from registry.demo import wording
from registry.demo.chance import happens
from registry.demo.deeds import Chart
from registry.extensions import db
from registry.review.actions import Advice
from registry.review.models import Review, ReviewQuestion

_URGENCY = {
    "target.mania": 0,
    "target.worse": 1,
    "target.relapse": 1,
    "target.off": 3,
    "review.due": 4,
    "target.early": 5,
}
"""What comes first at the table. An open question stands at 2."""
_QUESTION = 2
_REST_DAYS = 24
"""Nobody is discussed again this soon, unless worse or asked about."""


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
        select(ReviewQuestion.episode_id).where(
            ReviewQuestion.answered_by_review_id.is_(None), ReviewQuestion.withdrawn_at.is_(None)
        )
    ):
        reasons[episode_id].add("question")
    rested = set(
        db.session.scalars(select(Review.episode_id).where(Review.reviewed_on > today - timedelta(days=_REST_DAYS)))
    )
    ranked = sorted(
        (min(_rank(reason) for reason in why), str(episode_id), episode_id)
        for episode_id, why in reasons.items()
        if episode_id not in rested or min(_rank(reason) for reason in why) <= _QUESTION
    )
    return [(episode_id, frozenset(reasons[episode_id])) for _, _, episode_id in ranked[:seats]]


def _rank(reason: str) -> int:
    return _QUESTION if reason == "question" else _URGENCY[reason]


def advice(roll: Random, chart: Chart, reasons: frozenset[str]) -> list[Advice]:
    """What the consultant recommends: change where there is a reason to, else continue."""
    wants_change = any(reason == "question" or reason.startswith("target.") for reason in reasons)
    prescriber = chart.team.get("prescriber")
    to_user_id = prescriber.id if prescriber is not None else chart.who("care_manager").id
    if not wants_change and happens(roll, 0.62):
        kind, words = wording.CONTINUE
        return [Advice(kind=kind, words=words, to_user_id=to_user_id)]
    group = _group(chart, reasons)
    chosen = roll.sample(wording.ADVICE[group], k=2 if wants_change and happens(roll, 0.45) else 1)
    return [Advice(kind=kind, words=words, to_user_id=to_user_id) for kind, words in chosen]


def _group(chart: Chart, reasons: frozenset[str]) -> str:
    story = chart.person.story
    if "target.mania" in reasons or story.condition in {"bipolar-1", "bipolar-2"}:
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
