"""One part of a crowd into the database: its rows, what follows from them, and what the staff did about that."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import bind_rows, insert_bound
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.audit.recorder import record
from registry.contacts.models import Contact, DangerReport
from registry.db.base import Base
from registry.db.transaction import write
from registry.demo.crowd.planning import Plan
from registry.demo.crowd.shift import Shift
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore
from registry.patients.models import ContactPoint, Patient
from registry.review.models import Recommendation, Review, ReviewQuestion

_IN_ORDER: Sequence[type[Base]] = (
    Patient,
    PatientClinic,
    ContactPoint,
    Episode,
    PhaseSpell,
    Consent,
    TreatmentCourse,
    TeamMember,
    EpisodeCondition,
    TrackedMeasure,
    TreatmentTarget,
    Contact,
    DangerReport,
    Measurement,
    MeasurementScore,
    Alert,
    AlertEvent,
    Review,
    Recommendation,
    ReviewQuestion,
)
"""What is pointed at stands before what points at it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How much of the crowd a part was, and who of it was first referred to the first clinic."""

    patients: int
    scores: int
    first_clinic: tuple[uuid.UUID, ...]


def store(plan: Plan, numbers: range, *, now: datetime, turn: AbstractContextManager[object]) -> Stored:
    """Plan a part and store it in one transaction, with one event a person. Needs a scope over everybody.

    ``turn`` is taken for as long as the database is written to.
    """
    part, dialect = plan.part(numbers), db.engine.dialect
    bound = [bind_rows(table, part.tables.get(table, ()), dialect) for table in _IN_ORDER]
    with turn, write():
        for rows in bound:
            insert_bound(scope.current(), rows)
        for patient_id in part.numbers:
            clinic_id = part.clinic_of[patient_id]
            record("patient.invented", by=None, patient_id=patient_id, clinic_id=clinic_id, kind="create")
        sites = {site.clinic_id: site for site in plan.sites}
        record_of_danger = [*part.tables.get(Measurement, ()), *part.tables.get(DangerReport, ())]
        shift = Shift(part.numbers, sites, record_of_danger, seed=plan.seed, now=now)
        reconcile_patients(list(part.numbers), now=now, hindsight=shift)
        if shift.dealt_with:
            reconcile_patients(sorted(shift.dealt_with), now=now, hindsight=shift)
    db.session.expunge_all()
    first = plan.sites[0].clinic_id
    return Stored(
        patients=len(part.numbers),
        scores=len(part.tables.get(MeasurementScore, ())),
        first_clinic=tuple(id_ for id_, clinic_id in part.clinic_of.items() if clinic_id == first),
    )
