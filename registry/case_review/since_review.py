"""What happened since the last review and stands in no open alert: safety that somebody answered, advice declined."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.caseload.models import CaseloadRow
from registry.db.among import among
from registry.extensions import db
from registry.review.models import Recommendation, Review


@dataclass(frozen=True, slots=True)
class Answer:
    """What a safety alert said that a person closed since the last review, and the outcome they gave."""

    evidence: Mapping[str, Any]
    sentence: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Something a review recommended that was declined since the last one."""

    on: date
    by: str
    why: str


def tell_answers(alert_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Answer]:
    """Alert → what it said and how it ended; one statement at most."""
    if not alert_ids:
        return {}
    rows = db.session.execute(_SAID, {"alert_ids": alert_ids})
    return {alert_id: Answer(evidence, sentence, outcome or "") for alert_id, evidence, sentence, outcome in rows}


def declined_since_review(episode_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Declined]]:
    """Episode → what was declined since its last review, first one first; one statement at most."""
    found: dict[uuid.UUID, list[Declined]] = defaultdict(list)
    if episode_ids:
        for row in db.session.execute(_DECLINED, {"episode_ids": episode_ids}):
            found[row.episode_id].append(Declined(row.decided_on, row.name, row.decision_why))
    return found


# Made once: building a statement costs more than running it.
_SAID = select(Alert.id, Alert.evidence, Alert.sentence, Alert.outcome).where(among(Alert.id, "alert_ids"))
_DECLINED = (
    select(CaseloadRow.episode_id, Recommendation.decided_on, User.name, Recommendation.decision_why)
    .join(Recommendation, Recommendation.episode_id == CaseloadRow.episode_id)
    .join(Review, Review.id == Recommendation.review_id)
    .join(User, User.id == Recommendation.decided_by_id)
    .where(
        among(CaseloadRow.episode_id, "episode_ids"),
        Review.status == "final",
        Recommendation.state == "declined",
        Recommendation.decided_at > CaseloadRow.known_until,
    )
    .order_by(Recommendation.decided_on, Recommendation.decided_at, Recommendation.position, Recommendation.id)
)
