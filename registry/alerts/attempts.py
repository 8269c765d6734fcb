"""Attempts to reach somebody in danger, and a check on them where they are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select

from registry.alerts.models import NOT_REACHED, AlertEvent
from registry.extensions import db

_ENDS_A_ROW = ("acted", "appended", "escalated", "opened")
"""Steps that say something of attempts, or begin anew."""


class ImpossibleAttempt(ValueError):
    """A next attempt in the past, or too far off."""


class ImpossibleCheck(ValueError):
    """A welfare check asked of nobody, or at a time that has not come."""


@dataclass(frozen=True, slots=True)
class WelfareCheck:
    """Somebody was asked to look after the person where they are: who, and when."""

    asked_of: str
    asked_at: datetime

    def refuse_impossible(self, now: datetime) -> None:
        """Raises ``ImpossibleCheck``."""
        if not self.asked_of.strip():
            raise ImpossibleCheck("Say who was asked to check on the person")
        if self.asked_at > now:
            raise ImpossibleCheck("Enter when it was asked, a time that has come")


def tried_in_a_row(alert_id: uuid.UUID) -> int:
    """How often in a row the person was not reached, since the alert was news to whoever has it."""
    steps = db.session.execute(
        select(AlertEvent.kind, AlertEvent.details)
        .where(AlertEvent.alert_id == alert_id, AlertEvent.kind.in_(_ENDS_A_ROW))
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
    )
    return sum(1 for _ in takewhile(lambda step: (step.details or {}).get("outcome") == NOT_REACHED, steps))
