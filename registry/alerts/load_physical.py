"""What was observed of a person's body, as the rules see it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from registry.alerts.snapshot import Observed, PhysicalFacts
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.physical.catalogue import catalogue
from registry.physical.models import Observation
from registry.physical.rules import told

_OBSERVED = (
    select(
        Observation.patient_id,
        Observation.id,
        Observation.clinic_id,
        Observation.kind,
        Observation.taken_on,
        Observation.recorded_at,
        Observation.value,
        Observation.second,
        Observation.unit,
        Observation.choice,
    )
    .where(among(Observation.patient_id, "patient_ids"), Observation.status == "final")
    .order_by(Observation.taken_on.desc(), Observation.recorded_at.desc(), Observation.id.desc())
)
_FORMS = (
    select(Measurement.patient_id, Measurement.instrument, func.max(Measurement.taken_on).label("last_on"))
    .where(
        among(Measurement.patient_id, "patient_ids"),
        Measurement.status == "final",
        Measurement.instrument.in_(sorted(catalogue().instruments)),
    )
    .group_by(Measurement.patient_id, Measurement.instrument)
)


def load_physical(
    patient_ids: Collection[uuid.UUID], zones: Mapping[uuid.UUID, ZoneInfo]
) -> Mapping[uuid.UUID, PhysicalFacts]:
    """What stands of each patient who has any; two statements. ``zones`` by clinic."""
    about = {"patient_ids": list(patient_ids)}
    observed = by_patient(db.session.execute(_OBSERVED, about))
    forms = by_patient(db.session.execute(_FORMS, about))
    return {
        patient_id: PhysicalFacts(
            observed=tuple(_observed(row, zones[row.clinic_id]) for row in observed.get(patient_id, ())),
            forms_on={row.instrument: row.last_on for row in forms.get(patient_id, ())},
        )
        for patient_id in observed.keys() | forms.keys()
    }


def _observed(row: Any, zone: ZoneInfo) -> Observed:
    kind = catalogue().kinds[row.kind]
    factor = kind.units[row.unit].factor if row.unit else None
    return Observed(
        id=str(row.id),
        kind=row.kind,
        on=row.taken_on,
        entered_on=row.recorded_at.astimezone(zone).date(),
        words=told(kind, row.value, row.second, row.unit, row.choice),
        value=None if factor is None else row.value * factor,
        second=None if factor is None or row.second is None else row.second * factor,
        choice=row.choice,
    )
