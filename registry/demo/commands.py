"""``flask demo``: an invented clinic to try everything in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import click
from flask import current_app
from flask.cli import with_appcontext

from registry.db import migrate
from registry.demo.clinic import ALL_CLINICS, PASSWORD, SignIn, sign_ins
from registry.demo.fill import HalfFilled, RealPeopleHere, Wish, fill, fill_in_bulk, is_filled

_TOLD_EVERY = 1_000
_MOST_SHOWN = 30


@click.command("demo")
@click.option("--seed", default=1, show_default=True, help="Another number, other people.")
@click.option("--patients", default=200, show_default=True, type=click.IntRange(1, 200_000))
@click.option("--clinics", default=2, show_default=True, type=click.IntRange(1, 200))
@with_appcontext
def demo(seed: int, patients: int, clinics: int) -> None:
    """Invent a clinic with a year of history in an empty database, and say who can sign in.

    Up to 2,000 people in one or two clinics live their year day by day, by the program's own actions. More of either
    are written down in bulk: lives of the same kinds, with what follows from them worked out by the program. There, a
    life drawn once may be lived in up to ten clinics, by people of different names, never twice in one.
    """
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

    def tell_month(day: date) -> None:
        if (day.year, day.month) not in months:
            months.add((day.year, day.month))
            click.echo(f"  {day:%B %Y}")

    thousands = {0}

    def tell_number(stored: int) -> None:
        if stored // _TOLD_EVERY not in thousands or stored == wish.patients:
            thousands.add(stored // _TOLD_EVERY)
            click.echo(f"  {stored:,} of {wish.patients:,} people")

    if wish.is_a_crowd:
        click.echo(f"Inventing {wish.patients:,} people in {wish.clinics} clinics.")
        fill_in_bulk(wish, progress=tell_number)
    else:
        click.echo(f"Inventing {wish.patients} people and living through their year.")
        fill(wish, progress=tell_month)


def _say_who_can_sign_in() -> None:
    everybody = sign_ins()
    rows = [row for row in everybody if row.clinics in _places_shown(everybody)]
    role, email = (max(len(getattr(row, name)) for row in rows) for name in ("role", "email"))
    click.echo("\nEverybody here is invented. Sign in as:\n")
    for row in rows:
        click.echo(f"  {row.role:<{role}}  {row.email:<{email}}  {row.clinics}")
    if len(rows) < len(everybody):
        click.echo(f"  and {len(everybody) - len(rows):,} more, listed for the administrator")
    click.echo(f"\nThe password of all of them: {PASSWORD}")


def _places_shown(rows: Sequence[SignIn]) -> Collection[str]:
    """Every clinic where the list stays short; else those of the organisation, and one clinic of many."""
    places = list(dict.fromkeys(row.clinics for row in rows))
    if len(rows) <= _MOST_SHOWN:
        return places
    return [
        place
        for place in places
        if place == ALL_CLINICS or place == min(each for each in places if each != ALL_CLINICS)
    ]
