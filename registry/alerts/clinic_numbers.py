"""The numbers in force at a clinic: as shipped, with the clinic's own where it set some."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import bindparam, select

from registry.access.reading import Read, rows_of
from registry.alerts.models import AS_SHIPPED, RuleNumber
from registry.alerts.parameters import RESPONSE_TIMES, ClinicNumber, Numbers, Parameter, load
from registry.alerts.rulebook import rulebook_fingerprint
from registry.db.word import word
from registry.episodes.scales import scales_in_force
from registry.extensions import db
from registry.measurements.instruments import catalogue

DECIDED = select(RuleNumber.clinic_id, RuleNumber.parameter, RuleNumber.value, RuleNumber.signed_edition).where(
    RuleNumber.choice != word(AS_SHIPPED)
)
_OF_CLINIC = DECIDED.where(RuleNumber.clinic_id == bindparam("clinic_id"))


@cache
def shipped() -> Numbers:
    """The numbers as shipped, of the rules and of how soon an alert is answered; read once per process."""
    return Numbers({**load().parameters, **_answering().parameters})


@cache
def _answering() -> Numbers:
    return load(RESPONSE_TIMES)


def answering_numbers() -> Sequence[Parameter]:
    """The numbers of how soon an alert is answered, which no rule reads."""
    return list(_answering().parameters.values())


def numbers_at(clinic_id: uuid.UUID) -> Numbers:
    """The numbers in force at the clinic; where one it set can no longer stand, the number as shipped."""
    rows = db.session.execute(_OF_CLINIC, {"clinic_id": clinic_id}).all()
    decided = {row.parameter: ClinicNumber(row.value, row.signed_edition) for row in rows}
    return shipped().at_clinic_today(decided) if decided else shipped()


@dataclass(slots=True)
class NumbersInForce:
    """The numbers of each clinic, read once for one look at some people."""

    read: Read = rows_of
    _decided: Mapping[uuid.UUID, Mapping[str, ClinicNumber]] | None = None
    _known: dict[uuid.UUID, Numbers] = field(default_factory=dict)

    def at(self, clinic_id: uuid.UUID) -> Numbers:
        """As ``numbers_at``."""
        if self._decided is None:
            self._decided = _decided_anywhere(self.read)
        known = self._known.get(clinic_id)
        if known is None:
            decided = self._decided.get(clinic_id)
            known = self._known[clinic_id] = shipped().at_clinic_today(decided) if decided else shipped()
        return known


def list_fallen() -> list[tuple[uuid.UUID, str]]:
    """Clinic and parameter of every decision on record that can no longer stand."""
    return [
        (clinic_id, id_)
        for clinic_id, decided in _decided_anywhere().items()
        for id_, decision in decided.items()
        if not shipped().stands(id_, decision)
    ]


def _decided_anywhere(read: Read = rows_of) -> dict[uuid.UUID, dict[str, ClinicNumber]]:
    decided: dict[uuid.UUID, dict[str, ClinicNumber]] = defaultdict(dict)
    for row in read(DECIDED, {}):
        decided[row.clinic_id][row.parameter] = ClinicNumber(row.value, row.signed_edition)
    return decided


def fingerprint_at(clinic_id: uuid.UUID) -> str:
    """Changes with the rulebook, an instrument, or a number in force at the clinic: then every case is due once."""
    instruments = sorted(f"{each.id}:{each.version}:{each.content_hash}" for each in catalogue().versions())
    signed = scales_in_force().at(clinic_id).adopted
    adopted = sorted(f"{each.scale}:{each.figure}:{each.version}" for each in signed)
    lines = "\n".join((rulebook_fingerprint(), numbers_at(clinic_id).fingerprint, *instruments, *adopted))
    return hashlib.sha256(lines.encode()).hexdigest()
