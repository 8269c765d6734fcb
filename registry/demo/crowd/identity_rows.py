"""Who somebody is, how they can be reached and who pays, as rows. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.db.identifiers import new_id
from registry.demo.crowd.ledger import Ledger, Row
from registry.demo.people import Person
from registry.patients.actions import facts_as_columns
from registry.patients.models import ContactPoint, Patient, PayerPeriod
from registry.patients.rules import fold, fold_phone


def write_identity(ledger: Ledger, person: Person, *, since: date, **columns: Any) -> Row:
    """Begin the record of ``person`` with their own row, and return it.

    ``since`` is the day they were added, by the clinic's calendar; ``columns`` say who added them, where, and when.
    """
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
            added_on=since,
            created_at=patient["created_at"],
            changed_at=patient["created_at"],
            changed_by_id=patient["created_by_id"],
        )
    if person.facts.payer:
        ledger.write(
            PayerPeriod,
            payer=person.facts.payer,
            starts_on=since,
            changed_at=patient["created_at"],
            changed_by_id=patient["created_by_id"],
        )
    return patient
