"""What one reconciling did, and how a step in the life of an alert is written down."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.models import TELLING, Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.clinics.models import Clinic
from registry.contacts.models import DangerReport
from registry.db.identifiers import new_id
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.models import SafetySignal


@dataclass(frozen=True, slots=True)
class Stand:
    """What a rule says now, as an alert stores it. ``owner_id`` answers unless somebody took or was given it."""

    rule: str
    version: int
    tier: Tier
    sentence: str
    evidence: dict[str, Any]
    since: date
    owner_id: uuid.UUID | None


class Hindsight(Protocol):
    """What is known of a history that is stored all at once: its alerts opened, and were answered, as it went."""

    def raised_at(self, patient_id: uuid.UUID, stand: Stand, clinic: Clinic) -> datetime:
        """When the alert was raised that says this of the patient."""

    def answer(self, alert: Alert) -> dict[str, Any] | None:
        """Do to an open alert, about to be stored, what somebody has done about it since; returns that step."""


@dataclass(slots=True)
class Log:
    """What one reconciling did, and what can be stored only once the alerts themselves are."""

    new: list[Alert] = field(default_factory=list)
    changed: int = 0
    closed: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[SafetySignal | DangerReport, uuid.UUID | None]] = field(default_factory=list)
    """Signs of danger, each with the alert that answers it."""
    checks: list[tuple[Episode, date | None]] = field(default_factory=list)
    """Episodes, each with the next date on which time alone could change something."""
    hindsight: Hindsight | None = None
    """Where a history is stored all at once. Else every alert is raised now, and nobody has seen it."""
    numbers: NumbersInForce = field(default_factory=NumbersInForce)
    """Each clinic's, also for how soon it answers."""

    @property
    def opened(self) -> int:
        return len(self.new)

    def step(self, alert: Alert, kind: str, at: datetime, words: str = "", **details: Any) -> None:
        """One more step in the life of ``alert``, by the program itself."""
        self.steps.append(step_of(alert, kind, at, words=words, details=details or None))

    def answer(self, sign: SafetySignal | DangerReport, alert_id: uuid.UUID | None) -> None:
        """This alert answers the sign of danger."""
        self.answers.append((sign, alert_id))

    def check(self, episode: Episode, next_check_on: date | None) -> None:
        """Time alone can change something for the episode on this date; None: never."""
        self.checks.append((episode, next_check_on))

    def store(self) -> None:
        """Write the alerts, then what points at them."""
        db.session.flush()
        insert_rows(scope.current(), AlertEvent, self.steps)
        for sign, alert_id in self.answers:
            sign.alert_id = alert_id
        self.steps, self.answers = [], []


def step_of(
    alert: Alert,
    kind: str,
    at: datetime,
    *,
    by_id: uuid.UUID | None = None,
    words: str = "",
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of one row of the alert's history; what tells something moves the alert's ``told_at``."""
    if kind in TELLING:
        news = None if details is None else details.get("told_at")
        told_at = at if news is None else datetime.fromisoformat(news)
        alert.told_at = max(told_at, alert.told_at)
    return {
        "id": new_id(),
        "patient_id": alert.patient_id,
        "alert_id": alert.id,
        "kind": kind,
        "at": at,
        "by_id": by_id,
        "words": words,
        "details": None if details is None else dict(details),
    }


def plain(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence as it comes back from the database, so that the same facts compare as equal."""
    stored: dict[str, Any] = json.loads(json.dumps(evidence, default=dict))
    return stored
