"""PostgreSQL: two roles, the scope told to every transaction, and waits that end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

OWNER_ROLE = "registry_owner"
APP_ROLE = "registry_app"
"""Connects the program: no superuser, no BYPASSRLS, owns nothing."""

AUDIT_LOCK = 0x41554449
"""Advisory lock under which audit events are appended, one transaction at a time."""

PANEL_LOCK = 0x50414E4C
"""Advisory lock under which the people of a panel are counted to be kept."""

PREPARED_STATEMENTS = 500
"""How many a connection keeps planned; the driver would keep 100, and a day's pages have more."""

_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "300s",
    # Under row-level security a small statement is planned for longer than it runs: it is planned once.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "random_page_cost": "1.1",
}


def connect_args() -> dict[str, Any]:
    """What every connection is opened with."""
    return {
        "application_name": "registry",
        "prepare_threshold": 2,
        "options": " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items()),
    }


def has_failed(connection: sa.Connection) -> bool:
    """Whether the running transaction met an error, and takes nothing but a rollback."""
    driver = connection.connection.driver_connection
    return driver is not None and driver.info.transaction_status.name == "INERROR"


def prepare(engine: sa.Engine) -> None:
    """Put on every connection of ``engine`` what cannot be said in its address."""

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.prepared_max = PREPARED_STATEMENTS
