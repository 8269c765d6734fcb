"""``flask demo``: an invented clinic to try everything in."""

from __future__ import annotations

from datetime import date

import click
from flask import current_app
from flask.cli import with_appcontext

from registry.db import migrate
from registry.demo.clinic import PASSWORD, sign_ins
from registry.demo.fill import HalfFilled, RealPeopleHere, Wish, fill, is_filled


@click.command("demo")
@click.option("--seed", default=1, show_default=True, help="Another number, other people.")
@click.option("--patients", default=200, show_default=True, type=click.IntRange(1, 2_000))
@click.option("--clinics", default=2, show_default=True, type=click.IntRange(1, 2))
@with_appcontext
def demo(seed: int, patients: int, clinics: int) -> None:
    """Invent a clinic with a year of history in an empty database, and say who can sign in."""
    settings = current_app.config["SETTINGS"]
    if not settings.is_demo:
        raise click.ClickException("The demo needs its own database: set REGISTRY_ENV=demo")
    migrate.upgrade(settings)
    try:
        if not is_filled():
            _fill(Wish(seed=seed, patients=patients, clinics=clinics))
    except RealPeopleHere as refusal:
        raise click.ClickException(str(refusal)) from None
    except HalfFilled as refusal:
        raise click.ClickException(f"{refusal}. Delete {settings.data_folder} and start again") from None
    _say_who_can_sign_in()


def _fill(wish: Wish) -> None:
    months: set[tuple[int, int]] = set()
    click.echo(f"Inventing {wish.patients} people and living through their year.")

    def tell_month(day: date) -> None:
        if (day.year, day.month) not in months:
            months.add((day.year, day.month))
            click.echo(f"  {day:%B %Y}", nl=True)

    fill(wish, progress=tell_month)


def _say_who_can_sign_in() -> None:
    rows = sign_ins()
    role, email = (max(len(getattr(row, name)) for row in rows) for name in ("role", "email"))
    click.echo("\nEverybody here is invented. Sign in as:\n")
    for row in rows:
        click.echo(f"  {row.role:<{role}}  {row.email:<{email}}  {row.clinics}")
    click.echo(f"\nThe password of all of them: {PASSWORD}")
