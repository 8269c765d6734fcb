"""What happened since the last review and stands in no open alert: safety that somebody answered, advice declined."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.alerts.queries import last_told
from registry.caseload.models import CaseloadRow
from registry.caseload.review_ranking import LAYER_OF, Layer
from registry.extensions import db
from registry.review.models import Recommendation, Review

_SAFETY = [rule for rule, layer in LAYER_OF.items() if layer is Layer.SAFETY]
_MISTAKE = "entered-in-error"


@dataclass(frozen=True, slots=True)
class AnsweredSafety:
    """A safety alert that a person closed, with the outcome they gave."""

    rule: str
    evidence: Mapping[str, Any]
    sentence: str
    outcome: str
    since: date
    told_at: datetime
    """When it last told something nobody knew."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Something the last review recommended, or an earlier one, that was declined since."""

    on: date
    by: str
    why: str


def known_until() -> ScalarSelect[datetime]:
    """SQL: until when the last review of a row's episode knew of everything; NULL before the first."""
    return (
        select(func.max(Review.known_until))
        .where(Review.episode_id == CaseloadRow.episode_id, Review.status == "final")
        .correlate(CaseloadRow)
        .scalar_subquery()
    )


def answered_since_review(*wanted: ColumnElement[bool]) -> Mapping[uuid.UUID, Sequence[AnsweredSafety]]:
    """Episode → safety answered since its last review, or since it began; of these rows; two statements at most.

    What was entered in error is no answer to anything. What a second alert speaks for stands with that one.
    """
    known = known_until()
    rows = db.session.execute(
        select(
            CaseloadRow.episode_id,
            func.coalesce(CaseloadRow.enrolled_on, CaseloadRow.referred_on).label("began_on"),
            known.label("known_until"),
            Alert.id,
            Alert.rule,
            Alert.evidence,
            Alert.sentence,
            Alert.outcome,
            Alert.since,
        )
        .join(Alert, Alert.patient_id == CaseloadRow.patient_id)
        .where(
            *wanted,
            Alert.is_safety,
            Alert.rule.in_(_SAFETY),
            Alert.closed_by_id.is_not(None),
            Alert.joined_id.is_(None),
            Alert.outcome.is_not(None),
            Alert.outcome != _MISTAKE,
            or_(known.is_(None), Alert.closed_at > known),
        )
        .order_by(Alert.closed_at, Alert.id)
    ).all()
    told = last_told({row.id for row in rows}) if rows else {}
    found: dict[uuid.UUID, list[AnsweredSafety]] = defaultdict(list)
    for row in rows:
        told_at = told.get(row.id)
        if told_at is not None and told_at >= (row.known_until or _morning_of(row.began_on)):
            found[row.episode_id].append(
                AnsweredSafety(row.rule, row.evidence, row.sentence, row.outcome, row.since, told_at)
            )
    return found


def _morning_of(day: date) -> datetime:
    """An instant no clinic on earth calls later than the morning of this local date."""
    return datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=14)


def declined_since_review(*wanted: ColumnElement[bool]) -> Mapping[uuid.UUID, Sequence[Declined]]:
    """Episode → what was declined since its last review, first one first; one statement."""
    rows = db.session.execute(
        select(
            CaseloadRow.episode_id,
            Recommendation.decided_on,
            Recommendation.decision_why,
            User.name.label("decided_by"),
        )
        .join(Recommendation, Recommendation.episode_id == CaseloadRow.episode_id)
        .join(Review, Review.id == Recommendation.review_id)
        .join(User, User.id == Recommendation.decided_by_id)
        .where(
            *wanted,
            Review.status == "final",
            Recommendation.state == "declined",
            Recommendation.decided_at > known_until(),
        )
        .order_by(Recommendation.decided_on, Recommendation.decided_at, Recommendation.position)
    )
    found: dict[uuid.UUID, list[Declined]] = defaultdict(list)
    for row in rows:
        found[row.episode_id].append(Declined(row.decided_on, row.decided_by, row.decision_why))
    return found
