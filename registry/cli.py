"""Commands of the operator."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask


class _PrintableText(click.ParamType[str]):
    """One line somebody can read: no control characters, and no bytes that are no text in this terminal."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.isprintable():
            self.fail("holds characters that cannot be printed, or is not in UTF-8", param, ctx)
        return text


_TEXT = _PrintableText()


def init_app(app: Flask) -> None:
    """Add the command groups."""
    from registry.accounts.commands import users
    from registry.audit.commands import audit
    from registry.caseload.commands import caseload
    from registry.clinics.commands import clinics
    from registry.demo.commands import demo
    from registry.exchange.commands import imports
    from registry.exchange.instrument_commands import export, score
    from registry.jobs.commands import alerts, jobs, serve
    from registry.measurements.commands import instruments, measurements

    instruments.add_command(score)
    instruments.add_command(export)
    for group in (users, clinics, instruments, measurements, caseload, alerts, jobs, audit, imports, demo, serve):
        _take_printable_text(group)
        app.cli.add_command(group)


def _take_printable_text(command: click.Command) -> None:
    """Have every option of ``command`` that is a text refuse what no database stores, as a usage error."""
    for parameter in command.params:
        if parameter.type is click.STRING:
            parameter.type = _TEXT
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _take_printable_text(below)
