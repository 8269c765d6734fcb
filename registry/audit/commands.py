"""``flask audit``: reading the chain from end to end."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from registry.audit.chain import verify
from registry.audit.queries import iterate_links

audit = AppGroup("audit", help="The audit trail.")

LONGEST_NUMBER = 18
"""Digits of an event's number: more are in no database."""


@audit.command("verify")
@click.option("--anchor", help="NUMBER:HASH kept outside the database, to find a cut end.")
def verify_chain(anchor: str | None) -> None:
    """Read every event; end with status 1 when one was changed, is missing, or was cut off."""
    key = current_app.config["SETTINGS"].audit_key.encode()
    result = verify(iterate_links(), key=key, anchor=_parse(anchor))
    for broken in result.breaks[:20]:
        click.echo(f"event {broken.number} {broken.why}", err=True)
    if not result.holds:
        raise SystemExit(1)
    click.echo(f"{result.events:,} events, unbroken. Anchor to keep elsewhere: {result.events}:{result.head}")


def _parse(anchor: str | None) -> tuple[int, str] | None:
    if anchor is None:
        return None
    number, _, digest = anchor.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER) or len(digest) != 64:
        raise click.BadParameter("an anchor is NUMBER:HASH")
    return int(number), digest
