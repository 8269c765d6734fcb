"""Clinics of the crowd and who works there, as values: what another process can be told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from registry.alerts.hours.opening_hours import OpeningHours, read_hours


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody on the staff. Serves as the actor of an event."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Site:
    """One clinic with its staff by role, and its local date while the crowd is invented."""

    clinic_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    time_zone: str
    opening_hours: Mapping[str, Any]
    today: date
    staff: Mapping[str, tuple[Worker, ...]]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def hours(self) -> OpeningHours:
        return read_hours(self.opening_hours)

    def some(self, role: str, number: int) -> Worker:
        """The ``number``-th person of this role, counted round: everybody has a caseload of the same size."""
        people = self.staff[role]
        return people[number % len(people)]

    def instant(self, on: date, at: time) -> datetime:
        """The instant of a local day and time."""
        return datetime.combine(on, at, tzinfo=self.zone).astimezone(UTC)
