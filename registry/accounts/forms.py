"""Signing in, and choosing one's password."""

from __future__ import annotations

from wtforms import EmailField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from registry.accounts.passwords import LONGEST, SHORTEST
from registry.web.form_fields import NoControlCharacters, RegistryForm


class SignInForm(RegistryForm):
    email = EmailField(
        "E-mail address",
        [InputRequired("Enter your e-mail address"), Length(max=200), NoControlCharacters()],
    )
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=LONGEST)])


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired("Enter a new password"), Length(max=LONGEST, message=f"Use at most {LONGEST} characters")],
        description=f"At least {SHORTEST} characters. A few words of your own are easy to remember.",
    )


class ChangePasswordForm(RegistryForm):
    current = PasswordField("Current password", [InputRequired("Enter your current password"), Length(max=LONGEST)])
    new = _new_password("New password")


class OwnPasswordForm(RegistryForm):
    """The first password, which nobody else has known. Typed twice: the link works once."""

    new = _new_password("Your password")
    again = PasswordField("The same password again", [EqualTo("new", message="Type the same password in both fields")])
