"""Commands of the operator."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command groups."""
    from registry.accounts.commands import users
    from registry.audit.commands import audit
    from registry.caseload.commands import caseload
    from registry.clinics.commands import clinics
    from registry.demo.commands import demo
    from registry.exchange.commands import imports
    from registry.jobs.commands import alerts, jobs, serve
    from registry.measurements.commands import instruments, measurements

    for group in (users, clinics, instruments, measurements, caseload, alerts, jobs, audit, imports):
        app.cli.add_command(group)
    app.cli.add_command(demo)
    app.cli.add_command(serve)
