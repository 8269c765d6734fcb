"""One part of a crowd into the database: its rows, what follows from them, and what the staff did about that."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import insert_bound
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.audit.recorder import record
from registry.contacts.models import Contact, DangerReport
from registry.db.base import Base
from registry.db.transaction import write
from registry.demo.crowd.planning import Part
from registry.demo.crowd.shift import Shift
from registry.demo.crowd.sites import Site
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


def store(part: Part, sites: Mapping[uuid.UUID, Site], *, seed: int, now: datetime) -> None:
    """Store a part in one transaction, with one event a person. Needs a scope over everybody."""
    with write():
        for table in _IN_ORDER:
            insert_bound(scope.current(), table, part.tables.get(table, ()))
        for patient_id in part.numbers:
            clinic_id = part.clinic_of[patient_id]
            record("patient.invented", by=None, patient_id=patient_id, clinic_id=clinic_id, kind="create")
        shift = Shift(part.numbers, sites, seed=seed, now=now)
        with shift.at_work():
            reconcile_patients(list(part.numbers), now=now)
            if shift.dealt_with:
                reconcile_patients(sorted(shift.dealt_with), now=now)
    db.session.expunge_all()
