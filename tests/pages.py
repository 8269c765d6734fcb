"""Reading the pages a test client receives, and sending their forms the way a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, str | list[str]]


def soup(page: TestResponse) -> BeautifulSoup:
    """The page, its elements as a browser would see them."""
    return BeautifulSoup(page.text, "lxml")


def words(page: TestResponse) -> str:
    """What the main part of the page says, each run of white space as one space."""
    main = soup(page).find("main")
    assert isinstance(main, Tag), "the page has no main part"
    return " ".join(main.get_text(" ").split())


def heading(page: TestResponse) -> str:
    """The one h1 of the page."""
    headings = soup(page).find_all("h1")
    assert len(headings) == 1, f"{len(headings)} first headings"
    return " ".join(headings[0].get_text(" ").split())


def fields_of(page: TestResponse, *, button: str = "") -> Fields:
    """What sending the main form as it stands would send; with several forms, the one whose button says ``button``."""
    return _fields(_form(page, button))


def fill_in(
    client: FlaskClient, url: str, typed: Mapping[str, str | list[str]] | None = None, *, button: str = ""
) -> TestResponse:
    """Open ``url``, change what is ``typed`` in its form, and send it."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answered {page.status_code}"
    return send(client, url, page, typed, button=button)


def send(
    client: FlaskClient,
    url: str,
    page: TestResponse,
    typed: Mapping[str, str | list[str]] | None = None,
    *,
    button: str = "",
) -> TestResponse:
    """Send the form of a page received from ``url`` with what is ``typed``."""
    form = _form(page, button)
    return client.post(urljoin(url, str(form.get("action") or url)), data={**_fields(form), **(typed or {})})


def _form(page: TestResponse, button: str) -> Tag:
    main = soup(page).find("main")
    assert isinstance(main, Tag), "the page has no main part"
    forms = [form for form in main.find_all("form") if str(form.get("method")).lower() == "post"]
    named = [form for form in forms if any(button in each.get_text() for each in form.find_all("button"))]
    assert named, f"no form with the button {button!r}"
    return named[0]


def _fields(form: Tag) -> Fields:
    fields: Fields = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name") or ""), str(control.get("type") or "text")
        if (
            not name
            or kind in {"submit", "button"}
            or (kind in {"radio", "checkbox"} and not control.has_attr("checked"))
        ):
            continue
        value = _value(control)
        earlier = fields.get(name)
        if earlier is None:
            fields[name] = value
        else:
            fields[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
    return fields


def _value(control: Tag) -> str:
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")
    if control.name == "select":
        chosen = control.find("option", selected=True) or control.find("option")
        return str(chosen.get("value")) if isinstance(chosen, Tag) else ""
    return str(control.get("value") or "")
