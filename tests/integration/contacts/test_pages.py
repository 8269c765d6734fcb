"""The pages over contacts, as a care manager, a peer and a stranger meet them."""

from __future__ import annotations

import uuid
from datetime import date, time

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.audit.models import AuditEvent
from registry.contacts.actions import ContactFacts, record_contact
from registry.contacts.models import Contact, DangerReport
from registry.extensions import db
from tests.integration.contacts.conftest import Case
from tests.pages import fields_of, fill_in, heading, page_of, send, words

CALL = {
    "reached": "yes",
    "minutes": "25",
    "started_at": "14:05",
    "participants": "Her sister",
    "note": "Sleeps four hours",
}


def _contacts(case: Case) -> list[Contact]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Contact).order_by(Contact.replaces_id.is_not(None))))


def _a_contact(case: Case, **facts: object) -> uuid.UUID:
    known = {"took_place_on": date(2026, 3, 10), "kind": "treatment", "modality": "phone", "reached": True, **facts}
    with case.app.app_context(), scope.within({case.clinic_id}):
        by = db.session.get_one(User, case.users["care_manager"])
        return record_contact(
            patient_id=case.patient_id,
            clinic_id=case.clinic_id,
            facts=ContactFacts(**known),  # type: ignore[arg-type]  # each test names what it is about
            by=by,
        ).id


def _events(case: Case, prefix: str) -> list[str]:
    with case.app.app_context():
        found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number))
        return [action for action in found if action.startswith(prefix)]


def test_a_call_is_logged_as_it_was(case: Case) -> None:
    browser = case.browser_of("care_manager")

    answer = fill_in(browser, f"{case.url}/new", CALL)

    assert (answer.status_code, answer.location) == (303, case.url)
    (contact,) = _contacts(case)
    assert (contact.took_place_on, contact.started_at, contact.minutes) == (date(2026, 3, 12), time(14, 5), 25)
    assert (contact.kind, contact.modality, contact.reached) == ("treatment", "phone", True)
    assert (contact.participants, contact.note) == ("Her sister", "Sleeps four hours")
    assert (contact.staff_id, contact.clinic_id) == (case.users["care_manager"], case.clinic_id)
    page = browser.get(case.url)
    assert heading(page) == "Marisol Vega"
    assert "Two-way treatment contact" in words(page)
    assert "25 minutes" in words(page)


def test_nobody_can_say_contact_without_saying_whether_the_person_was_reached(case: Case) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{case.url}/new", {"note": "Rang twice"})

    assert answer.status_code == 422
    assert "Say whether the person was reached" in words(answer)
    assert fields_of(answer)["note"] == "Rang twice"
    assert _contacts(case) == []


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"took_place_on": "2026-03-13"}, "not later than today (12 Mar 2026)"),
        ({"took_place_on": "1980-05-16"}, "after the person's birth (17 May 1980)"),
        ({"took_place_on": "2026-02-31"}, "Enter a date that exists"),
        ({"took_place_on": ""}, "Enter the date of the contact"),
        ({"started_at": "15:01"}, "Enter a time that has come"),
        ({"started_at": "25:00"}, "Not a valid time value"),
        ({"minutes": "-1"}, "Enter whole minutes between 0 and 600"),
        ({"minutes": "601"}, "Enter whole minutes between 0 and 600"),
        ({"minutes": "a few"}, "Enter whole minutes between 0 and 600"),
        ({"kind": "no-show"}, "In a no-show the person was not reached"),
        ({"kind": "tea"}, "Not a valid choice"),
        ({"modality": "pigeon"}, "Not a valid choice"),
        ({"note": "a\x00b"}, "Remove the characters that cannot be printed"),
        ({"participants": "a\x00b"}, "Remove the characters that cannot be printed"),
        ({"note": "x" * 10_240}, "Use at most 4,000 characters"),
        ({"participants": "x" * 10_240}, "Use at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(case: Case, typed: dict[str, str], complaint: str) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{case.url}/new", {**CALL, **typed})

    assert answer.status_code == 422
    assert complaint in words(answer)
    if "note" not in typed:
        assert fields_of(answer)["note"] == CALL["note"]
    assert _contacts(case) == []


def test_a_contact_of_no_minutes_is_not_one_without_minutes(case: Case) -> None:
    browser = case.browser_of("care_manager")

    fill_in(browser, f"{case.url}/new", {"reached": "no", "minutes": "0"})
    fill_in(browser, f"{case.url}/new", {"reached": "no", "minutes": ""})

    assert {contact.minutes for contact in _contacts(case)} == {0, None}


@pytest.mark.parametrize("tab", ["contacts", "reviews", "measures", "timeline"])
def test_a_part_of_a_record_has_its_keys_and_lies_in_no_place_of_the_navigation(case: Case, tab: str) -> None:
    page = page_of(case.browser_of("care_manager").get(f"/patients/{case.patient_id}/{tab}"))

    assert page.select(".side__nav a")
    assert page.select(".side__nav [aria-current]") == []
    steps = {"m": "/measures/new", "c": "/contacts/new", "r": "/question"}
    for key, address in steps.items():
        assert page.select_one(f'[data-key="{key}"]')["href"] == f"/patients/{case.patient_id}{address}"  # type: ignore[index]  # there


