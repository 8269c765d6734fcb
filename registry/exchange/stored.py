"""What the registry already holds about the people and occasions of some rows: a fixed number of statements."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from registry.access.models import PatientClinic
from registry.alerts.models import Alert
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.exchange.deciding import Somebody
from registry.exchange.rows import Wish
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.patients.models import Patient


@dataclass(frozen=True, slots=True)
class Stored:
    """People by record number, and the content of administrations by source key."""

    people: Mapping[str, Somebody]
    contents: Mapping[str, Any]


def source_key(organisation_id: uuid.UUID, source: str, instrument: str, wish: Wish) -> str:
    """The identity of one administration in its source: the same row gives the same key in every run."""
    parts = [str(organisation_id), source, instrument, wish.mrn, wish.occasion]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def look_up(clinic: Clinic, keys: Mapping[str, Wish]) -> Stored:
    """What is stored about the people and occasions of these rows, by source key. Five statements."""
    people = _people(clinic, {wish.mrn for wish in keys.values()})
    rows = db.session.execute(
        select(Measurement.source_key, Measurement.taken_on, Measurement.answers, Measurement.total_only).where(
            Measurement.source_key.in_(keys)
        )
    )
    return Stored(
        people=people,
        contents={row.source_key: content_of(row.taken_on, row.answers, row.total_only) for row in rows},
    )


def content_of(taken_on: date, answers: Mapping[str, Any] | None, total_only: int | None) -> Any:
    """What two administrations are compared by; the same as ``Wish.content``."""
    return taken_on, None if answers is None else tuple(sorted(answers.items())), total_only


def _people(clinic: Clinic, mrns: Collection[str]) -> dict[str, Somebody]:
    whole = func.coalesce(Patient.merged_into_id, Patient.id)
    named = select(Patient.mrn, whole.label("person_id")).where(
        Patient.organisation_id == clinic.organisation_id, Patient.mrn.in_(mrns)
    )
    person_of = {row.mrn: row.person_id for row in db.session.execute(named)}
    rows = db.session.execute(
        select(Patient.id, Patient.birth_date, Patient.died_on).where(Patient.id.in_(person_of.values()))
    ).all()
    if not rows:
        return {}
    ids = [row.id for row in rows]
    seen_here = set(
        db.session.scalars(
            select(PatientClinic.patient_id).where(
                PatientClinic.clinic_id == clinic.id, PatientClinic.patient_id.in_(ids)
            )
        )
    )
    episodes: Sequence[Any] = db.session.execute(
        select(Episode.patient_id, Episode.clinic_id).where(Episode.patient_id.in_(ids))
    ).all()
    open_alerts = select(Alert.patient_id).where(Alert.patient_id.in_(ids), Alert.closed_at.is_(None))
    alerted = set(db.session.scalars(open_alerts))
    followed = alerted | {row.patient_id for row in episodes}
    here = {row.patient_id for row in episodes if row.clinic_id == clinic.id}
    somebody = {
        row.id: Somebody(
            patient_id=row.id,
            born_on=row.birth_date,
            died_on=row.died_on,
            is_seen_here=row.id in seen_here,
            has_episode_here=row.id in here,
            is_followed=row.id in followed,
        )
        for row in rows
    }
    return {mrn: somebody[person_id] for mrn, person_id in person_of.items() if person_id in somebody}
