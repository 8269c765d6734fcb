"""What somebody signed in is refused leaves an event of its own, with ids alone, and never more than can be read."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access.refusals import LAST_WORDS, MOST
from registry.audit.models import AuditEvent
from registry.extensions import db
from tests.builders import sign_in
from tests.pages import page_of, words
from tests.trust.history import NOW
from tests.trust.routes import token_of
from tests.trust.world import MARKERS, World

AUDIT = "/administration/audit"


def _refusals(app: Flask) -> list[AuditEvent]:
    with app.app_context():
        wanted = select(AuditEvent).where(AuditEvent.kind == "refusal").order_by(AuditEvent.number)
        return list(db.session.scalars(wanted))


@pytest.fixture
def manager(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.here.people["care_manager"])


def test_an_action_that_is_not_allowed_is_on_record(app: Flask, world: World, manager: FlaskClient) -> None:
    assert manager.get("/administration/users").status_code == 403

    (event,) = _refusals(app)
    assert (event.action, event.outcome, event.reason) == ("action.refused", "refused", "user.manage")
    assert event.actor_id == world.here.people["care_manager"]
    assert event.person_id is None


def test_a_patient_of_another_clinic_and_one_who_does_not_exist_are_recorded_alike(
    app: Flask, world: World, manager: FlaskClient
) -> None:
    foreign, nobody = world.sister.arguments["patient_id"], uuid.uuid4()
    for patient_id in (foreign, nobody):
        assert manager.get(f"/patients/{patient_id}").status_code == 404

    events = _refusals(app)
    assert [event.action for event in events] == ["record.refused", "record.refused"]
    assert [event.person_id for event in events] == [foreign, nobody]
    assert {(event.entity, event.reason, event.changes) for event in events} == {("patient", "patient.read", None)}


def test_a_record_below_a_patient_is_named_by_its_own_id(app: Flask, world: World, manager: FlaskClient) -> None:
    own, foreign = world.here.arguments["patient_id"], world.sister.arguments["alert_id"]

    manager.post(f"/patients/{own}/alerts/{foreign}/close", data={"csrf_token": token_of(manager)})

    (event,) = _refusals(app)
    assert (event.person_id, event.entity, event.entity_id) == (own, "alert", foreign)


def test_no_address_and_nobody_signed_in_leave_nothing(app: Flask, world: World, manager: FlaskClient) -> None:
    manager.get("/nowhere")
    app.test_client().get(f"/patients/{world.here.arguments['patient_id']}")

    assert _refusals(app) == []


def test_the_trail_cannot_be_flooded(app: Flask, world: World, manager: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(MOST + 5):
            assert manager.get(f"/patients/{uuid.uuid4()}").status_code == 404
        events = _refusals(app)
        assert len(events) == MOST
        assert [str(event.reason).endswith(LAST_WORDS) for event in events] == [False] * (MOST - 1) + [True]

        somebody_else = sign_in(app.test_client(), world.here.people["psychiatrist"])
        somebody_else.get("/administration/users")
        assert len(_refusals(app)) == MOST + 1

        clock.shift(timedelta(hours=1, seconds=1))
        again = sign_in(app.test_client(), world.here.people["care_manager"])
        again.get(f"/patients/{uuid.uuid4()}")
        assert len(_refusals(app)) == MOST + 2


@pytest.fixture
def refused(world: World, manager: FlaskClient) -> World:
    """A care manager asked for a patient of the sister clinic, and for the users."""
    manager.get(f"/patients/{world.sister.arguments['patient_id']}")
    manager.get("/administration/users")
    return world


def test_the_trail_is_narrowed_to_what_was_refused(app: Flask, refused: World) -> None:
    auditor = sign_in(app.test_client(), refused.here.people["auditor"])

    page = auditor.get(f"{AUDIT}?outcome=refused")

    said = [cell.get_text(strip=True) for cell in page_of(page).select('td[data-label="Outcome"]')]
    assert said == ["refused", "refused"]
    assert "record refused patient.read" in words(page)
    assert "action refused user.manage" in words(page)
    assert "action refused" not in words(auditor.get(f"{AUDIT}?outcome=success"))


def test_the_leads_of_both_clinics_see_the_refusal_and_only_one_of_them_the_person(app: Flask, refused: World) -> None:
    stranger = refused.sister.arguments["patient_id"]
    own, theirs = (
        sign_in(app.test_client(), place.people["clinic_lead"]).get(f"{AUDIT}?outcome=refused&action=record")
        for place in (refused.here, refused.sister)
    )

    assert "care_manager of Harbor" in words(own)
    assert str(stranger) not in own.text
    assert not [marker for marker in MARKERS if marker in own.text]
    assert "care_manager of Harbor" in words(theirs)
    assert "Zanzibarquist" in words(theirs)


def test_a_colleague_does_not_see_what_somebody_was_refused(app: Flask, refused: World) -> None:
    colleague = sign_in(app.test_client(), refused.here.people["psychiatrist"])

    assert "No act matches" in words(colleague.get(f"{AUDIT}?outcome=refused"))
