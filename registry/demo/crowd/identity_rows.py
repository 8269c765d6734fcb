"""Who somebody is, and how they can be reached, as rows. Pure."""

from __future__ import annotations

from typing import Any

from registry.db.identifiers import new_id
from registry.demo.crowd.ledger import Ledger, Row
from registry.demo.people import Person
from registry.patients.actions import facts_as_columns
from registry.patients.models import ContactPoint, Patient
from registry.patients.rules import fold, fold_phone


def write_identity(ledger: Ledger, person: Person, **columns: Any) -> Row:
    """Begin the record of ``person`` with their own row, and return it. ``columns``: who added them, where, when."""
    patient_id = new_id()
    ledger.about(patient_id)
    patient = ledger.write(Patient, **{**columns, **facts_as_columns(person.facts), "id": patient_id})
    for point in person.contact_points:
        ledger.write(
            ContactPoint,
            kind=point.kind,
            value=point.value,
            folded=fold_phone(point.value) if point.kind == "phone" else fold(point.value),
            note=point.note,
            may_leave_message=point.may_leave_message,
            may_text=point.may_text,
            may_email=point.may_email,
            created_at=patient["created_at"],
        )
    return patient
