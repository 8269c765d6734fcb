"""A care manager at her desk, whose browser runs no scripts: she opens pages, fills in their forms and sends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access import scope
from tests.elements import Element
from tests.integration.measurements.people import Person, record
from tests.pages import page_of

Stored = Callable[[], list[tuple[str, list[int]]]]


@dataclass
class Browser:
    """A care manager at her desk."""

    client: FlaskClient
    person: Person

    @property
    def measures(self) -> str:
        return f"/patients/{self.person.patient_id}/measures"

    def page(self, path: str, *, status: int = 200) -> Element:
        response = self.client.get(self.measures + path)
        assert response.status_code == status
        return page_of(response)

    def send(self, path: str, values: Mapping[str, Any], *, form: str = "main form[method=post]") -> TestResponse:
        """Fill in the form of the page as it stands, and send it."""
        page = self.page(path)
        filled = fields(page.select(form)[0]) | dict(values)
        address = page.select(form)[0].get("action") or self.measures + path
        return self.client.post(str(address), data={name: value for name, value in filled.items() if value is not None})


def one(page: Element, selector: str) -> Element:
    """The one element the page must have."""
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def fields(form: Any) -> dict[str, Any]:
    """What a browser would send of a form nobody touched."""
    found: dict[str, Any] = {}
    for control in form.select("input[name]"):
        is_choice = control.get("type") in ("radio", "checkbox")
        if not is_choice or control.has_attr("checked"):
            found[control["name"]] = control.get("value", "")
    for control in form.select("select[name]"):
        chosen = control.select("option[selected]") or control.select("option")[:1]
        found[control["name"]] = chosen[0].get("value", "")
    return found


def typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {f"item-{item}": str(value) for item, value in answers.items()}


def errors(response: TestResponse) -> str:
    return " ".join(each.get_text(" ", strip=True) for each in page_of(response).select(".error-summary li"))


def a_measure(app: Flask, person: Person, answers: Mapping[str, Any] | None = None, **others: Any) -> uuid.UUID:
    with app.app_context(), scope.within({person.clinic_id}):
        return record(person, answers, **others).id
