"""What was observed of a person's body, as the rules see it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry.access.reading import Read, rows_of
from registry.alerts.physical_facts import Observed, PhysicalFacts
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import words
from registry.measurements.instruments import catalogue as instruments
from registry.measurements.models import MeasurementScore
from registry.physical.catalogue import catalogue
from registry.physical.models import Observation
from registry.physical.rules import first_to_say, told

OBSERVED = (
    select(
        Observation.patient_id,
        Observation.id,
        Observation.replaces_id,
        Observation.status,
        Observation.clinic_id,
        Observation.kind,
        Observation.taken_on,
        Observation.recorded_at,
        Observation.value,
        Observation.second,
        Observation.unit,
        Observation.choice,
    )
    .where(among(Observation.patient_id, "patient_ids"), Observation.status.in_(words(("final", "amended"))))
    .order_by(Observation.id)
)
FORMS = select(
    MeasurementScore.patient_id, MeasurementScore.measurement_id, MeasurementScore.scale, MeasurementScore.taken_on
).where(
    among(MeasurementScore.patient_id, "patient_ids"),
    MeasurementScore.counts,
    among(MeasurementScore.scale, "check_scales"),
)
"""A form answers a check where it came to a score: declined, or not known, it was only handed out."""


def load_physical(
    patient_ids: Collection[uuid.UUID],
    zones: Mapping[uuid.UUID, ZoneInfo],
    ended_at: Mapping[uuid.UUID, datetime] = MappingProxyType({}),
    read: Read = rows_of,
) -> Mapping[uuid.UUID, PhysicalFacts]:
    """What stands of each patient who has any; two statements.

    ``zones`` by clinic; ``ended_at`` by patient, when it was stored that the last of their episodes ended.
    """
    about = {"patient_ids": list(patient_ids)}
    found: dict[uuid.UUID, list[Observed]] = defaultdict(list)
    after_end: dict[uuid.UUID, set[str]] = defaultdict(set)
    for patient_id, own in by_patient(read(OBSERVED, about)).items():
        replaced = {row.id: row for row in own if row.status != "final"}
        standing = [
            (row, row if row.replaces_id is None else first_to_say(row, replaced))
            for row in own
            if row.status == "final"
        ]
        standing.sort(key=lambda each: each[1].recorded_at, reverse=True)
        found[patient_id] = [_observed(row, first, zones[row.clinic_id]) for row, first in standing]
        ended = ended_at.get(patient_id)
        if ended is not None:
            after_end[patient_id] = {str(first.id) for _, first in standing if first.recorded_at > ended}
    instrument_of = check_scales()
    for given in read(FORMS, about | {"check_scales": list(instrument_of)}):
        id_, kind, on = str(given.measurement_id), instrument_of[given.scale], given.taken_on
        found[given.patient_id].append(Observed(id=id_, kind=kind, on=on, entered_on=on, words=""))
    return {
        patient_id: PhysicalFacts(
            tuple(sorted(own, key=lambda each: each.on, reverse=True)),
            entered_after_end=frozenset(after_end.get(patient_id, ())),
        )
        for patient_id, own in found.items()
    }


def check_scales() -> dict[str, str]:
    """By the scale that has a score where the whole form was filled in: the instruments that answer a check."""
    forms = (instruments().get(each) for each in catalogue().instruments if each in instruments())
    return {form.scale_key(form.primary_scale): form.id for form in forms}


def _observed(row: Any, first: Any, zone: ZoneInfo) -> Observed:
    """``first`` is the row that said so first: by it the result is known, whatever was corrected about it since."""
    kind = catalogue().kinds[row.kind]
    factor = kind.units[row.unit].factor if row.unit else None
    return Observed(
        id=str(first.id),
        kind=row.kind,
        on=row.taken_on,
        entered_on=first.recorded_at.astimezone(zone).date(),
        words=told(kind, row.value, row.second, row.unit, row.choice),
        value=None if factor is None else row.value * factor,
        second=None if factor is None or row.second is None else row.second * factor,
        choice=row.choice,
    )
