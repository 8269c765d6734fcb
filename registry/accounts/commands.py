"""``flask users``: the first administrator, and the operator's ways around a lost password."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from registry import clock
from registry.access.roles import Role
from registry.accounts import actions, queries
from registry.clinics.models import Clinic
from registry.extensions import db

users = AppGroup("users", help="People who sign in.")


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--clinic", required=True, help="Name of the clinic.")
@click.password_option(help="Asked for when not given.")
def add(email: str, name: str, role: str, clinic: str, password: str) -> None:
    """Make a user with a role in a clinic; the password is changed at the first sign-in."""
    place = db.session.scalars(select(Clinic).where(Clinic.name == clinic)).one_or_none()
    if place is None:
        raise click.ClickException(f"There is no clinic named {clinic}. Make it with: flask clinics add")
    clinic_id, today = place.id, place.today(clock.now())
    try:
        user = actions.add_user(name=name, email=email, password=password, by=None)
    except actions.WeakPassword as problem:
        raise click.ClickException(str(problem)) from None
    except actions.DuplicateEmail:
        raise click.ClickException(f"Somebody with the address {email} has an account") from None
    actions.give_role(user, clinic_id=clinic_id, role=Role(role), starts_on=today, by=None)
    click.echo(f"{name} can sign in as {role} of {clinic}.")


@users.command("password")
@click.argument("email")
@click.password_option()
def password(email: str, password: str) -> None:
    """Set a password and end every session of the user."""
    user = queries.get_user_by_email(email)
    if user is None:
        raise click.ClickException("Nobody has this e-mail address")
    try:
        actions.change_password(user, new_password=password, by=None)
    except actions.WeakPassword as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("Changed. The user chooses a new one at the next sign-in.")
