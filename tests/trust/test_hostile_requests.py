"""What somebody with an account sends who means ill: each is refused in words, leaves a trace, and breaks nothing."""

from __future__ import annotations

import uuid
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from registry import create_app
from registry.audit.models import AuditEvent
from registry.extensions import db
from registry.patients.elsewhere import TOO_MANY
from registry.web.paging import page_number
from tests.builders import sign_in
from tests.databases import SECRET_KEY
from tests.pages import fields_of, words
from tests.trust.world import World


def _acts_about(app: Flask, patient_id: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(AuditEvent.person_id == patient_id)) or 0


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("care_manager", "/patients/{patient_id}/identity"),
        ("care_manager", "/patients/{patient_id}/contact-points/new"),
        ("care_manager", "/patients/{patient_id}/refer"),
        ("care_manager", "/patients/{patient_id}/death"),
        ("care_manager", "/patients/{patient_id}/episodes/{episode_id}/phase"),
        ("care_manager", "/patients/{patient_id}/alerts/{alert_id}/close"),
        ("care_manager", "/patients/{patient_id}/measures/{measurement_id}/correct"),
        ("care_manager", "/patients/{patient_id}/recommendations/{recommendation_id}"),
        ("psychiatrist", "/review/{patient_id}/record"),
    ],
)
def test_a_refused_form_that_shows_the_person_is_a_recorded_look(
    app: Flask, world: World, role: str, address: str
) -> None:
    browser = sign_in(app.test_client(), world.here.people[role])
    patient_id = world.here.arguments["patient_id"]
    before = _acts_about(app, patient_id)

    answer = browser.post(
        address.format(**world.here.arguments), data=_only_the_token(browser.get("/account/password"))
    )

    assert answer.status_code == 422
    assert "Zanzibarquist" in answer.text
    assert _acts_about(app, patient_id) == before + 1


def test_a_stale_form_that_shows_the_person_is_a_recorded_look(app: Flask, world: World) -> None:
    browser = sign_in(app.test_client(), world.here.people["care_manager"])
    patient_id = world.here.arguments["patient_id"]
    address = f"/patients/{patient_id}/identity"
    stale = fields_of(browser.get(address)) | {"version": "0"}
    before = _acts_about(app, patient_id)

    assert browser.post(address, data=stale).status_code == 409
    assert _acts_about(app, patient_id) == before + 1


def test_record_numbers_cannot_be_tried_one_after_the_other_by_changing_somebodys(app: Flask, world: World) -> None:
    browser = sign_in(app.test_client(), world.here.people["care_manager"])
    address = f"/patients/{world.here.arguments['patient_id']}/identity"
    typed = fields_of(browser.get(address)) | {"mrn": "ZMRN-2"}  # a patient of the sister clinic

    answers = [browser.post(address, data=typed | {"form_key": uuid.uuid4().hex}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert TOO_MANY in words(answers[-1])


def test_the_key_of_somebody_elses_form_does_nothing_and_tells_nothing(app: Flask, world: World) -> None:
    address = f"/patients/{world.here.arguments['patient_id']}/contact-points/new"
    mine, theirs = (sign_in(app.test_client(), world.here.people[role]) for role in ("care_manager", "clinic_lead"))
    sent = {"kind": "phone", "value": "212 555 0147"}
    key = fields_of(mine.get(address))["form_key"]
    mine.post(address, data=fields_of(mine.get(address)) | sent | {"form_key": key})

    answer = theirs.post(address, data=fields_of(theirs.get(address)) | sent | {"form_key": key})

    assert answer.status_code == 409
    assert "Zanzibarquist" not in answer.text


def test_a_form_key_with_a_nul_is_refused(app: Flask, world: World) -> None:
    browser = sign_in(app.test_client(), world.here.people["care_manager"])
    address = f"/patients/{world.here.arguments['patient_id']}/contact-points/new"
    typed = fields_of(browser.get(address)) | {"kind": "phone", "value": "212 555 0147", "form_key": "a\0b"}

    assert browser.post(address, data=typed).status_code == 422


def test_a_file_or_json_in_the_place_of_a_text_is_no_text(app: Flask, world: World) -> None:
    browser = sign_in(app.test_client(), world.here.people["care_manager"])
    address = f"/patients/{world.here.arguments['patient_id']}/identity"
    token = {"csrf_token": fields_of(browser.get(address)).get("csrf_token", "")}

    with_a_file = browser.post(address, data=token | {"mrn": (BytesIO(b"M1"), "mrn.txt")})
    as_json = browser.post(address, json={"mrn": 5, "legal_given": ["A"]}, headers={"X-CSRFToken": str(token)})

    assert with_a_file.status_code == 422
    assert as_json.status_code in {400, 422}


@pytest.mark.parametrize("level", ["NaN", "sNaN", "-Infinity", "1e999999999"])
def test_a_target_that_is_no_number_is_refused(app: Flask, world: World, level: str) -> None:
    browser = sign_in(app.test_client(), world.here.people["care_manager"])
    address = "/patients/{patient_id}/episodes/{episode_id}/targets/phq-9:total".format(**world.here.arguments)

    answer = browser.post(address, data=fields_of(browser.get(address)) | {"level": level, "why": "Agreed"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, 1),
        ("", 1),
        ("0", 1),
        ("-1", 1),
        ("٣", 1),
        ("7", 7),
        ("99999", 99_999),
        ("100000", 1),
        ("000000001" + "9" * 20, 1),
        ("9" * 5_000, 1),
    ],
)
def test_an_impossible_page_is_the_first(asked: str | None, given: int) -> None:
    assert page_number(asked) == given


def test_the_folder_of_the_data_is_closed_to_other_accounts_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    create_app(Settings(environment="test", secret_key=SECRET_KEY, data_folder=folder, insecure_cookies=True))

    assert folder.stat().st_mode & 0o077 == 0


def _only_the_token(page: object) -> dict[str, str | list[str]]:
    """A form without anything typed in it, from this program's own page."""
    fields = fields_of(page)  # type: ignore[arg-type]  # a page of the test client
    return {name: value for name, value in fields.items() if name == "csrf_token"}
