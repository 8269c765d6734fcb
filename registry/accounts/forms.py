"""Signing in, and changing one's password."""

from __future__ import annotations

from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from registry.accounts.passwords import LONGEST, SHORTEST
from registry.web.form_fields import NoControlCharacters, RegistryForm


class SignInForm(RegistryForm):
    email = EmailField(
        "E-mail address",
        [InputRequired("Enter your e-mail address"), Length(max=200), NoControlCharacters()],
    )
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=LONGEST)])


class ChangePasswordForm(RegistryForm):
    current = PasswordField("Current password", [InputRequired("Enter your current password"), Length(max=LONGEST)])
    new = PasswordField(
        "New password",
        [InputRequired("Enter a new password"), Length(max=LONGEST, message=f"Use at most {LONGEST} characters")],
        description=f"At least {SHORTEST} characters. A few words of your own are easy to remember.",
    )
