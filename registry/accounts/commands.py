"""``flask users``: the first administrator, roles across organisations, and the way around a lost password."""

from __future__ import annotations

import click
from flask import current_app, url_for
from flask.cli import AppGroup
from sqlalchemy import select

from registry import clock
from registry.access.roles import Role
from registry.accounts import actions, invitations, queries
from registry.accounts.models import User
from registry.clinics.models import Clinic, Organisation
from registry.extensions import db
from registry.web.command_line import EMAIL, NAME, WEB_ADDRESS

users = AppGroup("users", help="People who sign in.")

_role = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
_clinic = click.option("--clinic", required=True, help="Name of the clinic.")
_organisation = click.option("--organisation", default="", help="Whose clinic, where two have one of that name.")
_address = click.option(
    "--address",
    type=WEB_ADDRESS,
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Where people open it.",
)


@users.command("add")
@click.argument("email", type=EMAIL)
@click.option("--name", type=NAME, required=True)
@_role
@_clinic
@_organisation
@_address
def add(email: str, name: str, role: str, clinic: str, organisation: str, address: str) -> None:
    """Make a user with a role in a clinic, and print the one-time link with which they set their password."""
    place = _find_clinic(clinic, organisation)
    try:
        _user, token = invitations.invite(
            name=name, email=email, clinic_id=place.id, role=Role(role), starts_on=place.today(clock.now()), by=None
        )
    except actions.DuplicateEmail:
        raise click.ClickException(f"Somebody with the address {email} has an account") from None
    click.echo(f"{name} is {role} of {clinic}, once a password is set.")
    _print_link(token, address)


@users.command("link")
@click.argument("email")
@_address
def link(email: str, address: str) -> None:
    """Print a new one-time link, for a lost link or a lost password. Using it ends every session of the user."""
    token = invitations.renew(_find_user(email), by=None)
    _print_link(token, address)


@users.command("role")
@click.argument("email")
@_role
@_clinic
@_organisation
def role(email: str, role: str, clinic: str, organisation: str) -> None:
    """Give a role to somebody who has an account, perhaps in another organisation."""
    user, place = _find_user(email), _find_clinic(clinic, organisation)
    actions.give_role(user, clinic_id=place.id, role=Role(role), starts_on=place.today(clock.now()), by=None)
    click.echo(f"{email} is {role} of {clinic}.")


def _find_user(email: str) -> User:
    user = queries.get_user_by_email(email)
    if user is None:
        raise click.ClickException("Nobody has this e-mail address")
    return user


def _find_clinic(name: str, organisation: str) -> Clinic:
    wanted = select(Clinic).where(Clinic.name == name)
    if organisation:
        wanted = wanted.join(Organisation).where(Organisation.name == organisation)
    places = db.session.scalars(wanted.limit(2)).all()
    if not places:
        raise click.ClickException(f"There is no clinic named {name}. Make it with: flask clinics add")
    if len(places) > 1:
        raise click.ClickException(f"Several organisations have a clinic named {name}: say which with --organisation")
    return places[0]


def _print_link(token: str, address: str) -> None:
    """The one time it is shown: only its digest is stored."""
    with current_app.test_request_context(base_url=address):
        found = url_for("accounts.take_up", token=token, _external=True)
    hours = int(invitations.LASTS.total_seconds() // 3600)
    click.echo(f"Open this within {hours} hours to set the password; it works once:\n{found}")
