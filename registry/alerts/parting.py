"""Two records that were one are two again: what an alert tells of is its own person's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import TypeAlias, TypeVar

from sqlalchemy import select

from registry.alerts.models import Alert
from registry.contacts.models import DangerReport
from registry.extensions import db
from registry.measurements.models import SafetySignal

Sign: TypeAlias = SafetySignal | DangerReport
"""A positive answer or a report."""
_Sign = TypeVar("_Sign", SafetySignal, DangerReport)


def loosen(patient_ids: Collection[uuid.UUID]) -> list[tuple[Sign, uuid.UUID]]:
    """Have every sign of danger that an alert of somebody else answers wait for an alert of its own person.

    Returns them, each with that alert. Belongs inside ``write()``, after the rows are moved; the look that follows
    answers them.
    """
    signs: list[Sign] = [*_told_elsewhere(SafetySignal, patient_ids), *_told_elsewhere(DangerReport, patient_ids)]
    loosened = [(sign, sign.alert_id) for sign in signs if sign.alert_id is not None]
    for sign, _ in loosened:
        sign.alert_id = None
    db.session.flush()
    return loosened


def _told_elsewhere(kind: type[_Sign], patient_ids: Collection[uuid.UUID]) -> Sequence[_Sign]:
    """Signs of these people that an alert of somebody else answers."""
    return db.session.scalars(
        select(kind)
        .join(Alert, Alert.id == kind.alert_id)
        .where(kind.patient_id.in_(patient_ids), Alert.patient_id != kind.patient_id)
    ).all()


def tie_again(loosened: Collection[tuple[Sign, uuid.UUID]]) -> None:
    """What is no danger any more, and of whose person there never was an alert, stays with the one that told of it."""
    for sign, alert_id in loosened:
        if sign.alert_id is None:
            sign.alert_id = alert_id
    db.session.flush()
