"""Every page of administration, registered by being imported."""

from __future__ import annotations

from registry.administration import (
    alert_load_page,
    audit_trail,
    chosen_instruments,
    clinics,
    health,
    instrument_page,
    instruments,
    invitations,
    rule_number_form,
    rule_numbers,
    signed_figures,
    team,
    try_it,
    users,
)
from registry.administration.blueprint import blueprint

__all__ = [
    "alert_load_page",
    "audit_trail",
    "blueprint",
    "chosen_instruments",
    "clinics",
    "health",
    "instrument_page",
    "instruments",
    "invitations",
    "rule_number_form",
    "rule_numbers",
    "signed_figures",
    "team",
    "try_it",
    "users",
]
