"""Attempts to reach somebody in danger, and a check on them where they are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import or_, select

from registry.alerts.models import NOT_REACHED, AlertEvent
from registry.extensions import db

_BEGINS_ANEW = ("appended", "escalated", "opened")
"""Steps that make the alert news to whoever has it. A note, or a check somebody was asked for, reaches nobody."""


STILL_AHEAD = "Choose when to try again, a time that is still ahead"


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
    is_attempt = (AlertEvent.kind == "acted") & (AlertEvent.details["outcome"].as_string() == NOT_REACHED)
    kinds = db.session.scalars(
        select(AlertEvent.kind)
        .where(AlertEvent.alert_id == alert_id, or_(is_attempt, AlertEvent.kind.in_(_BEGINS_ANEW)))
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
    )
    return sum(1 for _ in takewhile(lambda kind: kind == "acted", kinds))
