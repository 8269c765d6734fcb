"""Adding a person in the browser."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from registry.access import scope
from registry.access.roles import Role
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.patients.elsewhere import ANSWER, TOO_MANY
from registry.patients.models import ContactPoint, Patient
from tests.builders import a_user, id_of, sign_in
from tests.integration.patients.conftest import World
from tests.pages import fields_of, fill_in, words

ADA = {"legal_given": "Ada", "legal_family": "Núñez", "birth_date": "1980-04-03", "mrn": "m 100"}


def _patients(world: World) -> list[Patient]:
    with world.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Patient).order_by(Patient.search_name)))


def _events(world: World, action: str) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


def test_a_person_is_added_with_everything_typed(world: World) -> None:
    answer = fill_in(
        world.browser,
        "/patients/new",
        ADA
        | {
            "used_name": "Adi",
            "pronouns": "they / them",
            "sex": "female",
            "gender_identity": "non-binary",
            "races": ["black", "white"],
            "ethnicity": "asked-no-answer",
            "languages": ["es", "en"],
            "needs_interpreter": "yes",
            "payer": "medicaid",
            "primary_care": "Dr Lin, Mott Street",
            "kind": "phone",
            "value": "(212) 555-0147",
            "may_text": "y",
        },
    )

    (patient,) = _patients(world)
    assert answer.status_code == 303
    assert answer.location == f"/patients/{patient.id}/refer"
    assert (patient.mrn, patient.search_name, patient.name) == ("M100", "nunez ada adi", "Adi Núñez")
    assert patient.races == ["black", "white"]
    assert patient.ethnicity == "asked-no-answer"
    assert patient.needs_interpreter is True
    with world.app.app_context(), scope.all_patients(reason="test"):
        point = db.session.scalars(select(ContactPoint)).one()
        assert (point.kind, point.folded, point.may_text, point.may_leave_message) == (
            "phone",
            "2125550147",
            True,
            False,
        )
    assert _events(world, "patient.added") == 1


def test_no_phone_is_normal(world: World) -> None:
    answer = fill_in(
        world.browser, "/patients/new", ADA | {"kind": "place", "note": "Fulton Street shelter, after 18:00"}
    )

    assert answer.status_code == 303


@time_machine.travel("2026-03-12 15:00Z", tick=False)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"birth_date": "2026-03-13"}, "Enter a birth date not later than today"),
        ({"birth_date": "1980-02-31"}, "Enter a date that exists"),
        ({"birth_date": ""}, "Enter the birth date"),
        ({"legal_given": ""}, "Enter the legal given name"),
        ({"legal_given": "A\x00da"}, "Remove the characters that cannot be printed"),
        ({"legal_family": "x" * 10_240}, "Use at most 200 characters"),
        ({"mrn": "   "}, "Enter the record number (MRN)"),
        ({"races": ["white", "asked-no-answer"]}, "Choose races, or that there was no answer, not both"),
        ({"races": ["martian"]}, "martian"),
        ({"kind": "phone", "value": "555"}, "Enter the phone number with its area code"),
        ({"kind": "email", "value": "nobody"}, "Enter an e-mail address"),
        ({"kind": "place"}, "Say where and when the person can be found"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_keeps_what_was_typed(
    world: World, typed: dict[str, str | list[str]], said: str
) -> None:
    sent: dict[str, str | list[str]] = {**ADA, "primary_care": "Dr Lin", **typed}
    answer = fill_in(world.browser, "/patients/new", sent)

    assert answer.status_code == 422
    assert said in words(answer)
    assert fields_of(answer)["primary_care"] == "Dr Lin"
    assert _patients(world) == []


def test_another_clinics_id_in_the_form_is_an_error_of_the_field(world: World) -> None:
    answer = fill_in(world.browser, "/patients/new", ADA | {"clinic": str(world.other_clinic_id)})

    assert answer.status_code == 422
    assert "Choose one of your clinics" in words(answer)
    assert _patients(world) == []


def test_a_second_click_adds_nobody_twice(world: World) -> None:
    sent = fields_of(world.browser.get("/patients/new")) | ADA

    first = world.browser.post("/patients/new", data=sent)
    second = world.browser.post("/patients/new", data=sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(_patients(world)) == 1


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"given": "ADA", "family": "Nunez"}, "same name, same birth date"),
        ({"given": "Aida", "family": "Nunes", "used_name": "Ada"}, "similar name, same birth date"),
        ({"given": "Ada", "family": "Nunez", "born": "1980-03-04"}, "day and month of birth swapped"),
        (
            {"given": "Somebody", "family": "Else", "born": "1990-01-01", "phone": "+1 212 555 0147"},
            "same phone number",
        ),
    ],
)
def test_likely_duplicates_are_shown_before_anything_is_saved(world: World, known: dict[str, str], why: str) -> None:
    facts: dict[str, object] = dict(known) | {"born": date.fromisoformat(known.get("born", "1980-04-03"))}
    known_id = world.add(**facts)

    answer = fill_in(world.browser, "/patients/new", ADA | {"kind": "phone", "value": "212-555-0147"})

    assert answer.status_code == 200
    assert why in words(answer)
    assert f"/patients/{known_id}" in answer.text
    assert [patient.id for patient in _patients(world)] == [known_id]
    assert _events(world, "duplicates.listed") == 1

    anyway = world.browser.post("/patients/new", data=fields_of(answer) | {"save_anyway": "yes"})

    assert anyway.status_code == 303
    assert len(_patients(world)) == 2


def test_a_lead_saves_what_may_be_the_same_person_and_goes_on_to_merge_the_two(world: World) -> None:
    known_id = world.add(given="Ada", family="Nunez", born=date.fromisoformat("1980-04-03"))
    with world.app.app_context():
        lead_id = id_of(a_user(clinic=db.session.get_one(Clinic, world.clinic_id), role=Role.CLINIC_LEAD))
    of_a_manager = fill_in(world.browser, "/patients/new", ADA)
    lead = sign_in(world.app.test_client(), lead_id)
    alike = fill_in(lead, "/patients/new", ADA)

    assert "Save and merge with this record" not in words(of_a_manager)
    assert "Save and merge with this record" in words(alike)
    saved = lead.post("/patients/new", data=fields_of(alike) | {"save_anyway": str(known_id)})

    (new_id,) = {patient.id for patient in _patients(world)} - {known_id}
    assert saved.location == f"/patients/{known_id}/merge/{new_id}"
    assert lead.get(saved.location).status_code == 200


def test_somebody_with_another_birth_date_is_not_a_likely_duplicate(world: World) -> None:
    world.add(given="Ada", family="Nunez", born=date(1991, 7, 9))

    assert fill_in(world.browser, "/patients/new", ADA).status_code == 303


def test_an_mrn_in_use_is_named_beside_its_field_with_whose_it_is(world: World) -> None:
    known_id = world.add(mrn="M100", born=date(1950, 1, 1))

    answer = fill_in(world.browser, "/patients/new", ADA)

    assert answer.status_code == 422
    assert "This MRN belongs to the person shown above" in words(answer)
    assert f"/patients/{known_id}" in answer.text
    assert "Save as a new person anyway" not in words(answer)


def test_an_mrn_of_another_clinic_is_answered_with_one_sentence_and_recorded(world: World) -> None:
    world.add_elsewhere(mrn="M100", given="Secret", family="Person")

    answer = fill_in(world.browser, "/patients/new", ADA)

    assert answer.status_code == 422
    assert ANSWER in words(answer)
    assert "Secret" not in answer.text
    assert _events(world, "patient.known-elsewhere") == 1


def test_record_numbers_cannot_be_tried_one_after_another(world: World) -> None:
    world.add_elsewhere(mrn="M100")
    page = world.browser.get("/patients/new")
    for _ in range(10):
        world.browser.post("/patients/new", data=fields_of(page) | ADA)

    answer = world.browser.post("/patients/new", data=fields_of(page) | ADA)

    assert answer.status_code == 429
    assert TOO_MANY in words(answer)
