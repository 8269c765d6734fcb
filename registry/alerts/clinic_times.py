"""When a clinic is open, and how soon it answers its alerts, as stored now."""

from __future__ import annotations

from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.opening_hours import OpeningHours, read_hours
from registry.alerts.parameters import Numbers
from registry.alerts.response_times import ResponseTimes
from registry.clinics.models import Clinic


def hours_of(clinic: Clinic) -> OpeningHours:
    """The clinic's week."""
    return read_hours(clinic.opening_hours)


def response_times_of(clinic: Clinic, numbers: Numbers | None = None) -> ResponseTimes:
    """How soon the clinic answers; ``numbers`` are its own, where they have been read already."""
    return ResponseTimes(hours_of(clinic), clinic.zone, numbers_at(clinic.id) if numbers is None else numbers)
