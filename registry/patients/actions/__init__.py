"""What can be written about who somebody is: each verb one transaction, one audit event."""

from registry.patients.actions.directive import note_directive
from registry.patients.actions.identity import (
    add_contact_point,
    add_patient,
    change_contact_point,
    change_patient,
    end_contact_point,
    facts_as_columns,
)
from registry.patients.actions.legal import change_legal_status, end_legal_status, set_legal_status, void_legal_status
from registry.patients.actions.payers import add_payer, change_payer
from registry.patients.actions.related import add_related_person, change_related_person, end_relation

__all__ = [
    "add_contact_point",
    "add_patient",
    "add_payer",
    "add_related_person",
    "change_contact_point",
    "change_legal_status",
    "change_patient",
    "change_payer",
    "change_related_person",
    "end_contact_point",
    "end_legal_status",
    "end_relation",
    "facts_as_columns",
    "note_directive",
    "set_legal_status",
    "void_legal_status",
]
