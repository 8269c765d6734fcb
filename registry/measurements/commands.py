"""``flask instruments`` and ``flask measurements``: what is measured with, and whether it adds up."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from registry.access import scope
from registry.measurements import instruments as known
from registry.measurements.verification import differences

instruments = AppGroup("instruments", help="Instrument files and what the database knows of them.")
measurements = AppGroup("measurements", help="Stored measures.")


@instruments.command("check")
def check() -> None:
    """Read every instrument file and name each line that is wrong."""
    errors = known.definition_errors()
    for error in errors:
        click.echo(str(error), err=True)
    if errors:
        raise SystemExit(1)
    for each in known.catalogue().versions():
        safety = ", ".join(item.number for item in each.safety_items)
        click.echo(f"{each.id} version {each.version}{f', safety item {safety}' if safety else ''}")


@instruments.command("sync")
def sync() -> None:
    """Tell the database of new instrument versions and of the answers that alert by themselves."""
    try:
        added = known.sync_instruments()
    except (known.ChangedInstrument, known.DefinitionError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("\n".join(f"{name} is now in use." for name in added) or "Nothing new.")


@measurements.command("verify")
def verify() -> None:
    """Work out every score, safety signal and standing from the answers, and print each difference."""
    found = 0
    with scope.all_patients(reason="flask measurements verify"):
        for difference in differences():
            found += 1
            click.echo(str(difference))
    if found:
        raise SystemExit(1)
    click.echo("Everything stored is what the answers say.")
