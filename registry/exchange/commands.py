"""``flask import``: measurements from a file, by a mapping."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from registry.exchange import mapping
from registry.exchange.importing import Overtaken, Tally, rehearse, run
from registry.exchange.mapping import MappingError
from registry.exchange.preparing import CannotImport, Prepared, prepare
from registry.exchange.quarantine import quarantine_file
from registry.exchange.reading import UnreadableFile, open_table

PATH = click.Path(path_type=Path)

imports = AppGroup("import", help="Bring in what other programs hold.")


@imports.command("measurements")
@click.argument("file", type=PATH)
@click.option("--mapping", "mapping_path", type=PATH, required=True, help="What the columns mean (TOML).")
@click.option("--commit", is_flag=True, help="Store. Without it nothing is stored: the import is only rehearsed.")
@click.option("--quarantine", type=PATH, help="Where refused rows go. [default: FILE.quarantine.csv]")
@click.option("--clinic", help="Name of the clinic, when the mapping names none or another is meant.")
def measurements(file: Path, mapping_path: Path, commit: bool, quarantine: Path | None, clinic: str | None) -> None:
    """Import the measurements of FILE. Run it again after an interruption: nothing is stored twice."""
    try:
        prepared = prepare(file, mapping.load(mapping_path), clinic_name=clinic)
    except UnreadableFile as error:
        raise click.ClickException(f"{file}: {error}") from None
    except (MappingError, CannotImport) as error:
        raise click.ClickException(str(error)) from None
    aside = quarantine or file.with_name(f"{file.name}.quarantine.csv")
    try:
        tally = _import(prepared, aside, commit=commit)
    except Overtaken as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        reason = f"{aside} cannot be written ({error.strerror}): name another with --quarantine"
        raise click.ClickException(reason) from None
    _report(tally, aside, commit=commit)


def _import(prepared: Prepared, aside: Path, *, commit: bool) -> Tally:
    act = run if commit else rehearse
    with (
        quarantine_file(aside, prepared.header) as quarantine,
        open_table(prepared.path) as table,
        click.progressbar(length=prepared.rows, label="Importing" if commit else "Rehearsing") as bar,
    ):
        return act(prepared.plan, map(prepared.judge.judge, table.rows), quarantine=quarantine, progress=bar.update)


def _report(tally: Tally, aside: Path, *, commit: bool) -> None:
    verb = "imported" if commit else "would be imported"
    click.echo(f"{tally.rows_read} rows read")
    click.echo(f"{tally.imported} {verb} ({tally.people_added} people added, {tally.people_enrolled} enrolled)")
    click.echo(f"{tally.already_there} already there")
    click.echo(f"{tally.quarantined} quarantined" + (f": {aside}" if tally.quarantined else ""))
    if not commit:
        click.echo("Nothing was stored. Run again with --commit to store it.")
