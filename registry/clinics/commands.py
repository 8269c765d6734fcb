"""``flask clinics``: the first organisation and its clinics."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from registry.clinics import actions, queries
from registry.clinics.rules import WEEKDAYS, WrongHours, is_time_zone, read_intervals
from registry.web.command_line import NAME, PERHAPS

clinics = AppGroup("clinics", help="Organisations and clinics.")


@clinics.command("add")
@click.argument("name", type=NAME)
@click.option("--organisation", type=NAME, required=True, help="Made when there is none of this name.")
@click.option("--zone", required=True, help="Time zone, such as America/New_York.")
@click.option("--hours", default="08:30-17:00", show_default=True, help="Monday to Friday.")
@click.option("--phone", type=PERHAPS, default="")
def add(name: str, organisation: str, zone: str, hours: str, phone: str) -> None:
    """Make a clinic."""
    if not is_time_zone(zone):
        raise click.BadParameter(f"{zone} is no time zone; write it like America/New_York")
    try:
        intervals = read_intervals(hours)
    except WrongHours as problem:
        raise click.BadParameter(str(problem)) from None
    owner = next((each for each in queries.list_organisations() if each.name == organisation), None)
    if owner is None:
        owner = actions.add_organisation(name=organisation, time_zone=zone, by=None)
    week = dict.fromkeys(list(WEEKDAYS)[:5], intervals)
    facts = actions.ClinicFacts(name=name, time_zone=zone, opening_hours=week, phone=phone)
    try:
        actions.add_clinic(organisation=owner, facts=facts, by=None)
    except actions.DuplicateClinic:
        raise click.ClickException(f"{organisation} has a clinic named {name}") from None
    click.echo(f"{name} is ready. Add people with: flask users add")
