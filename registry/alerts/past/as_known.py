"""One person's safety as it stood at an instant: what was answered, told or answered for later is left out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from registry.alerts.last_safety import LastSafety, last_safety
from registry.alerts.loading.safety_answers import SAFETY_COLUMNS, SafetyForms, SafetyRow
from registry.alerts.models import Alert, AlertEvent
from registry.clinics.queries import clinics_by_id
from registry.contacts.models import DangerReport
from registry.episodes.scales import scales_in_force
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement


@dataclass(frozen=True, slots=True)
class AlertThen:
    """A safety alert nobody had closed by then, as whoever it concerned had last been told of it."""

    opened_at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class SafetyThen:
    """``last`` is ``None`` where nobody had ever asked, ``reported`` where nobody had told of a danger."""

    last: LastSafety | None
    reported: DangerReport | None
    alerts: Sequence[AlertThen]


def safety_known(patient_id: uuid.UUID, *, on: date, until: datetime) -> SafetyThen:
    """Of answers and reports dated up to ``on`` what was stored ``until`` then, and the alerts open at that instant;
    five statements."""
    reported = db.session.scalars(
        select(DangerReport)
        .where(
            DangerReport.patient_id == patient_id,
            DangerReport.reported_on <= on,
            DangerReport.recorded_at <= until,
            or_(DangerReport.voided_at.is_(None), DangerReport.voided_at > until),
        )
        .order_by(DangerReport.reported_on.desc(), DangerReport.recorded_at.desc(), DangerReport.id.desc())
        .limit(1)
    ).one_or_none()
    return SafetyThen(_last_answer(patient_id, on, until), reported, _open_alerts(patient_id, until))


def _last_answer(patient_id: uuid.UUID, on: date, until: datetime) -> LastSafety | None:
    rows: dict[uuid.UUID, SafetyRow] = {
        row.id: row
        for row in db.session.execute(
            select(*SAFETY_COLUMNS, Measurement.voided_at)
            .where(
                Measurement.patient_id == patient_id,
                Measurement.instrument.in_(catalogue().danger_instruments),
                Measurement.recorded_at <= until,
                or_(Measurement.finished_at.is_(None), Measurement.finished_at <= until),
            )
            .order_by(Measurement.recorded_at, Measurement.id)
        )
    }
    if not rows:
        return None
    zones = {clinic_id: clinic.zone for clinic_id, clinic in clinics_by_id().items()}
    forms = SafetyForms(rows, zones, scales_in_force())
    standing = [
        (nth, row)
        for nth, row in enumerate(rows.values())
        if row.taken_on <= on and (row.voided_at is None or row.voided_at > until)
    ]
    return last_safety(
        answer for nth, row in standing for answer in (*forms.answers(row, nth=nth), *forms.shown_only(row, nth=nth))
    )


def _open_alerts(patient_id: uuid.UUID, until: datetime) -> Sequence[AlertThen]:
    steps = db.session.execute(
        select(Alert.id, Alert.opened_at, AlertEvent.words)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(
            Alert.patient_id == patient_id,
            Alert.is_safety,
            Alert.opened_at <= until,
            or_(Alert.closed_at.is_(None), Alert.closed_at > until),
            AlertEvent.kind.in_(("opened", "appended")),
            AlertEvent.at <= until,
        )
        .order_by(AlertEvent.at, AlertEvent.id)
    )
    return list({step.id: AlertThen(step.opened_at, step.words) for step in steps}.values())
