"""Filling in a form as a browser does: open the page, keep its hidden fields, send what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from tests.pages import soup

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

Values = dict[str, str | list[str]]


def read(response: TestResponse) -> BeautifulSoup:
    return soup(response)


def words(response: TestResponse) -> str:
    """What the page says, without its markup."""
    return read(response).get_text(" ", strip=True)


def fields_of(page: BeautifulSoup, *, action: str = "") -> Values:
    """Names and values of a page's form as a browser would send it untouched: the one in the content, or by action."""
    form = page.select_one(f'form[action="{action}"]' if action else "#main form[method=post]:not([role=search])")
    assert form is not None, "no form on the page"
    values: Values = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        for value in _values(field):
            held = values.setdefault(str(field["name"]), [])
            assert isinstance(held, list)
            held.append(value)
    return values


def _values(field: Tag) -> list[str]:
    if field.name == "select":
        chosen = field.select("option[selected]")
        return [str(option.get("value", "")) for option in chosen]
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
        return []
    return [str(field.get("value", ""))]


def fill(client: FlaskClient, url: str, **typed: str | list[str]) -> TestResponse:
    """Open ``url``, type, and send. What is not named stays as the page offered it."""
    opened = client.get(url)
    assert opened.status_code == 200, opened.status_code
    return client.post(url, data=fields_of(read(opened)) | typed)
