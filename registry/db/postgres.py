"""PostgreSQL: two roles, the scope told to every transaction, and waits that end."""

from __future__ import annotations

from typing import Any

OWNER_ROLE = "registry_owner"
APP_ROLE = "registry_app"
"""Connects the program: no superuser, no BYPASSRLS, owns nothing."""

AUDIT_LOCK = 0x41554449
"""Advisory lock under which audit events are appended, one transaction at a time."""


def connect_args() -> dict[str, Any]:
    """What every connection is opened with."""
    return {
        "application_name": "registry",
        "prepare_threshold": 5,
        "options": "-c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=300000",
    }
