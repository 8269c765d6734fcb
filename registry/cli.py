"""Commands of the operator."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command groups."""
    from registry.accounts.commands import users
    from registry.audit.commands import audit
    from registry.clinics.commands import clinics

    for group in (users, clinics, audit):
        app.cli.add_command(group)
