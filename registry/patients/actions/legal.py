"""Under which law somebody is treated."""

from __future__ import annotations

from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.errors import LegalStatusBefore
from registry.patients.facts import LegalStatusFacts
from registry.patients.models import LegalStatus, Patient
from registry.patients.queries import get_legal_status_in_force, lock_patient
from registry.patients.signals import tell_attention_may_change


def set_legal_status(*, patient: Patient, facts: LegalStatusFacts, by: User) -> LegalStatus:
    """From ``facts.starts_on`` on this holds; what held before ends that day.

    Raises ``LegalStatusBefore`` when what holds now began later.
    """
    with write():
        lock_patient(patient.id)
        before = get_legal_status_in_force(patient.id)
        if before is not None:
            if facts.starts_on < before.starts_on:
                raise LegalStatusBefore(before.starts_on)
            _end(before, on=facts.starts_on, why="Another legal status began", by=by)
            db.session.flush()  # one is over before the next begins
        status = LegalStatus(patient_id=patient.id)
        _write_facts(status, facts, by=by)
        db.session.add(status)
        record("legal-status.set", by=by, subject=status, kind="create")
        tell_attention_may_change(patient.id)
    return status


def change_legal_status(*, status: LegalStatus, facts: LegalStatusFacts, opened_version: int | None, by: User) -> None:
    """Correct or complete what was written down. Raises ``EditConflict``."""
    with write():
        refuse_stale(status, opened_version=opened_version)
        _write_facts(status, facts, by=by)
        record("legal-status.changed", by=by, subject=status)
        tell_attention_may_change(status.patient_id)


def end_legal_status(*, status: LegalStatus, on: date, why: str, opened_version: int | None, by: User) -> None:
    """It holds no longer from ``on``. Raises ``EditConflict``; ``LegalStatusBefore`` for a day before it began."""
    with write():
        refuse_stale(status, opened_version=opened_version)
        if on < status.starts_on:
            raise LegalStatusBefore(status.starts_on)
        _end(status, on=on, why=why, by=by)
        record("legal-status.ended", by=by, subject=status, reason=why)
        tell_attention_may_change(status.patient_id)


def void_legal_status(*, status: LegalStatus, why: str, opened_version: int | None, by: User) -> None:
    """It was entered in error: kept, and counted nowhere. Raises ``EditConflict``."""
    with write():
        refuse_stale(status, opened_version=opened_version)
        status.error_why = why
        status.changed_at, status.changed_by_id = clock.now(), by.id
        record("legal-status.entered-in-error", by=by, subject=status, reason=why)
        tell_attention_may_change(status.patient_id)


def _end(status: LegalStatus, *, on: date, why: str, by: User) -> None:
    status.ended_on, status.ended_why = on, why
    status.changed_at, status.changed_by_id = clock.now(), by.id


def _write_facts(status: LegalStatus, facts: LegalStatusFacts, *, by: User) -> None:
    status.kind = facts.kind
    status.starts_on = facts.starts_on
    status.expires_on = facts.expires_on
    status.order_words = facts.order_words
    status.changed_at, status.changed_by_id = clock.now(), by.id
