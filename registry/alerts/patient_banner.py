"""What every page about a person says at the top: their one open safety alert."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask_login import current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from registry import clock
from registry.access.policy import clinics_where
from registry.alerts.models import Alert
from registry.alerts.presenters.words import alert_url, banner, closed_banner
from registry.clinics.models import Clinic
from registry.episodes.place import get_clinic_of
from registry.extensions import db
from registry.patients.safety_banner import SafetyBanner

# Made once: building a statement costs more than running it.
_OPEN_SAFETY = (
    select(Alert, Clinic)
    .join(Clinic, Clinic.id == Alert.clinic_id)
    .where(Alert.patient_id == bindparam("patient_id"), Alert.is_safety, Alert.closed_at.is_(None))
    .options(joinedload(Alert.owner))
)


def tell_patient_banner(patient_id: uuid.UUID) -> SafetyBanner | None:
    """The banner of the person's open safety alert. One statement when there is none."""
    found = db.session.execute(_OPEN_SAFETY, {"patient_id": patient_id}).one_or_none()
    if found is None:
        return None
    alert, clinic = found
    now = clock.now()
    if not _may_read_alerts_of(patient_id):
        return closed_banner(alert, clinic.today(now))
    return replace(banner(alert, clinic, now), url=alert_url(alert))


def _may_read_alerts_of(patient_id: uuid.UUID) -> bool:
    """Whether the reader's roles open the alerts of a clinic that sees this person."""
    clinics = clinics_where(current_user, "alert.read")
    return bool(clinics) and get_clinic_of(patient_id, clinics) is not None
