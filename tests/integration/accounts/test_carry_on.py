"""A session that ends in the middle of a form: what was typed is its writer's alone, and goes where it was going."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import PASSWORD as PASSWORD_OF_BUILDERS
from tests.builders import a_clinic, a_user
from tests.integration.accounts.conftest import MORNING, PASSWORD
from tests.pages import Fields, fields_of, fill_in, heading, page_of

FORM = "/account/password"
"""Any form of somebody signed in."""

KEPT = {"note": "what was typed\r\nin two lines", "kind": "phone"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as moving:
        yield moving


def _sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    return fill_in(client, "/sign-in", {"email": email, "password": password})


def _token(client: FlaskClient) -> str:
    return str(fields_of(client.get(FORM))["csrf_token"])


@pytest.fixture
def interrupted(client: FlaskClient, osei: str, clock: time_machine.Traveller) -> Fields:
    """The fields of the sign-in page that answers a form sent after the session ended."""
    _sign_in(client, osei)
    token = _token(client)
    clock.shift(timedelta(minutes=20))
    answer = client.post(FORM, data={"csrf_token": token, **KEPT, "new": "a secret", "password": "a secret"})
    assert answer.status_code == 401
    return fields_of(answer)


def _hidden(page: TestResponse) -> dict[str, str]:
    found = page_of(page).select("main input[type=hidden]")
    return {field["name"]: str(field.get("value", "")) for field in found}


def test_what_was_typed_is_kept_and_carried_on_where_it_was_going(
    client: FlaskClient, osei: str, interrupted: Fields
) -> None:
    page = client.post("/sign-in", data={**interrupted, "email": osei, "password": PASSWORD})

    assert heading(page) == "You are signed in again"
    assert f'action="{FORM}"' in page.text
    carried = _hidden(page)
    carried.pop("csrf_token")
    assert {name: value.replace("\n", "\r\n") for name, value in carried.items()} == KEPT


def test_no_password_is_kept(interrupted: Fields) -> None:
    assert "a secret" not in interrupted.values()


@pytest.mark.parametrize(
    "changed",
    [
        {"kept-note": "another text"},
        {"kept-more": "a field nobody typed"},
        {"next": "/account/sign-out-everywhere"},
        {"kept_owner": "forged"},
    ],
    ids=["another text", "one more field", "another address", "forged"],
)
def test_what_was_changed_on_the_way_is_dropped(
    client: FlaskClient, osei: str, interrupted: Fields, changed: dict[str, str]
) -> None:
    answer = client.post("/sign-in", data={**interrupted, "email": osei, "password": PASSWORD, **changed})

    assert answer.status_code == 303


def test_somebody_else_does_not_inherit_what_was_typed(app: Flask, client: FlaskClient, interrupted: Fields) -> None:
    with app.app_context():
        other = a_user(clinic=a_clinic()).email

    answer = client.post("/sign-in", data={**interrupted, "email": other, "password": PASSWORD_OF_BUILDERS})

    assert answer.status_code == 303


def test_the_token_against_forged_requests_is_new_at_sign_in_and_at_sign_out(client: FlaskClient, osei: str) -> None:
    before = str(fields_of(client.get("/sign-in"))["csrf_token"])
    _sign_in(client, osei)
    during = _token(client)
    # Another account's token, made before, opens nothing now.
    assert client.post("/account/sign-out-everywhere", data={"csrf_token": before}).status_code == 400

    assert client.post("/sign-out", data={"csrf_token": during}).status_code == 303
    after = client.post("/sign-in", data={"csrf_token": during, "email": osei, "password": PASSWORD})
    assert after.status_code == 400


def test_a_form_left_open_over_the_end_of_ones_session_is_not_lost(
    client: FlaskClient, osei: str, clock: time_machine.Traveller
) -> None:
    _sign_in(client, osei)
    token = _token(client)
    clock.shift(timedelta(minutes=20))
    _sign_in(client, osei)  # in another window

    page = client.post(FORM, data={"csrf_token": token, **KEPT})

    assert page.status_code == 409
    assert heading(page) == "You are signed in again"
    carried = _hidden(page)
    assert carried["note"].replace("\n", "\r\n") == KEPT["note"]
    assert client.post(FORM, data=carried).status_code == 422  # taken as the form it was


def test_a_form_left_open_is_not_shown_to_the_next_person(
    app: Flask, client: FlaskClient, osei: str, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        other = a_user(clinic=a_clinic()).email
    _sign_in(client, osei)
    token = _token(client)
    clock.shift(timedelta(minutes=20))
    _sign_in(client, other, PASSWORD_OF_BUILDERS)

    page = client.post(FORM, data={"csrf_token": token, **KEPT})

    assert page.status_code == 400
    assert "what was typed" not in page.text


def test_after_signing_out_no_earlier_form_is_carried_on(client: FlaskClient, osei: str) -> None:
    _sign_in(client, osei)
    token = _token(client)
    client.post("/sign-out", data={"csrf_token": token})
    _sign_in(client, osei)

    assert client.post(FORM, data={"csrf_token": token, **KEPT}).status_code == 400