def test_a_second_click_logs_one_contact(case: Case) -> None:
    browser = case.browser_of("care_manager")
    page = browser.get(f"{case.url}/new")

    answers = [send(browser, f"{case.url}/new", page, CALL) for _ in range(2)]

    assert [answer.location for answer in answers] == [case.url, case.url]
    assert len(_contacts(case)) == 1


def test_a_contact_saved_again_after_the_way_back_is_held_and_asks(case: Case) -> None:
    browser = case.browser_of("care_manager")
    fill_in(browser, f"{case.url}/new", CALL)

    held = fill_in(browser, f"{case.url}/new", {**CALL, "note": "Sleeps four hours."})

    assert held.status_code == 409
    assert "treatment contact of 12 Mar 2026, 14:05" in words(held)
    assert "recorded by Rosa Osei" in words(held)
    assert fields_of(held)["note"] == "Sleeps four hours."
    assert len(_contacts(case)) == 1

    assert send(browser, f"{case.url}/new", held, {"again": "y"}).status_code == 303
    assert len(_contacts(case)) == 2


@pytest.mark.parametrize(
    ("typed", "role"),
    [({"started_at": "14:06"}, "care_manager"), ({"kind": "team"}, "care_manager"), ({}, "colleague")],
    ids=["another minute", "another kind", "another person of the team"],
)
def test_another_contact_of_the_day_is_saved_without_a_question(case: Case, typed: dict[str, str], role: str) -> None:
    fill_in(case.browser_of("care_manager"), f"{case.url}/new", CALL)

    assert fill_in(case.browser_of(role), f"{case.url}/new", {**CALL, **typed}).status_code == 303
    assert len(_contacts(case)) == 2


def test_without_a_start_time_only_what_says_the_same_in_everything_is_asked_about(case: Case) -> None:
    browser = case.browser_of("care_manager")
    attempt = {"kind": "outreach", "reached": "no", "note": "No answer"}
    fill_in(browser, f"{case.url}/new", attempt)

    assert fill_in(browser, f"{case.url}/new", attempt).status_code == 409
    assert fill_in(browser, f"{case.url}/new", {**attempt, "note": "Engaged"}).status_code == 303


def test_a_contact_is_logged_for_the_colleague_who_was_in_contact(case: Case) -> None:
    colleague, url = str(case.users["colleague"]), f"{case.url}/new"
    browser = case.browser_of("care_manager")
    assert fill_in(browser, url, {**CALL, "staff": str(case.users["stranger"])}).status_code == 422

    assert fill_in(browser, url, {**CALL, "staff": colleague}).status_code == 303

    (contact,) = _contacts(case)
    assert (contact.staff_id, contact.recorded_by_id) == (case.users["colleague"], case.users["care_manager"])
    assert "Kofi Boateng" in words(browser.get(case.url))
    assert fill_in(browser, url, {**CALL, "staff": colleague}).status_code == 409, "asked whether it is the same"


def test_a_correction_keeps_the_earlier_entry(case: Case) -> None:
    contact_id = _a_contact(case, minutes=10)
    browser = case.browser_of("care_manager")

    answer = fill_in(browser, f"{case.url}/{contact_id}/correct", {"minutes": "25", "why": "Mistyped"})

    assert answer.status_code == 303
    earlier, later = _contacts(case)
    assert (earlier.status, earlier.minutes) == ("amended", 10)
    assert (later.status, later.minutes, later.replaces_id, later.why) == ("final", 25, contact_id, "Mistyped")
    assert "Corrects an earlier entry: Mistyped" in words(browser.get(case.url))


def test_a_correction_needs_its_reason(case: Case) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{case.url}/{_a_contact(case)}/correct", {"minutes": "25"})

    assert answer.status_code == 422
    assert "Say why the entry is corrected" in words(answer)


def test_an_entry_in_error_is_struck_through_and_counts_nowhere(case: Case) -> None:
    contact_id = _a_contact(case, note="Of somebody else")
    browser = case.browser_of("care_manager")

    answer = fill_in(browser, f"{case.url}/{contact_id}/entered-in-error", {"why": "Wrong person"})

    assert answer.status_code == 303
    page = browser.get(case.url)
    assert "Entered in error: Wrong person" in words(page)
    assert "Two-way treatment contact" not in words(page)
    assert [each.get_text() for each in page_of(page).select("td .is-void")][-1] == "Of somebody else"
    assert "Correct" not in [link.get_text() for link in page_of(page).select("a")]


