"""What is one click away from a sign of danger: the screen, and the safety plan."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from flask_login import current_user

from registry.access.policy import clinics_where
from registry.alerts.models import Alert
from registry.alerts.presenters.words import safety_steps
from registry.alerts.rulebook import RULEBOOK, Family
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.screening import screens_to_do
from registry.contacts.rules import DANGERS
from registry.episodes.models import Episode
from registry.episodes.place import get_clinic_of
from registry.patients.models import Patient

Steps = Sequence[Mapping[str, str]]

_ASKING = frozenset(each.id for each in RULEBOOK if each.family in (Family.SAFETY, Family.SCREEN))
_REPORTED = "safety.reported"
_TO_ONESELF = frozenset(DANGERS[kind].lower() for kind in ("self-harm", "overdose"))
"""Dangers somebody reported that call for asking about suicide; a threat to others or abuse is another talk."""


def steps_after(alert: Alert, patient: Patient, today: date) -> Steps:
    """From an open alert about safety, of somebody alive: what this reader may do now."""
    if alert.closed_at is not None or patient.died_on is not None or not _calls_for_asking(alert):
        return ()
    place = get_clinic_of(patient.id, clinics_where(current_user, "measurement.record"))
    screen = screens_to_do({patient.id: {place.id}}, today).get(patient.id) if place is not None else None
    may_plan = get_clinic_of(patient.id, clinics_where(current_user, "plan.write")) is not None
    return safety_steps(patient, screen, may_plan=may_plan)


def steps_of_day(
    alerts: Iterable[Alert],
    people: Mapping[uuid.UUID, Patient],
    episodes: Mapping[tuple[uuid.UUID, uuid.UUID], Episode],
    today: date,
) -> Mapping[uuid.UUID, Steps]:
    """As ``steps_after`` of many at once: patient → steps, where their care is in a clinic of the reader's."""
    told = {
        each.patient_id: each for each in alerts if _calls_for_asking(each) and people[each.patient_id].died_on is None
    }
    if not told:
        return {}
    clinics = {id_: _clinics_of(each, episodes) for id_, each in told.items()}
    measuring, planning = (clinics_where(current_user, action) for action in ("measurement.record", "plan.write"))
    screens = screens_to_do({id_: own & measuring for id_, own in clinics.items()}, today)
    return {
        id_: safety_steps(
            people[id_],
            screens.get(id_),
            may_plan=bool(own & planning),
            episode=episodes.get((id_, told[id_].clinic_id)),
        )
        for id_, own in clinics.items()
    }


def _calls_for_asking(alert: Alert) -> bool:
    if alert.rule != _REPORTED:
        return alert.rule in _ASKING
    reports = Evidence(alert.evidence).each("reports")
    return "also" in alert.evidence or any(each.text("kind").lower() in _TO_ONESELF for each in reports)


def _clinics_of(alert: Alert, episodes: Collection[tuple[uuid.UUID, uuid.UUID]]) -> frozenset[uuid.UUID]:
    """Where the person is in care; the clinic that answers for the alert, where nowhere."""
    in_care = frozenset(clinic_id for patient_id, clinic_id in episodes if patient_id == alert.patient_id)
    return in_care or frozenset({alert.clinic_id})
