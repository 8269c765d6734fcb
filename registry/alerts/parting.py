"""Two records that were one are two again: what an alert tells of is its own person's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import select

from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.accounts.models import User
from registry.alerts.loading.safety import covered_in
from registry.alerts.log import step_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import rule
from registry.alerts.sentences import kept_sentence
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.contacts.models import DangerReport
from registry.extensions import db
from registry.measurements.models import Measurement, SafetySignal
from registry.patients.models import Patient
from registry.web.filters import count

Sign: TypeAlias = SafetySignal | DangerReport
"""A positive answer or a report."""
_Sign = TypeVar("_Sign", SafetySignal, DangerReport)

_RESTS_ON = ("answers", "reports")
_BESIDE = ("unfinished", "screens")
"""Other answers that a part of an alert's evidence names."""


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


def tell_apart(one: Patient, another: Patient, *, now: datetime, by: User) -> None:
    """Have no safety alert of either tell of answers and reports of the other any more; its history says so.

    No number of the other: who reads it here may not see that record. Belongs inside ``write()``, after the rows are
    moved; the look that follows brings the open ones in line.
    """
    steps = []
    for patient, stranger in ((one, another), (another, one)):
        theirs = _signs_of(stranger.id)
        alerts = db.session.scalars(select(Alert).where(Alert.patient_id == patient.id, Alert.is_safety)).all()
        for alert in alerts:
            told = {ground for part in _parts(alert.evidence) for ground, _ in covered_in(part) if ground[0] in theirs}
            if told:
                words = (
                    "The merge with another record was undone: "
                    f"{count(len(told), 'answer or report', 'answers or reports')} told of here belong to that record"
                )
                _leave_own(alert, theirs, now)
                record("alert.updated", by=by, subject=alert, reason=words)
                steps.append(step_of(alert, "appended", now, by_id=by.id, words=words))
    db.session.flush()
    insert_rows(scope.current(), AlertEvent, steps)


def _signs_of(patient_id: uuid.UUID) -> frozenset[str]:
    """The ids of everything on record about somebody that an alert can rest on."""
    measurements = db.session.scalars(select(Measurement.id).where(Measurement.patient_id == patient_id))
    reports = db.session.scalars(select(DangerReport.id).where(DangerReport.patient_id == patient_id))
    return frozenset(str(id_) for id_ in (*measurements, *reports))


def _leave_own(alert: Alert, theirs: Collection[str], now: datetime) -> None:
    own = own_part(alert.rule, alert.evidence, theirs)
    alert.told_evidence = None
    if own is None:
        alert.evidence = {"of_another": True}
    else:
        leads, alert.evidence = own
        if leads != alert.rule:
            alert.rule, alert.rule_version = leads, rule(leads).version
    on = db.session.get_one(Clinic, alert.clinic_id).today(alert.closed_at or now)
    alert.sentence = kept_sentence(alert.rule, alert.evidence, on)


def own_part(rule_id: str, evidence: Mapping[str, Any], theirs: Collection[str]) -> tuple[str, dict[str, Any]] | None:
    """The rule that leads and the evidence without what rests on ``theirs``; None where nothing is left.

    Where the rule that led rested on nothing else, the next of those beside it leads.
    """
    beside = [(each["rule"], _own(each["evidence"], theirs)) for each in evidence.get("also", ())]
    lead = _own({name: value for name, value in evidence.items() if name not in ("also", "taken_back")}, theirs)
    taken_back = _own(evidence.get("taken_back", {}), theirs)
    left = [(id_, part) for id_, part in [(rule_id, lead), *beside] if part]
    if not left:
        return (rule_id, taken_back) if taken_back else None
    (leads, own), *others = left
    if others:
        own["also"] = [{"rule": id_, "evidence": part} for id_, part in others]
    if taken_back:
        own["taken_back"] = taken_back
    return leads, own


def _own(part: Mapping[str, Any], theirs: Collection[str]) -> dict[str, Any] | None:
    """One rule's part of the evidence; None where all it rested on is theirs."""
    own = dict(part)
    for name in (*_RESTS_ON, *_BESIDE):
        if name in part:
            own[name] = [entry for entry in part[name] if entry["id"] not in theirs]
    if "withdrawn" in part:
        own["withdrawn"] = {id_: became for id_, became in part["withdrawn"].items() if id_ not in theirs}
    rested = any(part.get(name) for name in _RESTS_ON)
    return None if rested and not any(own.get(name) for name in _RESTS_ON) else own


def _parts(evidence: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return evidence, evidence.get("taken_back", {})
