"""What a command takes of what is typed: no more than the form that asks for the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import click

from registry.web.form_fields import EMAIL_ADDRESS, LINE, is_printable


class _Line(click.ParamType[str]):
    """One line of text that can be read. ``is_required``: blanks alone say nothing."""

    name = "text"

    def __init__(self, *, is_required: bool) -> None:
        self._is_required = is_required

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = value.strip()
        if self._is_required and not text:
            self.fail("Enter some text", param, ctx)
        if len(text) > LINE:
            self.fail(f"Use at most {LINE:,} characters", param, ctx)
        if not is_printable(text):
            self.fail("Remove the characters that cannot be printed", param, ctx)
        return text


class _Email(_Line):
    """An e-mail address."""

    name = "email"

    def __init__(self) -> None:
        super().__init__(is_required=True)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = super().convert(value, param, ctx)
        if not re.search(EMAIL_ADDRESS, text):
            self.fail("Enter an e-mail address, such as name@clinic.org", param, ctx)
        return text


class _WebAddress(_Line):
    """Where people open the program: a scheme and a host, and nothing that would not be in a link to it."""

    name = "address"

    def __init__(self) -> None:
        super().__init__(is_required=True)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = super().convert(value, param, ctx)
        try:
            parts = urlsplit(text)
            is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a bracket or a port that is none
            is_whole = False
        if not is_whole or " " in text:
            self.fail("Enter the address people open, such as https://registry.clinic.org", param, ctx)
        return text


NAME = _Line(is_required=True)
PERHAPS = _Line(is_required=False)
EMAIL = _Email()
WEB_ADDRESS = _WebAddress()
