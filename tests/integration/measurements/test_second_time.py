"""The same form stored twice is two scores of one day: whoever would do that is asked first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error
from registry.measurements.models import Measurement
from tests.builders import sign_in
from tests.integration.measurements.people import TODAY, Person, phq9_total, record
from tests.pages import Fields, fields_of, fill_in, page_of, send, words

ANSWERS = {f"item-{item}": str(value) for item, value in phq9_total(14).items()}


@pytest.fixture
def someone(in_care: Person) -> Person:
    return in_care


@pytest.fixture
def address(someone: Person) -> str:
    return f"/patients/{someone.patient_id}/measures/new/phq-9"


@pytest.fixture
def desk(client: FlaskClient, someone: Person) -> FlaskClient:
    return sign_in(client, someone.user_id)


def _stored(app: Flask, someone: Person) -> list[str]:
    with app.app_context(), scope.within({someone.clinic_id}):
        return sorted(db.session.scalars(select(Measurement.status)))


def _record(app: Flask, someone: Person, **given: Any) -> None:
    with app.app_context(), scope.within({someone.clinic_id}):
        record(someone, **({"answers": phq9_total(14)} | given))


def test_saved_again_after_the_way_back_the_form_is_held_and_asks(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    fill_in(desk, address, ANSWERS)

    again = fill_in(desk, address, ANSWERS)

    assert again.status_code == 409
    assert "This PHQ-9 of 16 Mar 2026 is already recorded" in words(again)
    assert "recorded by Care Manager" in words(again)
    assert "Record it a second time?" in words(again)
    assert ANSWERS.items() <= fields_of(again).items()
    assert _stored(app, someone) == ["final"]


def test_what_is_on_record_is_one_click_away(desk: FlaskClient, address: str) -> None:
    first = fill_in(desk, address, ANSWERS)

    link = page_of(fill_in(desk, address, ANSWERS)).select_one(".conflict a")

    assert link is not None
    assert link["href"] == first.location


def test_a_tick_records_it_a_second_time(app: Flask, desk: FlaskClient, someone: Person, address: str) -> None:
    fill_in(desk, address, ANSWERS)
    held = fill_in(desk, address, ANSWERS)

    assert "again" not in fields_of(held)
    confirmed = send(desk, address, held, {"again": "y"})

    assert confirmed.status_code == 303
    assert _stored(app, someone) == ["final", "final"]


def test_another_day_is_saved_without_a_question(app: Flask, desk: FlaskClient, someone: Person, address: str) -> None:
    fill_in(desk, address, ANSWERS)

    assert fill_in(desk, address, {**ANSWERS, "taken_on": str(TODAY - timedelta(days=1))}).status_code == 303
    assert _stored(app, someone) == ["final", "final"]


@pytest.mark.parametrize(
    "change", [{"item-1": "2"}, {"item-difficulty": "1"}], ids=["another answer", "one answer more"]
)
def test_another_of_the_same_day_is_held_and_says_what_is_on_record(
    app: Flask, desk: FlaskClient, someone: Person, address: str, change: Mapping[str, str]
) -> None:
    fill_in(desk, address, ANSWERS)

    held = fill_in(desk, address, {**ANSWERS, **change})

    assert held.status_code == 409
    assert "Another PHQ-9 of 16 Mar 2026 is on record It says 14, moderate, and was recorded by Care Manager" in words(
        held
    )
    assert {**ANSWERS, **change}.items() <= fields_of(held).items()
    assert _stored(app, someone) == ["final"]


def test_both_of_one_day_are_kept_where_there_were_two(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    fill_in(desk, address, ANSWERS)
    held = fill_in(desk, address, {**ANSWERS, "item-1": "2"})

    assert send(desk, address, held, {"again": "y"}).status_code == 303
    assert _stored(app, someone) == ["final", "final"]


def test_the_earlier_one_is_corrected_with_what_was_typed(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    fill_in(desk, address, ANSWERS)
    held = fill_in(desk, address, {**ANSWERS, "item-1": "2"})
    button = page_of(held).select_one("button[formaction]")
    assert button is not None
    correction = str(button["formaction"])

    asked = desk.post(correction, data=fields_of(held))
    assert asked.status_code == 422
    assert "Say why it is corrected" in words(asked)
    assert fields_of(asked)["item-1"] == "2"

    assert send(desk, correction, asked, {"why": "Item 1 misread"}).status_code == 303
    assert _stored(app, someone) == ["amended", "final"]


def test_a_second_click_on_the_same_form_is_no_second_entry(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    page = desk.get(address)
    answers = [send(desk, address, page, ANSWERS) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert _stored(app, someone) == ["final"]


def test_what_was_entered_in_error_does_not_stand_in_the_way(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    with app.app_context(), scope.within({someone.clinic_id}):
        mark_entered_in_error(measurement=record(someone, phq9_total(14)), why="Another person's", by=someone.user)

    assert fill_in(desk, address, ANSWERS).status_code == 303


def test_what_an_import_brought_is_not_typed_in_again_unasked(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    _record(app, someone, mode="imported", source_key="visit-17")

    held = fill_in(desk, address, ANSWERS)

    assert held.status_code == 409
    assert "imported by" in words(held)
    assert _stored(app, someone) == ["final"]


def test_a_total_alone_and_the_answers_of_the_same_day_are_two_entries(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    _record(app, someone, answers=None, total_only=14)

    assert "is already recorded" in words(fill_in(desk, address, {"total": "14"}))
    assert "Another PHQ-9 of 16 Mar 2026 is on record" in words(fill_in(desk, address, ANSWERS))


def test_a_draft_can_be_kept_and_is_asked_about_when_it_is_finished(
    app: Flask, desk: FlaskClient, someone: Person, address: str
) -> None:
    fill_in(desk, address, ANSWERS)
    assert fill_in(desk, address, {**ANSWERS, "draft": "yes"}).status_code == 303
    with app.app_context(), scope.within({someone.clinic_id}):
        draft_id = db.session.scalars(select(Measurement.id).where(Measurement.status == "draft")).one()
    finish = f"/patients/{someone.patient_id}/measures/{draft_id}/draft"

    held = fill_in(desk, finish)
    assert held.status_code == 409
    assert _stored(app, someone) == ["draft", "final"]

    confirmed: Fields = {"again": "y"}
    assert send(desk, finish, held, confirmed).status_code == 303
    assert _stored(app, someone) == ["final", "final"]
