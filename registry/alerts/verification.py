"""Whether the alerts are those the facts call for: what reconciling everybody now would change, without changing it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from registry.alerts.models import Alert
from registry.alerts.queries import last_told
from registry.alerts.reconcile import reconcile_patients
from registry.db.among import among
from registry.db.pacing import begin_pace
from registry.db.transaction import end_read, seconds_held, write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.patients.models import Patient

_TOLD = (Alert.id, Alert.patient_id, Alert.rule, Alert.tier, Alert.since, Alert.state, Alert.evidence)
_OPEN = select(*_TOLD).where(among(Alert.patient_id, "patient_ids"), Alert.closed_at.is_(None))
_KEPT = select(Alert.id, Alert.patient_id, Alert.rule, Alert.told_at).where(among(Alert.patient_id, "patient_ids"))
_CHECKED = select(Episode.id, Episode.patient_id, Episode.next_check_on).where(among(Episode.patient_id, "patient_ids"))

_Rows = dict[uuid.UUID, Row[Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What reconciling would change of one person."""

    patient_id: uuid.UUID
    words: str
    """``target.off would close``: no evidence, since it is printed and may be logged."""


class _Seen(Exception):
    """Everything is known: the transaction is undone."""


def verify_everybody() -> Iterator[Difference]:
    """Every difference of everybody, some people a transaction; each is undone. Needs a scope.

    Somebody whose day to be looked at has come differs until the next sweep.
    """
    people = db.session.scalars(select(Patient.id).where(Patient.merged_into_id.is_(None)).order_by(Patient.id)).all()
    end_read()
    pace, taken = begin_pace(), 0
    while taken < len(people):
        chunk = people[taken : taken + pace.people]
        yield from differences_of(chunk)
        taken += len(chunk)
        pace.after(people=len(chunk), held=seconds_held())


def differences_of(patient_ids: Collection[uuid.UUID]) -> list[Difference]:
    """What reconciling these people now would open, change and close, and which next dates it would move."""
    found: list[Difference] = []
    try:
        with write():
            found += _of_tellings(patient_ids)
            alerts, checks = _rows(_OPEN, patient_ids), _rows(_CHECKED, patient_ids)
            reconcile_patients(patient_ids)
            found += _of_alerts(alerts, _rows(_OPEN, patient_ids))
            found += _of_checks(checks, _rows(_CHECKED, patient_ids))
            raise _Seen
    except _Seen:
        return found


def _rows(query: Select[*tuple[Any, ...]], patient_ids: Collection[uuid.UUID]) -> _Rows:
    return {row.id: row for row in db.session.execute(query, {"patient_ids": list(patient_ids)})}


def _of_tellings(patient_ids: Collection[uuid.UUID]) -> Iterator[Difference]:
    """When an alert last told something is kept of it, and is in its history."""
    kept = _rows(_KEPT, patient_ids)
    told = last_told(list(kept))
    for row in kept.values():
        if row.told_at != told.get(row.id):
            yield Difference(row.patient_id, f"{row.rule} last told something at {told.get(row.id)}")


def _of_alerts(before: _Rows, after: _Rows) -> Iterator[Difference]:
    for alert_id in before.keys() | after.keys():
        was, would_be = before.get(alert_id), after.get(alert_id)
        if was is None and would_be is not None:
            yield Difference(would_be.patient_id, f"{would_be.rule} would open")
        elif would_be is None and was is not None:
            yield Difference(was.patient_id, f"{was.rule} would close")
        elif was != would_be and was is not None:
            yield Difference(was.patient_id, f"{was.rule} would change")


def _of_checks(before: _Rows, after: _Rows) -> Iterator[Difference]:
    for episode_id, row in after.items():
        stored = before[episode_id].next_check_on
        if row.next_check_on != stored:
            yield Difference(row.patient_id, f"the next look would be on {row.next_check_on}, not on {stored}")
