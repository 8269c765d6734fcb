"""When contacts were, how long they took, and with which others they share time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from registry.access import scope
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, mark_entered_in_error, record_contact
from registry.contacts.models import Contact
from registry.extensions import db
from registry.patients.actions import add_contact_point
from registry.patients.facts import ContactPointFacts
from registry.patients.models import Patient
from tests.builders import a_clinic, a_patient, a_user, an_episode, sign_in
from tests.integration.contacts.conftest import Case
from tests.pages import Fields, fields_of, fill_in, page_of, words

REACHED = {"reached": "yes", "minutes": ""}


def _log(case: Case, **facts: object) -> Contact:
    """Inside a scope: a contact of the care manager."""
    known = {"took_place_on": date(2026, 3, 10), "kind": "treatment", "modality": "phone", "reached": True, **facts}
    return record_contact(
        patient_id=case.patient_id,
        clinic_id=case.clinic_id,
        facts=ContactFacts(**known),  # type: ignore[arg-type]  # each test names what it is about
        by=db.session.get_one(User, case.users["care_manager"]),
    )


@pytest.mark.parametrize(
    ("typed", "field", "complaint"),
    [
        ({"started_at": "14:00", "ended_at": "14:30", "minutes": "40"}, "minutes", "it took 30 minutes"),
        ({"ended_at": "14:30"}, "started_at", "Enter the start time as well"),
        ({"started_at": "14:30", "ended_at": "15:05"}, "ended_at", "It would end at 15:05"),
        ({"started_at": "14:50", "minutes": "25"}, "minutes", "It would end at 15:15"),
        ({"started_at": "14:30", "ended_at": "14:00"}, "ended_at", "That would be 23 hours"),
    ],
)
def test_times_that_contradict_each_other_are_refused_beside_the_field(
    case: Case, typed: dict[str, str], field: str, complaint: str
) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{case.url}/new", {**REACHED, **typed})

    assert answer.status_code == 422
    error = page_of(answer).select_one(f".field--invalid:has([name={field}])")
    assert error is not None
    assert complaint in error.get_text()
    assert fields_of(answer).items() >= typed.items()


@pytest.mark.parametrize(
    ("typed", "field", "complaint"),
    [
        ({"kind": "collateral", "reached": "no"}, "took_part", "Say with whom it was"),
        ({"kind": "collateral", "took_part": "family"}, "reached", "A collateral contact is without the person"),
        ({"modality": "peer"}, "modality", "one only tries to reach a person"),
        ({"modality": "letter"}, "modality", "A letter reaches nobody by itself"),
        ({"modality": "text"}, "modality", "A text message is no conversation: choose Message"),
        ({"modality": "email"}, "modality", "An e-mail or portal message is no conversation: choose Message"),
    ],
)
def test_who_took_part_and_how_fit_the_kind(case: Case, typed: dict[str, str], field: str, complaint: str) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{case.url}/new", {**REACHED, **typed})

    assert answer.status_code == 422
    error = page_of(answer).select_one(f".field--invalid:has([name={field}])")
    assert error is not None
    assert complaint in error.get_text()
    assert fields_of(answer)["reached"] == typed.get("reached", "yes"), "what was typed is kept"


def test_no_way_in_stores_a_conversation_in_writing(case: Case) -> None:
    with (
        case.app.app_context(),
        scope.within({case.clinic_id}),
        pytest.raises(IntegrityError, match="reached_in_conversation"),
    ):
        _log(case, modality="text")


def test_a_collateral_contact_says_with_whom_it_was(case: Case) -> None:
    browser = case.browser_of("care_manager")
    typed: Fields = {
        "kind": "collateral",
        "reached": "no",
        "took_part": ["family", "interpreter"],
        "participants": "Her sister",
    }

    assert fill_in(browser, f"{case.url}/new", typed).status_code == 303

    page = words(browser.get(case.url))
    assert "with family or friend, interpreter (Her sister)" in page
    assert "Missed attempt" not in page


def test_a_contact_that_overlaps_another_of_the_same_colleague_is_shown_and_not_refused(case: Case) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        other = a_patient(clinic=db.session.get_one(Clinic, case.clinic_id), given="Ana", family="Ruiz")
        facts = ContactFacts(
            took_place_on=date(2026, 3, 12),
            kind="treatment",
            modality="phone",
            reached=True,
            started_at=time(10),
            minutes=30,
        )
        by = db.session.get_one(User, case.users["care_manager"])
        other_url = f"/patients/{other.id}/contacts"
        record_contact(patient_id=other.id, clinic_id=case.clinic_id, facts=facts, by=by)
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")

    fill_in(theirs, f"{case.url}/new", {**REACHED, "started_at": "10:10", "ended_at": "10:20"})
    assert "overlaps" not in words(theirs.get(case.url))
    saved = fill_in(mine, f"{case.url}/new", {**REACHED, "started_at": "10:20", "ended_at": "11:00"})

    assert saved.status_code == 303
    with mine.session_transaction() as kept:
        assert "Ruiz" not in str(kept), "the form cookie is not sealed"
    page = mine.get(case.url)
    assert "The time overlaps with another contact, 10:00–10:30" in words(page)
    shown = page_of(page).select("td a.words--action")
    assert [(each.get_text(), each["href"]) for each in shown] == [("overlaps with 10:00–10:30, Ana Ruiz", other_url)]


def test_the_evening_of_31_march_in_los_angeles_is_march(case: Case) -> None:
    """And minutes are of the clinic's month: those of February, of an entry in error and of another team are not."""
    with case.app.app_context(), scope.all_patients(reason="test"):
        clinic = a_clinic("Venice", time_zone="America/Los_Angeles")
        manager = a_user(clinic=clinic)
        patient = a_patient(clinic=clinic)
        an_episode(patient=patient, clinic=clinic, enrolled_on=date(2026, 1, 5), care_manager=manager)
        *_, void = [
            record_contact(
                patient_id=patient.id,
                clinic_id=clinic.id,
                facts=ContactFacts(took_place_on=on, kind=kind, modality="phone", reached=True, minutes=minutes),
                by=manager,
            )
            for on, kind, minutes in [
                (date(2026, 2, 28), "treatment", 7),
                (date(2026, 3, 1), "treatment", 20),
                (date(2026, 3, 2), "seen-elsewhere", 50),
                (date(2026, 3, 3), "team", 5),
                (date(2026, 3, 4), "treatment", 90),
            ]
        ]
        mark_entered_in_error(contact=void, why="Of somebody else", opened_version=void.version, by=manager)
        manager_id, url = manager.id, f"/patients/{patient.id}/contacts"

    with time_machine.travel(datetime(2026, 4, 1, 1, 5, tzinfo=UTC), tick=False):
        browser = sign_in(case.app.test_client(), manager_id)
        assert fields_of(browser.get(f"{url}/new"))["took_place_on"] == "2026-03-31"
        typed = {"reached": "yes", "started_at": "17:40", "ended_at": "18:05"}
        assert fill_in(browser, f"{url}/new", typed).status_code == 303
        assert "50 minutes in March 2026" in words(browser.get(url))

    with time_machine.travel(datetime(2026, 4, 1, 7, 5, tzinfo=UTC), tick=False):
        assert "0 minutes in April 2026" in words(sign_in(case.app.test_client(), manager_id).get(url))


