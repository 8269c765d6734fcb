"""Signing in: one answer for every failure, slower with every guess, and an end to every session."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.accounts import actions, passwords
from registry.accounts.models import FailedSignIn, SignedInSession, User
from registry.audit.models import AuditEvent
from registry.db.transaction import write
from registry.extensions import db
from tests.integration.accounts.conftest import MORNING, PASSWORD
from tests.pages import page_of


def _token(page: TestResponse) -> str:
    field = page_of(page).select_one("input[name=csrf_token]")
    assert field is not None
    return field["value"]


def _try(client: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    token = _token(client.get("/sign-in"))
    return client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token, **more})


def _words(page: TestResponse) -> str:
    return page_of(page).get_text(" ", strip=True)


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


def test_every_sign_in_and_refusal_is_recorded(app: Flask, client: FlaskClient, osei: str) -> None:
    _try(client, osei, "not the password at all")
    _try(client, osei, PASSWORD)
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.kind == "sign-in")).all()
    assert acts == ["user.sign-in-refused", "user.signed-in"]


def test_a_password_changed_while_the_old_one_is_checked_opens_nothing(
    app: Flask, client: FlaskClient, osei: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_hash: str) -> bool:
        user = db.session.scalars(select(User).where(User.email == osei)).one()
        actions.change_password(user, new_password="another phrase of her own", by=user)
        return False

    monkeypatch.setattr(passwords, "needs_rehash", meanwhile)

    assert _try(client, osei, PASSWORD).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(SignedInSession).where(SignedInSession.ended_at.is_(None))).all() == []


def test_guesses_from_all_over_one_ipv6_network_close_that_network(app: Flask, client: FlaskClient, osei: str) -> None:
    def sign_in_from(address: str, password: str) -> int:
        token = _token(client.get("/sign-in"))
        form = {"email": osei, "password": password, "csrf_token": token}
        return client.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

    with time_machine.travel(MORNING, tick=False):
        sign_in_from("2001:db8::1", "not the password at all")
        with app.app_context(), write():
            (place,) = db.session.scalars(select(FailedSignIn.address)).all()
            db.session.add_all(FailedSignIn(account=f"guess {n}", address=place, at=MORNING) for n in range(49))

        assert sign_in_from("2001:db8::ffff", PASSWORD) == 422
        assert sign_in_from("2001:db8:0:1::1", PASSWORD) == 303


def test_guesses_at_the_same_moment_are_no_more_than_one_after_another(
    client: FlaskClient, osei: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/sign-in")
    others = iter(range(5))

    def meanwhile(_hash: str) -> bool:
        for _ in others:
            with pytest.raises(actions.SignInRefused):
                actions.sign_in(email=osei, password="not the password at all", address="127.0.0.1")
        return False

    monkeypatch.setattr(passwords, "needs_rehash", meanwhile)

    answer = client.post("/sign-in", data={"email": osei, "password": PASSWORD, "csrf_token": _token(page)})
    assert answer.status_code == 422
