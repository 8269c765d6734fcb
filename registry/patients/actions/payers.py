"""Who pays for somebody's care, period by period."""

from __future__ import annotations

import uuid

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.errors import PayersOverlap
from registry.patients.facts import PayerFacts
from registry.patients.models import Patient, PayerPeriod
from registry.patients.payers import first_overlap
from registry.patients.queries import list_payers, lock_patient


def add_payer(*, patient: Patient, facts: PayerFacts, by: User) -> PayerPeriod:
    """Raises ``PayersOverlap`` when somebody else is the primary payer on a day of this period."""
    with write():
        lock_patient(patient.id)
        _refuse_overlap(patient.id, facts)
        period = payer_row(patient.id, facts, by=by)
        db.session.add(period)
        record("payer.added", by=by, subject=period, kind="create")
    return period


def change_payer(*, period: PayerPeriod, facts: PayerFacts, opened_version: int | None, by: User) -> None:
    """Correct a period, or say when it ended. Raises ``EditConflict``, ``PayersOverlap``."""
    with write():
        lock_patient(period.patient_id)
        refuse_stale(period, opened_version=opened_version)
        _refuse_overlap(period.patient_id, facts, except_id=period.id)
        _write_facts(period, facts, by=by)
        record("payer.changed", by=by, subject=period)


def payer_row(patient_id: uuid.UUID, facts: PayerFacts, *, by: User | None) -> PayerPeriod:
    """The row of a period."""
    period = PayerPeriod(patient_id=patient_id)
    _write_facts(period, facts, by=by)
    return period


def _refuse_overlap(patient_id: uuid.UUID, facts: PayerFacts, *, except_id: uuid.UUID | None = None) -> None:
    if not facts.is_primary:
        return
    primaries = {
        (row.starts_on, row.ends_on): row for row in list_payers(patient_id) if row.is_primary and row.id != except_id
    }
    in_the_way = first_overlap((facts.starts_on, facts.ends_on), primaries)
    if in_the_way is not None:
        raise PayersOverlap(primaries[in_the_way])


def _write_facts(period: PayerPeriod, facts: PayerFacts, *, by: User | None) -> None:
    period.payer, period.member_number, period.is_primary = facts.payer, facts.member_number, facts.is_primary
    period.starts_on, period.ends_on = facts.starts_on, facts.ends_on
    period.changed_at, period.changed_by_id = clock.now(), by.id if by else None
