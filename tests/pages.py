"""Reading the pages a test client receives, and sending their forms the way a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.elements import Element, read

Fields = dict[str, str | list[str]]


def page_of(answer: TestResponse) -> Element:
    """The page, to be searched as a style sheet would."""
    return Element(elements(answer))


def elements(page: TestResponse) -> html.HtmlElement:
    """The page as lxml reads it, for tests that look at hundreds."""
    return read(page.data)


def words(page: TestResponse) -> str:
    """What the main part of the page says, each run of white space as one space."""
    return _said(_main(page))


def heading(page: TestResponse) -> str:
    """The one h1 of the page."""
    headings = elements(page).findall(".//h1")
    assert len(headings) == 1, f"{len(headings)} first headings"
    return _said(headings[0])


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


def _main(page: TestResponse) -> html.HtmlElement:
    main = elements(page).find(".//main")
    assert main is not None, "the page has no main part"
    return main


def _said(element: html.HtmlElement) -> str:
    return " ".join(Element(element).get_text(" ").split())


def _form(page: TestResponse, button: str) -> html.HtmlElement:
    forms = [form for form in _main(page).iter("form") if str(form.get("method")).lower() == "post"]
    named = [form for form in forms if any(button in each.text_content() for each in form.iter("button"))]
    assert named, f"no form with the button {button!r}"
    return named[0]


def _fields(form: html.HtmlElement) -> Fields:
    fields: Fields = {}
    for control in form.iter("input", "textarea", "select"):
        name, kind = control.get("name", ""), control.get("type", "text")
        if (
            not name
            or kind in {"submit", "button"}
            or (kind in {"radio", "checkbox"} and "checked" not in control.attrib)
        ):
            continue
        value = _value(control)
        earlier = fields.get(name)
        if earlier is None:
            fields[name] = value
        else:
            fields[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
    return fields


def _value(control: html.HtmlElement) -> str:
    if control.tag == "textarea":
        return str(control.text_content()).removeprefix("\n")
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options
        return str(chosen[0].get("value")) if chosen else ""
    return str(control.get("value", ""))
