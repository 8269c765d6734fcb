"""Every page of administration, registered by being imported."""

from __future__ import annotations

from registry.administration import (
    alert_load_page,
    audit_trail,
    clinics,
    instruments,
    invitations,
    rule_numbers,
    team,
    users,
)
from registry.administration.blueprint import blueprint

__all__ = [
    "alert_load_page",
    "audit_trail",
    "blueprint",
    "clinics",
    "instruments",
    "invitations",
    "rule_numbers",
    "team",
    "users",
]
