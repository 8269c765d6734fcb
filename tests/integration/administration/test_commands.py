"""The operator's commands over people, clinics and the trail."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
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


def _add(app: Flask, email: str = "first@example.org", *, clinic: str = "Harbor", more: tuple[str, ...] = ()) -> Result:
    return _run(
        app, "users", "add", email, "--name", "First Admin", "--role", "administrator", "--clinic", clinic, *more
    )


def _take_up(app: Flask, said: Result, password: str = PASSWORD) -> None:
    """Open the link that a command printed on its last line."""
    path = urlsplit(said.output.strip().splitlines()[-1]).path
    assert fill_in(app.test_client(), path, {"new": password, "again": password}).status_code == 303


def _signed_in(app: Flask, password: str = PASSWORD, email: str = "first@example.org") -> FlaskClient:
    browser = app.test_client()
    assert fill_in(browser, "/sign-in", {"email": email, "password": password}).status_code == 303
    return browser


def test_the_first_administrator_gets_a_link_sets_a_password_and_signs_in(app: Flask, clinic: str) -> None:
    said = _add(app, more=("--address", "https://registry.example"))
    assert said.exit_code == 0, said.output
    assert "https://registry.example/invitation/" in said.output

    _take_up(app, said)

    assert _signed_in(app).get("/administration/users").status_code == 200


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
    ("wanted", "says"),
    [("Nowhere", "There is no clinic named Nowhere"), ("Quay", "say which with --organisation")],
)
def test_a_user_of_no_certain_clinic_is_refused(app: Flask, clinic: str, wanted: str, says: str) -> None:
    for organisation in ("Riverside", "Lakeside"):
        _run(app, "clinics", "add", "Quay", "--organisation", organisation, "--zone", "America/New_York")

    answer = _add(app, clinic=wanted)

    assert answer.exit_code != 0
    assert says in answer.output
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []


def test_an_address_in_use_is_refused_in_words(app: Flask, clinic: str) -> None:
    _add(app)

    answer = _add(app)

    assert answer.exit_code != 0
    assert "has an account" in answer.output


def test_the_clinic_of_one_organisation_is_named_with_it(app: Flask, clinic: str) -> None:
    _run(app, "clinics", "add", "Harbor", "--organisation", "Lakeside", "--zone", "America/New_York")

    assert _add(app, more=("--organisation", "Lakeside")).exit_code == 0

    with app.app_context():
        (held,) = db.session.scalars(select(User)).one().memberships
        assert held.clinic.organisation.name == "Lakeside"


def test_a_lost_password_is_replaced_by_a_link_that_ends_every_session(app: Flask, clinic: str) -> None:
    _take_up(app, _add(app))
    browser = _signed_in(app)

    said = _run(app, "users", "link", "first@example.org")
    assert said.exit_code == 0
    assert browser.get("/account/password").status_code == 200  # whoever finds no link loses nothing

    _take_up(app, said, "nine kites over the bay")
    assert browser.get("/account/password").status_code == 303
    _signed_in(app, "nine kites over the bay")
    assert _run(app, "users", "link", "nobody@example.org").exit_code != 0


def test_the_operator_gives_a_role_to_somebody_who_works_elsewhere(app: Flask, clinic: str) -> None:
    _add(app)
    _run(app, "clinics", "add", "Quay", "--organisation", "Lakeside", "--zone", "America/New_York")

    assert _run(app, "users", "role", "first@example.org", "--role", "auditor", "--clinic", "Quay").exit_code == 0

    with app.app_context():
        roles = {each.role for each in db.session.scalars(select(User)).one().memberships}
        assert roles == {"administrator", "auditor"}


def test_the_trail_is_verified_and_its_anchor_finds_a_cut_end(app: Flask, clinic: str) -> None:
    answer = _run(app, "audit", "verify")
    assert answer.exit_code == 0
    anchor = answer.output.strip().rsplit(" ", 1)[-1]
    assert _run(app, "audit", "verify", "--anchor", anchor).exit_code == 0

    number, digest = anchor.split(":")
    cut = _run(app, "audit", "verify", "--anchor", f"{int(number) + 1}:{digest}")
    assert cut.exit_code == 1
    assert "the end was cut" in cut.output
    for nonsense in ("nonsense", f"²:{digest}", f"{'9' * 5_000}:{digest}"):
        assert _run(app, "audit", "verify", "--anchor", nonsense).exit_code == 2


@pytest.mark.parametrize("name", ["\udcff", "Harbor\x1b[31m", "Har\nbor"], ids=["no text", "colours", "two lines"])
def test_a_name_nobody_could_read_is_a_usage_error(app: Flask, name: str) -> None:
    said = _run(app, "clinics", "add", name, "--organisation", "Riverside", "--zone", "America/New_York")

    assert said.exit_code == 2
    assert "cannot be printed" in said.output
    with app.app_context():
        assert db.session.scalars(select(Clinic)).all() == []
