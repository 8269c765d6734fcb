"""Every page of administration, registered by being imported."""

from __future__ import annotations

from registry.administration.views import (
    alert_load,
    audit_trail,
    chosen_instruments,
    clinics,
    health,
    instrument,
    instruments,
    invitations,
    rule_number,
    rule_numbers,
    signed_figures,
    team,
    try_it,
    users,
)
from registry.administration.views.common import blueprint

__all__ = [
    "alert_load",
    "audit_trail",
    "blueprint",
    "chosen_instruments",
    "clinics",
    "health",
    "instrument",
    "instruments",
    "invitations",
    "rule_number",
    "rule_numbers",
    "signed_figures",
    "team",
    "try_it",
    "users",
]
