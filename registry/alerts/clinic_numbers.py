"""The numbers in force at a clinic: as shipped, with the clinic's own where it set some."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import bindparam, select

from registry.alerts.models import RuleNumber
from registry.alerts.parameters import ClinicNumber, Numbers, load
from registry.alerts.rulebook import rulebook_fingerprint
from registry.extensions import db
from registry.measurements.instruments import catalogue

_OF_CLINIC = select(RuleNumber.parameter, RuleNumber.value).where(RuleNumber.clinic_id == bindparam("clinic_id"))


@cache
def shipped() -> Numbers:
    """The numbers as shipped, read once per process."""
    return load()


def numbers_at(clinic_id: uuid.UUID) -> Numbers:
    """The numbers in force at the clinic. Raises InvalidParameter when one it set cannot stand."""
    rows = db.session.execute(_OF_CLINIC, {"clinic_id": clinic_id}).all()
    return shipped().at_clinic({row.parameter: ClinicNumber(row.value) for row in rows}) if rows else shipped()


@dataclass(frozen=True, slots=True)
class NumbersInForce:
    """The numbers of each clinic asked for, read once for one look at a person."""

    _known: dict[uuid.UUID, Numbers] = field(default_factory=dict)

    def at(self, clinic_id: uuid.UUID) -> Numbers:
        """As ``numbers_at``."""
        if clinic_id not in self._known:
            self._known[clinic_id] = numbers_at(clinic_id)
        return self._known[clinic_id]


def fingerprint_at(clinic_id: uuid.UUID) -> str:
    """Changes with the rulebook, a number in force at the clinic, or an instrument: then every case is due once."""
    instruments = sorted(f"{each.id}:{each.version}:{each.content_hash}" for each in catalogue().versions())
    lines = "\n".join((rulebook_fingerprint(), numbers_at(clinic_id).fingerprint, *instruments))
    return hashlib.sha256(lines.encode()).hexdigest()
