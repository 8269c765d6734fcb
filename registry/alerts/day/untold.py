"""Whom no e-mail could tell of an urgent alert that still waits: their lead has to see that somebody knows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select

from registry.accounts.models import User
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier
from registry.extensions import db


def list_untold(clinic_ids: Collection[uuid.UUID]) -> Sequence[str]:
    """Their names, in order, each once; only of alerts of these clinics that nobody has acknowledged."""
    if not clinic_ids:
        return ()
    told = db.session.scalars(
        select(AlertEvent.details["told"].as_string())
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(
            AlertEvent.kind == "untold",
            Alert.clinic_id.in_(clinic_ids),
            Alert.closed_at.is_(None),
            Alert.state == "open",
            Alert.tier == Tier.URGENT,
        )
    ).all()
    if not told:
        return ()
    people = {uuid.UUID(user_id) for user_id in told}
    return db.session.scalars(select(User.name).where(User.id.in_(people)).order_by(User.name)).all()
