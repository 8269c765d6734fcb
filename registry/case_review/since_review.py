"""What happened since the last review and stands in no open alert: safety that somebody answered, advice declined."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func, or_, select

from registry.accounts.models import User
from registry.alerts.models import Alert, AlertEvent
from registry.case_review.ranking import Finding
from registry.caseload.for_review import LAYER_OF, Layer
from registry.caseload.models import CaseloadRow
from registry.db.among import among
from registry.extensions import db
from registry.review.models import Recommendation, Review

_SAFETY = [rule for rule, layer in LAYER_OF.items() if layer is Layer.SAFETY]
_TELLS = ("opened", "appended")
_MISTAKE = "entered-in-error"


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


Answered: TypeAlias = Mapping[uuid.UUID, Mapping[uuid.UUID, Finding]]
"""Episode → the alerts of safety answered since its last review, or since it began."""


def ask_answered(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The statement ``answered_since_review`` reads, of these rows of the caseload; to be made once.

    What was entered in error is no answer to anything. What a second alert speaks for stands with that one.
    """
    began_on = func.coalesce(CaseloadRow.enrolled_on, CaseloadRow.referred_on)
    facts = (CaseloadRow.episode_id, CaseloadRow.known_until, began_on, Alert.id, Alert.rule, Alert.since)
    return (
        select(*facts, func.max(AlertEvent.at))
        .join(Alert, Alert.patient_id == CaseloadRow.patient_id)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(
            *wanted,
            Alert.is_safety,
            Alert.rule.in_(_SAFETY),
            Alert.closed_by_id.is_not(None),
            Alert.joined_id.is_(None),
            Alert.outcome.is_not(None),
            Alert.outcome != _MISTAKE,
            or_(CaseloadRow.known_until.is_(None), Alert.closed_at > CaseloadRow.known_until),
            AlertEvent.kind.in_(_TELLS),
        )
        .group_by(*facts, Alert.closed_at)
        .order_by(Alert.closed_at, Alert.id)
    )


def answered_since_review(asked: Select[*tuple[Any, ...]], **about: Any) -> Answered:
    """What ``asked`` finds; one statement."""
    found: dict[uuid.UUID, dict[uuid.UUID, Finding]] = defaultdict(dict)
    for episode_id, known_until, day, alert_id, rule, since, told_at in db.session.execute(asked, about):
        if told_at >= (known_until or _morning_of(day)):
            found[episode_id][alert_id] = Finding(rule, since, told_at, is_answered=True)
    return found


def _morning_of(day: date) -> datetime:
    """An instant no clinic on earth calls later than the morning of this local date."""
    return datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=14)


def tell_answers(alert_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Answer]:
    """Alert → what it said and how it ended; one statement at most."""
    if not alert_ids:
        return {}
    rows = db.session.execute(_SAID, {"alert_ids": alert_ids})
    return {alert_id: Answer(evidence, sentence, outcome or "") for alert_id, evidence, sentence, outcome in rows}


_SAID = select(Alert.id, Alert.evidence, Alert.sentence, Alert.outcome).where(among(Alert.id, "alert_ids"))


def ask_declined(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The statement ``declined_since_review`` reads, of these rows of the caseload; to be made once."""
    return (
        select(CaseloadRow.episode_id, Recommendation.decided_on, User.name, Recommendation.decision_why)
        .join(Recommendation, Recommendation.episode_id == CaseloadRow.episode_id)
        .join(Review, Review.id == Recommendation.review_id)
        .join(User, User.id == Recommendation.decided_by_id)
        .where(
            *wanted,
            Review.status == "final",
            Recommendation.state == "declined",
            Recommendation.decided_at > CaseloadRow.known_until,
        )
        .order_by(Recommendation.decided_on, Recommendation.decided_at, Recommendation.position)
    )


def declined_since_review(asked: Select[*tuple[Any, ...]]) -> Mapping[uuid.UUID, Sequence[Declined]]:
    """Episode → what was declined since its last review, first one first; one statement."""
    found: dict[uuid.UUID, list[Declined]] = defaultdict(list)
    for row in db.session.execute(asked):
        found[row.episode_id].append(Declined(row.decided_on, row.name, row.decision_why))
    return found
