"""When a clinic is open, and how soon it answers its alerts, as stored now."""

from __future__ import annotations

from datetime import date

from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.hours.opening_hours import OpeningHours, read_hours
from registry.alerts.hours.response_times import ResponseTimes
from registry.alerts.parameters import Numbers
from registry.clinics.models import Clinic


def closed_on(clinic: Clinic) -> frozenset[date]:
    """The local days on which the clinic is closed whatever the weekday."""
    return frozenset(closure.day for closure in clinic.closures)


def hours_of(clinic: Clinic) -> OpeningHours:
    """The clinic's week, and the days it is closed."""
    return read_hours(clinic.opening_hours, closed_on=closed_on(clinic))


def response_times_of(clinic: Clinic, numbers: Numbers | None = None) -> ResponseTimes:
    """How soon the clinic answers; ``numbers`` are its own, where they have been read already."""
    return ResponseTimes(hours_of(clinic), clinic.zone, numbers_at(clinic.id) if numbers is None else numbers)
