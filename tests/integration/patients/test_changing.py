"""Changing who somebody is and how to reach them."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from registry.access import scope
from registry.audit.models import AuditEvent
from registry.extensions import db
from registry.patients.models import ContactPoint, Patient
from tests.integration.patients.conftest import World
from tests.pages import fields_of, fill_in, words


def _patient(world: World, patient_id: uuid.UUID) -> Patient:
    with world.app.app_context(), scope.all_patients(reason="test"):
        return db.session.get_one(Patient, patient_id)


def test_a_change_is_saved_and_recorded_with_before_and_after(world: World) -> None:
    patient_id = world.add(given="Ada", pronouns="she / her")

    answer = fill_in(world.browser, f"/patients/{patient_id}/identity", {"used_name": "Adam", "pronouns": "he / him"})

    assert answer.status_code == 303
    assert _patient(world, patient_id).given_name == "Adam"
    assert "adam" in _patient(world, patient_id).search_name
    with world.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "patient.changed")).one()
        assert event.changes is not None
        assert event.changes[0]["before"]["pronouns"] == "she / her"
        assert event.changes[0]["after"]["pronouns"] == "he / him"


def test_that_nobody_asked_about_an_interpreter_is_not_said_as_a_no(world: World) -> None:
    patient_id = world.add(given="Ada")
    form, details = f"/patients/{patient_id}/identity", f"/patients/{patient_id}/details"

    fill_in(world.browser, form, {"languages": ["pl"]})
    assert _patient(world, patient_id).needs_interpreter is None
    assert "interpreter: not asked" in world.browser.get(details).text
    assert "Interpreter Not asked" in words(world.browser.get(details))

    fill_in(world.browser, form, {"needs_interpreter": "no"})
    assert _patient(world, patient_id).needs_interpreter is False
    assert "no interpreter needed" in world.browser.get(details).text


def test_the_second_editor_sees_what_changed_keeps_what_they_typed_and_merges(world: World) -> None:
    patient_id = world.add(given="Ada")
    url = f"/patients/{patient_id}/identity"
    mine = fields_of(world.browser.get(url)) | {"pronouns": "they / them"}
    fill_in(world.browser, url, {"primary_care": "Dr Lin"})

    answer = world.browser.post(url, data=mine)

    assert answer.status_code == 409
    assert "Maria Santos" in words(answer)
    assert "Primary care provider Dr Lin nothing" in words(answer)
    assert fields_of(answer)["pronouns"] == "they / them"
    assert _patient(world, patient_id).pronouns == ""

    merged = world.browser.post(url, data=fields_of(answer) | {"primary_care": "Dr Lin"})

    assert merged.status_code == 303
    assert (_patient(world, patient_id).pronouns, _patient(world, patient_id).primary_care) == ("they / them", "Dr Lin")


def test_an_mrn_in_use_is_refused_on_change_as_well(world: World) -> None:
    world.add(mrn="TAKEN")
    patient_id = world.add()

    answer = fill_in(world.browser, f"/patients/{patient_id}/identity", {"mrn": "taken"})

    assert answer.status_code == 422
    assert "This MRN belongs to somebody else on record" in words(answer)


@pytest.mark.parametrize("page", ["details", "identity", "contact-points/new"])
def test_a_patient_of_another_clinic_does_not_exist(world: World, page: str) -> None:
    foreign = world.add_elsewhere()

    assert world.browser.get(f"/patients/{foreign}/{page}").status_code == 404
    assert world.browser.get(f"/patients/{uuid.uuid4()}/{page}").status_code == 404


def test_a_contact_point_of_another_person_is_not_reached_through_this_one(world: World) -> None:
    one, other = world.add(), world.add(phone="212 555 0147")
    with world.app.app_context(), scope.all_patients(reason="test"):
        point_id = db.session.scalars(select(ContactPoint.id)).one()

    assert world.browser.get(f"/patients/{one}/contact-points/{point_id}").status_code == 404
    assert world.browser.get(f"/patients/{other}/contact-points/{point_id}").status_code == 200


def test_a_contact_point_is_added_changed_and_ended_but_never_lost(world: World) -> None:
    patient_id = world.add()
    details = f"/patients/{patient_id}/details"
    fill_in(world.browser, f"/patients/{patient_id}/contact-points/new", {"kind": "phone", "value": "212 555 0147"})
    with world.app.app_context(), scope.all_patients(reason="test"):
        point_id = db.session.scalars(select(ContactPoint.id)).one()
    url = f"/patients/{patient_id}/contact-points/{point_id}"

    fill_in(world.browser, url, {"may_leave_message": "y", "note": "Ask for Jo"})
    shown = words(world.browser.get(details))
    assert "may leave a message, do not text" in shown
    assert "Ask for Jo" in shown

    assert fill_in(world.browser, details, button="No longer in use: Phone 212 555 0147").status_code == 303
    assert "No longer in use Phone: 212 555 0147, until" in words(world.browser.get(details))


def test_a_second_editor_of_a_contact_point_is_told(world: World) -> None:
    patient_id = world.add(phone="212 555 0147")
    with world.app.app_context(), scope.all_patients(reason="test"):
        point_id = db.session.scalars(select(ContactPoint.id)).one()
    url = f"/patients/{patient_id}/contact-points/{point_id}"
    mine = fields_of(world.browser.get(url)) | {"note": "Mornings"}
    fill_in(world.browser, url, {"value": "212 555 0199"})

    answer = world.browser.post(url, data=mine)

    assert answer.status_code == 409
    assert "212 555 0199" in words(answer)
    assert fields_of(answer)["note"] == "Mornings"


def test_opening_a_record_is_recorded(world: World) -> None:
    patient_id = world.add()

    world.browser.get(f"/patients/{patient_id}/details")

    with world.app.app_context():
        count = db.session.scalar(
            select(func.count()).where(AuditEvent.action == "patient.opened", AuditEvent.person_id == patient_id)
        )
        assert count == 1
