"""A form that was saved comes back with another answer: the way back, an answer corrected, save."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.alerts.models import Alert
from registry.extensions import db
from registry.measurements.models import Measurement
from tests.builders import sign_in
from tests.integration.measurements.people import Person, phq9_total
from tests.pages import Fields, fields_of, send, words

ZEROS = {f"item-{item}": "0" for item in phq9_total(0)}
SENT_BEFORE = "This form was sent already with other content, and only that was saved"


@pytest.fixture
def measures(in_care: Person) -> str:
    return f"/patients/{in_care.patient_id}/measures"


@pytest.fixture
def desk(client: FlaskClient, in_care: Person) -> FlaskClient:
    return sign_in(client, in_care.user_id)


@pytest.fixture
def used(desk: FlaskClient, measures: str) -> Fields:
    """A PHQ-9 of zeros as it was sent, and saved."""
    address = f"{measures}/new/phq-9"
    form = fields_of(desk.get(address)) | ZEROS
    assert desk.post(address, data=form).status_code == 303
    return form


def _stored(app: Flask, person: Person) -> list[dict[str, Any]]:
    with app.app_context(), scope.within({person.clinic_id}):
        return [dict(row.answers or {}) for row in db.session.scalars(select(Measurement))]


def _safety_alerts(app: Flask, person: Person) -> int:
    with app.app_context(), scope.within({person.clinic_id}):
        return sum(alert.is_safety for alert in db.session.scalars(select(Alert)))


def test_another_answer_under_a_used_key_is_never_said_to_be_saved(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields
) -> None:
    answer = desk.post(f"{measures}/new/phq-9", data=used | {"item-9": "3"})

    assert answer.status_code == 409
    assert "This was not saved" in words(answer)
    assert SENT_BEFORE in words(answer)
    assert "PHQ-9 saved" not in desk.post(f"{measures}/new/phq-9", data=used | {"item-9": "3"}).text.split("<main")[1]
    assert len(_stored(app, in_care)) == 1


def test_what_was_typed_stays_and_can_be_saved_with_the_new_key(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields
) -> None:
    address = f"{measures}/new/phq-9"
    held = desk.post(address, data=used | {"item-9": "3"})
    shown = fields_of(held)

    assert (ZEROS | {"item-9": "3"}).items() <= shown.items()
    assert shown["form_key"] != used["form_key"]
    asked = send(desk, address, held)
    assert "Another PHQ-9" in words(asked)
    assert send(desk, address, asked, {"again": "y"}).status_code == 303
    assert sorted(answers["9"] for answers in _stored(app, in_care)) == [0, 3]
    assert _safety_alerts(app, in_care) == 1


def test_a_second_click_with_the_same_answers_lands_where_the_first_led(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields
) -> None:
    assert desk.post(f"{measures}/new/phq-9", data=used).status_code == 303
    assert desk.post(f"{measures}/new/phq-9", data=used | {"next": "gad-7"}).status_code == 303
    assert len(_stored(app, in_care)) == 1


def test_a_used_key_is_not_taken_for_another_instrument(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields
) -> None:
    address = f"{measures}/new/gad-7"
    form = fields_of(desk.get(address)) | {f"item-{item}": "3" for item in range(1, 8)}

    answer = desk.post(address, data=form | {"form_key": used["form_key"]})

    assert answer.status_code == 409
    assert SENT_BEFORE in words(answer)
    assert len(_stored(app, in_care)) == 1


@pytest.mark.parametrize("page", ["correct", "entered-in-error"])
def test_a_used_key_neither_corrects_nor_withdraws(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields, page: str
) -> None:
    with app.app_context(), scope.within({in_care.clinic_id}):
        row_id = db.session.scalars(select(Measurement.id)).one()
    address = f"{measures}/{row_id}/{page}"
    form = fields_of(desk.get(address)) | {"why": "Another answer", "form_key": used["form_key"]}

    answer = desk.post(address, data=form)

    assert answer.status_code == 409
    assert SENT_BEFORE in words(answer)
    assert len(_stored(app, in_care)) == 1


def test_a_page_that_would_only_lead_on_says_so_too(
    app: Flask, desk: FlaskClient, in_care: Person, measures: str, used: Fields
) -> None:
    address = f"{measures}/new/phq-9"
    desk.post(address, data=fields_of(desk.get(address)) | ZEROS | {"draft": "yes", "item-1": "1"})
    with app.app_context(), scope.within({in_care.clinic_id}):
        draft_id = db.session.scalars(select(Measurement.id).where(Measurement.status == "draft")).one()

    answer = desk.post(
        f"{measures}/{draft_id}/discard",
        data={"csrf_token": used["csrf_token"], "version": "1", "form_key": used["form_key"]},
    )

    assert answer.status_code == 409
    assert "It was sent already with other content" in words(answer)
