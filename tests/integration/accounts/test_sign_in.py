"""Signing in: one answer for every failure, slower with every guess, and an end to every session."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access.roles import Role
from registry.accounts import actions
from registry.accounts.models import FailedSignIn
from registry.audit.models import AuditEvent
from registry.clinics.actions import ClinicFacts, add_clinic, add_organisation
from registry.db.transaction import write
from registry.extensions import db

MORNING = datetime(2026, 3, 12, 15, tzinfo=UTC)
PASSWORD = "lantern orchard seven"


@pytest.fixture
def osei(app: Flask) -> str:
    """A care manager; the e-mail address signs in."""
    with app.app_context(), time_machine.travel(MORNING, tick=False):
        organisation = add_organisation(name="Org", time_zone="America/New_York", by=None)
        clinic = add_clinic(
            organisation=organisation, facts=ClinicFacts(name="Harbor", time_zone="America/New_York"), by=None
        )
        user = actions.add_user(
            name="R Osei", email="osei@example.org", password=PASSWORD, by=None, must_change_password=False
        )
        actions.give_role(user, clinic_id=clinic.id, role=Role.CARE_MANAGER, starts_on=date(2026, 1, 1), by=None)
    return "osei@example.org"


def _token(page: TestResponse) -> str:
    field = BeautifulSoup(page.text, "html5lib").find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def _try(client: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    token = _token(client.get("/sign-in"))
    return client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token, **more})


def _words(page: TestResponse) -> str:
    return BeautifulSoup(page.text, "html5lib").get_text(" ", strip=True)


def test_the_right_password_opens_the_first_page(client: FlaskClient, osei: str) -> None:
    answer = _try(client, " OSEI@example.org ", PASSWORD)
    assert answer.status_code == 303
    assert client.get("/account/password").status_code == 200


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client: FlaskClient, osei: str) -> None:
    wrong = _try(client, osei, "not the password at all")
    unknown = _try(client, "nobody@example.org", "not the password at all")
    assert wrong.status_code == unknown.status_code == 422
    assert _words(wrong) == _words(unknown).replace("nobody@", "osei@")


def test_five_failures_close_the_account_even_to_the_right_password(client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        for _ in range(5):
            _try(client, osei, "not the password at all")
        assert _try(client, osei, PASSWORD).status_code == 422
        clock.shift(timedelta(minutes=15, seconds=1))
        assert _try(client, osei, PASSWORD).status_code == 303


def test_guesses_from_one_address_close_that_address(app: Flask, client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        with app.app_context(), write():
            guesses = [FailedSignIn(account=f"guess {n}", address="127.0.0.1", at=MORNING) for n in range(50)]
            db.session.add_all(guesses)
        assert _try(client, osei, PASSWORD).status_code == 422


def test_a_session_ends_after_fifteen_idle_minutes(client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        _try(client, osei, PASSWORD)
        clock.shift(timedelta(minutes=14))
        assert client.get("/account/password").status_code == 200
        clock.shift(timedelta(minutes=14))
        assert client.get("/account/password").status_code == 200
        clock.shift(timedelta(minutes=15))
        assert client.get("/account/password").status_code == 303


def test_a_session_ends_after_twelve_hours_whatever_happens(client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        _try(client, osei, PASSWORD)
        for _ in range(71):
            clock.shift(timedelta(minutes=10))
            assert client.get("/account/password").status_code == 200
        clock.shift(timedelta(minutes=10))
        assert client.get("/account/password").status_code == 303


def test_signing_out_everywhere_ends_the_other_browser(app: Flask, client: FlaskClient, osei: str) -> None:
    other = app.test_client()
    for browser in (client, other):
        _try(browser, osei, PASSWORD)
    token = _token(client.get("/account/password"))
    client.post("/account/sign-out-everywhere", data={"csrf_token": token})
    assert other.get("/account/password").status_code == 303


def test_the_cookie_holds_nothing_the_database_could_leak(app: Flask, client: FlaskClient, osei: str) -> None:
    _try(client, osei, PASSWORD)
    cookie = client.get_cookie("sid")
    assert cookie is not None
    assert cookie.http_only
    with app.app_context():
        kept = db.session.execute(db.text("SELECT token_hash FROM signed_in_session")).scalars().all()
    assert cookie.value not in kept


def test_a_next_address_never_leads_to_another_host(client: FlaskClient, osei: str) -> None:
    for address in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        answer = _try(client, osei, PASSWORD, next=address)
        assert answer.headers["Location"] == "/"


def test_a_form_sent_after_the_session_ended_is_kept_and_carried_on(client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        _try(client, osei, PASSWORD)
        token = _token(client.get("/account/password"))
        clock.shift(timedelta(minutes=20))
        answer = client.post("/account/password", data={"csrf_token": token, "note": "what was typed"})
        assert answer.status_code == 401
        page = BeautifulSoup(answer.text, "html5lib")
        kept = {str(field["name"]): str(field.get("value", "")) for field in page.select("input[type=hidden]")}
        assert kept["kept-note"] == "what was typed"
        carried = client.post("/sign-in", data={**kept, "email": osei, "password": PASSWORD})
        assert 'name="note" value="what was typed"' in carried.text


def test_somebody_else_does_not_inherit_what_was_typed(app: Flask, client: FlaskClient, osei: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        answer = _try(client, osei, PASSWORD, **{"next": "/account/password", "kept-note": "x", "kept_owner": "forged"})
    assert answer.status_code == 303


def test_every_sign_in_and_refusal_is_recorded(app: Flask, client: FlaskClient, osei: str) -> None:
    _try(client, osei, "not the password at all")
    _try(client, osei, PASSWORD)
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.kind == "sign-in")).all()
    assert acts == ["user.sign-in-refused", "user.signed-in"]