def test_the_ladder_shows_what_was_tried_and_what_is_next(case: Case) -> None:
    browser = case.browser_of("care_manager")
    with case.app.app_context(), scope.within({case.clinic_id}):
        _log(case, took_place_on=date(2026, 3, 2))
        patient, by = db.session.get_one(Patient, case.patient_id), db.session.get_one(User, case.users["care_manager"])
        add_contact_point(
            patient=patient, facts=ContactPointFacts(kind="phone", value="555 0100"), on=date(2026, 3, 12), by=by
        )
    assert page_of(browser.get(case.url)).select(".ladder__step") == []

    for on in (4, 6, 10):
        with case.app.app_context(), scope.within({case.clinic_id}):
            _log(case, took_place_on=date(2026, 3, on), kind="outreach", reached=False)

    page = browser.get(case.url)
    steps = [" ".join(each.get_text(" ").split()) for each in page_of(page).select(".ladder__step")]
    assert steps == [
        "Call tried",
        "Text or e-mail nothing on record that may be used for it",
        "Letter no address on record",
        "Visit no address or place on record",
        "Peer specialist next",
        "Partner not yet",
    ]
    assert "Next: ask a peer specialist to try." in words(page)
    assert "Not reached in 3 attempts since 4 Mar 2026 (call); next, ask a peer specialist" in words(
        browser.get("/my-day")
    )
    with case.app.app_context(), scope.within({case.clinic_id}):
        _log(case, took_place_on=date(2026, 3, 11), kind="outreach", reached=True)
    assert page_of(browser.get(case.url)).select(".ladder__step") == []
    assert "Not reached in" not in words(browser.get("/my-day"))
