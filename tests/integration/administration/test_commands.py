"""The operator's commands over people, clinics and the trail."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.extensions import db
from tests.pages import fill_in

PASSWORD = "seven lanterns at dusk"


def _run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def clinic(app: Flask) -> str:
    answer = _run(
        app, "clinics", "add", "Harbor", "--organisation", "Riverside", "--zone", "America/New_York", "--hours", "9:00"
    )
    assert answer.exit_code != 0
    answer = _run(app, "clinics", "add", "Harbor", "--organisation", "Riverside", "--zone", "America/New_York")
    assert answer.exit_code == 0, answer.output
    return "Harbor"


def _add(app: Flask, email: str = "first@example.org", *, password: str = PASSWORD, clinic: str = "Harbor") -> Result:
    return _run(
        app,
        *("users", "add", email, "--name", "First Admin", "--role", "administrator"),
        *("--clinic", clinic, "--password", password),
    )


def test_the_first_administrator_signs_in_and_chooses_a_password(app: Flask, clinic: str) -> None:
    assert _add(app).exit_code == 0

    browser = app.test_client()
    answer = fill_in(browser, "/sign-in", {"email": "first@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/account/password")

    fill_in(
        browser,
        "/account/password",
        {"current": PASSWORD, "new": "nine kites over the bay"},
        button="Change password",
    )
    answer = fill_in(browser, "/sign-in", {"email": "first@example.org", "password": "nine kites over the bay"})
    assert answer.status_code == 303
    assert browser.get("/administration/users").status_code == 200


def test_a_clinic_keeps_weekday_hours_and_its_zone(app: Flask, clinic: str) -> None:
    with app.app_context():
        harbor = db.session.scalars(select(Clinic)).one()
        assert harbor.time_zone == "America/New_York"
        assert harbor.opening_hours == {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Harbor", "--organisation", "Riverside", "--zone", "America/New_York"), "has a clinic named Harbor"),
        (("Quay", "--organisation", "Riverside", "--zone", "Nowhere"), "is no time zone"),
        (("Quay", "--organisation", "Riverside", "--zone", "UTC", "--hours", "nine"), "Write hours as"),
    ],
)
def test_a_clinic_that_cannot_be_is_refused(app: Flask, clinic: str, words: tuple[str, ...], says: str) -> None:
    answer = _run(app, "clinics", "add", *words)

    assert answer.exit_code != 0
    assert says in answer.output


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"password": "short"}, "Use at least 15 characters"),
        ({"clinic": "Nowhere"}, "There is no clinic named Nowhere"),
    ],
)
def test_a_user_who_cannot_be_is_refused(app: Flask, clinic: str, given: dict[str, str], says: str) -> None:
    answer = _add(app, **given)

    assert answer.exit_code != 0
    assert says in answer.output
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []


def test_an_address_in_use_is_refused_in_words(app: Flask, clinic: str) -> None:
    _add(app)

    answer = _add(app)

    assert answer.exit_code != 0
    assert "has an account" in answer.output


def test_a_lost_password_is_set_by_the_operator_and_ends_every_session(app: Flask, clinic: str) -> None:
    _add(app)
    browser = app.test_client()
    fill_in(browser, "/sign-in", {"email": "first@example.org", "password": PASSWORD})
    assert browser.get("/account/password").status_code == 200

    answer = _run(app, "users", "password", "first@example.org", "--password", "nine kites over the bay")

    assert answer.exit_code == 0
    assert browser.get("/account/password").status_code == 303
    assert _run(app, "users", "password", "nobody@example.org", "--password", PASSWORD).exit_code != 0
    assert _run(app, "users", "password", "first@example.org", "--password", "short").exit_code != 0


def test_the_trail_is_verified_and_its_anchor_finds_a_cut_end(app: Flask, clinic: str) -> None:
    answer = _run(app, "audit", "verify")
    assert answer.exit_code == 0
    anchor = answer.output.strip().rsplit(" ", 1)[-1]
    assert _run(app, "audit", "verify", "--anchor", anchor).exit_code == 0

    number, digest = anchor.split(":")
    cut = _run(app, "audit", "verify", "--anchor", f"{int(number) + 1}:{digest}")
    assert cut.exit_code == 1
    assert "the end was cut" in cut.output
    assert _run(app, "audit", "verify", "--anchor", "nonsense").exit_code == 2
