"""A command refuses what the form that asks for the same would refuse."""

from __future__ import annotations

from typing import Any

import click
import pytest

from registry.accounts.commands import users
from registry.clinics.commands import clinics
from registry.web.command_line import EMAIL, NAME, PERHAPS, WEB_ADDRESS


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        (NAME, " \t ", "Enter some text"),
        (NAME, "x" * 201, "Use at most 200 characters"),
        (NAME, "\x1b[31mHarbor", "cannot be printed"),
        (PERHAPS, "\udcff", "cannot be printed"),
        (NAME, "Har\u200bbor", "cannot be printed"),
        (NAME, "\u202eroberaH", "cannot be printed"),
        (EMAIL, "nonsense", "Enter an e-mail address"),
        (EMAIL, "two words@clinic.example", "Enter an e-mail address"),
        (EMAIL, "dr.x@clinic.example,me@elsewhere.example", "Enter an e-mail address"),
        (EMAIL, "Dr.X<me@elsewhere.example>", "Enter an e-mail address"),
        (EMAIL, '"me@elsewhere.example"@clinic.example', "Enter an e-mail address"),
        (WEB_ADDRESS, "", "Enter some text"),
        (WEB_ADDRESS, "registry.clinic.example", "Enter the address people open"),
        (WEB_ADDRESS, "file:///etc/passwd", "Enter the address people open"),
        (WEB_ADDRESS, "https://[", "Enter the address people open"),
        (WEB_ADDRESS, "https://clinic.example:port", "Enter the address people open"),
    ],
)
def test_what_cannot_be_is_refused_in_words(kind: Any, typed: str, says: str) -> None:
    with pytest.raises(click.BadParameter, match=says):
        kind.convert(typed, None, None)


@pytest.mark.parametrize(
    ("kind", "typed", "taken"),
    [
        (NAME, " Nhà Bà Nữ ", "Nhà Bà Nữ"),
        (NAME, "می\u200cخواهم", "می\u200cخواهم"),
        (PERHAPS, "", ""),
        (EMAIL, "ana@clinic.example", "ana@clinic.example"),
        (WEB_ADDRESS, "https://registry.clinic.example:8443/care", "https://registry.clinic.example:8443/care"),
    ],
)
def test_what_can_be_is_taken_without_the_blanks_around_it(kind: Any, typed: str, taken: str) -> None:
    assert kind.convert(typed, None, None) == taken


@pytest.mark.parametrize(
    ("group", "stored"), [(users, {"email", "name", "address"}), (clinics, {"name", "organisation", "phone"})]
)
def test_everything_that_is_stored_is_checked(group: click.Group, stored: set[str]) -> None:
    checked = {each.name for each in group.commands["add"].params if each.type in (NAME, PERHAPS, EMAIL, WEB_ADDRESS)}

    assert checked == stored