def test_the_second_of_two_people_correcting_is_told_what_changed_and_loses_nothing(case: Case) -> None:
    contact_id = _a_contact(case, minutes=10)
    url = f"{case.url}/{contact_id}/correct"
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    opened_by_me = mine.get(url)
    fill_in(theirs, url, {"minutes": "40", "note": "She rang back", "why": "From the telephone bill"})

    told = send(mine, url, opened_by_me, {"minutes": "25", "note": "A long story", "why": "Mistyped"})

    assert told.status_code == 409
    assert "Saved by Kofi Boateng" in words(told)
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page_of(told).select(".conflict tbody tr")]
    assert rows == [["Minutes", "40 minutes", "25 minutes"], ["Note", "She rang back", "A long story"]]
    assert fields_of(told)["note"] == "A long story"

    again = send(mine, url, told, {"note": "A long story. She rang back"})

    assert again.status_code == 303
    kept = [(contact.status, contact.minutes, contact.note) for contact in _contacts(case)]
    assert sorted(kept) == [
        ("amended", 10, ""),
        ("amended", 40, "She rang back"),
        ("final", 25, "A long story. She rang back"),
    ]


def test_correcting_what_was_withdrawn_meanwhile_is_refused(case: Case) -> None:
    contact_id = _a_contact(case)
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    opened_by_me = mine.get(f"{case.url}/{contact_id}/correct")
    fill_in(theirs, f"{case.url}/{contact_id}/entered-in-error", {"why": "Wrong person"})

    told = send(mine, f"{case.url}/{contact_id}/correct", opened_by_me, {"minutes": "25", "why": "Mistyped"})
    again = send(mine, f"{case.url}/{contact_id}/correct", told)

    assert (told.status_code, again.status_code) == (409, 409)
    assert "Entered in error: Wrong person" in words(told)
    assert [contact.status for contact in _contacts(case)] == ["entered-in-error"]


def test_withdrawing_what_was_corrected_meanwhile_is_asked_again(case: Case) -> None:
    contact_id = _a_contact(case)
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    url = f"{case.url}/{contact_id}/entered-in-error"
    opened_by_me = mine.get(url)
    fill_in(theirs, f"{case.url}/{contact_id}/correct", {"minutes": "25", "why": "Mistyped"})

    told = send(mine, url, opened_by_me, {"why": "Wrong person"})

    assert told.status_code == 409
    assert send(mine, url, told).status_code == 303
    assert [contact.status for contact in _contacts(case)] == ["amended", "entered-in-error"]


def test_the_address_of_an_earlier_version_leads_to_the_one_that_stands(case: Case) -> None:
    contact_id = _a_contact(case)
    browser = case.browser_of("care_manager")
    fill_in(browser, f"{case.url}/{contact_id}/correct", {"minutes": "25", "why": "Mistyped"})

    answer = browser.get(f"{case.url}/{contact_id}/correct")

    assert (answer.status_code, answer.location) == (303, f"{case.url}/{_contacts(case)[1].id}/correct")


@pytest.mark.parametrize("path", ["", "/new", "/{contact}/correct", "/{contact}/entered-in-error"])
def test_a_person_of_another_clinic_does_not_exist(case: Case, path: str) -> None:
    url = case.url + path.format(contact=_a_contact(case))

    assert case.browser_of("stranger").get(url).status_code == 404
    assert case.browser_of("care_manager").get(url).status_code == 200


def test_a_contact_of_somebody_else_does_not_exist(case: Case) -> None:
    assert case.browser_of("care_manager").get(f"{case.url}/{uuid.uuid4()}/correct").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("clinic_lead", 403), ("peer", 403)])
def test_who_may_not_log_contacts_is_refused(case: Case, role: str, status: int) -> None:
    assert case.browser_of(role).get(f"{case.url}/new").status_code == status


def test_a_peer_logs_contacts_only_with_those_whose_team_they_are_on(case: Case) -> None:
    url = f"/my-people/{case.patient_id}/contacts/new"

    assert fill_in(case.browser_of("peer"), url, CALL).status_code == 303
    assert case.browser_of("other peer").get(url).status_code == 404
    assert [contact.staff_id for contact in _contacts(case)] == [case.users["peer"]]


def test_opening_the_list_is_recorded(case: Case) -> None:
    case.browser_of("care_manager").get(case.url)

    assert _events(case, "contacts.") == ["contacts.opened"]


def test_a_report_of_danger_alerts_at_once(case: Case) -> None:
    url = f"/patients/{case.patient_id}/danger/new"

    answer = fill_in(
        case.browser_of("peer"), url, {"kind": "self-harm", "said_by": "Her sister", "words": "Has put pills aside"}
    )

    assert answer.status_code == 303
    with case.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(DangerReport.words)).all() == ["Has put pills aside"]
        assert [alert.tier for alert in db.session.scalars(select(Alert).where(Alert.is_safety))] == ["urgent"]
    assert case.browser_of("other peer").get(url).status_code == 404


def test_a_report_of_danger_says_what_is_missing(case: Case) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"/patients/{case.patient_id}/danger/new", {"said_by": "He"})

    assert answer.status_code == 422
    assert "Choose what the danger is" in words(answer)
    assert fields_of(answer)["said_by"] == "He"
