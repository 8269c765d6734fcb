"""What a browser is told to keep, and for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from registry import create_app
from registry.db import migrate
from registry.web.security_headers import CONTENT_SECURITY_POLICY
from tests.builders import PASSWORD, a_clinic, a_user
from tests.pages import fields_of


def _cookies(client: FlaskClient, app: Flask) -> dict[str, str]:
    with app.app_context():
        email = a_user(clinic=a_clinic()).email
    page = client.get("/sign-in", base_url="https://registry.example")
    answer = client.post(
        "/sign-in",
        base_url="https://registry.example",
        data={**fields_of(page), "email": email, "password": PASSWORD},
        headers={"Referer": "https://registry.example/sign-in"},
    )
    assert answer.status_code == 303
    told = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    return {line.partition("=")[0]: line for line in told}


@pytest.fixture
def production(tmp_path: Path) -> Flask:
    settings = Settings(secret_key="s" * 40, data_folder=tmp_path)
    migrate.upgrade(settings)
    return create_app(settings)


def test_in_production_cookies_are_bound_to_the_host_and_to_https(production: Flask) -> None:
    cookies = _cookies(production.test_client(), production)

    assert set(cookies) == {"__Host-sid", "__Host-form"}
    for line in cookies.values():
        attributes = {part.strip() for part in line.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
        assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in attributes)


def test_in_production_browsers_are_told_to_stay_on_https(production: Flask) -> None:
    headers = production.test_client().get("/health/live").headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("address", "status"), [("/nowhere", 404), ("/sign-out", 405), ("/patients/not-an-id", 404), ("/sign-in", 200)]
)
def test_every_answer_carries_the_policy_also_when_it_is_an_error(
    client: FlaskClient, address: str, status: int
) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]


def test_that_a_file_is_missing_is_not_remembered_for_a_year(client: FlaskClient) -> None:
    with client.get("/static/app.js") as there, client.get("/static/not-yet-there.js") as missing:
        assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert missing.headers["Cache-Control"] == "no-store"


def test_a_body_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "x" * (6 * 1024 * 1024)})

    assert answer.status_code == 413
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_form_of_more_fields_than_any_page_has_is_refused(client: FlaskClient) -> None:
    fields = {f"kept-{number}": "" for number in range(1_001)}

    assert client.post("/sign-in", data=fields).status_code == 413
    assert client.post("/sign-in", data=dict([*fields.items()][:900])).status_code == 400  # and no token
