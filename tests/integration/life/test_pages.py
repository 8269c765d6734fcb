"""The page over life events, as a care manager and a colleague meet it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from registry.access import scope
from registry.accounts.models import User
from registry.alerts.loading.life import load_setbacks
from registry.episodes.actions import propose_transfer
from registry.episodes.models import Episode
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.life.models import LifeEvent
from tests.builders import a_clinic
from tests.integration.contacts.conftest import NOW, TODAY, Case
from tests.pages import fields_of, fill_in, page_of, send, words

STAY = {"kind": "hospital-psychiatric", "starts_on": "2026-02-20", "words": "Mania", "source": "the ward"}


def _url(case: Case) -> str:
    return f"/patients/{case.patient_id}/life"


def _stay(case: Case) -> uuid.UUID:
    assert fill_in(case.browser_of("care_manager"), f"{_url(case)}/new", STAY).status_code == 303
    with case.app.app_context(), scope.within({case.clinic_id}):
        return db.session.scalars(select(LifeEvent.id)).one()


def _setbacks(case: Case) -> list[tuple[str, date, date | None]]:
    """As the rules read them."""
    with case.app.app_context(), scope.within({case.clinic_id}):
        found = load_setbacks([case.patient_id])[case.patient_id]
    return [(each.words, each.began_on, each.ended_on) for each in found]


def test_a_stay_lasts_until_somebody_says_that_it_is_over(case: Case) -> None:
    browser, stay = case.browser_of("care_manager"), _stay(case)
    over = f"{_url(case)}/{stay}/end"
    colleague = case.browser_of("colleague")
    opened_before = colleague.get(over)

    assert "Still there since 20 Feb 2026 (20 days ago), no end told" in words(browser.get(_url(case)))
    assert "contacts, measures, targets and reviews rest" in words(browser.get(_url(case)))
    too_early = fill_in(browser, over, {"on": "2026-02-19"})
    assert "not before the stay began" in words(too_early)
    assert _setbacks(case) == [("Psychiatric hospital", date(2026, 2, 20), None)]
    assert fill_in(browser, over, {"on": "2026-03-03"}).status_code == 303
    assert _setbacks(case) == [("Psychiatric hospital", date(2026, 2, 20), date(2026, 3, 3))]
    assert send(colleague, over, opened_before, {"on": "2026-03-05"}).location == _url(case)

    assert "20 Feb 2026 to 3 Mar 2026 (12 days)" in words(browser.get(_url(case)))
    told = words(browser.get(f"/patients/{case.patient_id}/timeline?kind=life"))
    assert "Psychiatric hospital: over" in told
    assert "20 Feb 2026 to 3 Mar 2026" not in told
    assert "Psychiatric hospital" in words(browser.get(f"/patients/{case.patient_id}"))


def test_a_second_stay_beside_the_one_without_an_end_is_saved_only_where_somebody_says_so(case: Case) -> None:
    _stay(case)
    browser, new = case.browser_of("colleague"), f"{_url(case)}/new"
    same = {"kind": "hospital", "starts_on": "2026-02-20", "words": "Admitted"}

    refused = fill_in(browser, new, same)
    assert refused.status_code == 422
    assert "Psychiatric hospital since 20 Feb 2026 (20 days ago), no end told" in words(refused)
    assert "The same stay is on record already" in words(refused)
    assert fields_of(refused)["words"] == "Admitted", "what was typed is kept"
    assert len(_setbacks(case)) == 1
    assert fill_in(browser, new, same | {"ends_on": "2026-02-21"}).status_code == 303, "a stay that is over is told"
    assert fill_in(browser, new, same | {"is_another": "y"}).status_code == 303
    assert len(_setbacks(case)) == 3


def test_somebody_says_that_the_person_is_still_there(case: Case) -> None:
    _stay(case)
    assert "In psychiatric hospital since 20 Feb" in words(case.browser_of("care_manager").get("/caseload"))

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        browser, colleague = case.browser_of("care_manager"), case.browser_of("colleague")
        opened_before = colleague.get(_url(case))
        assert "last confirmed 12 Mar 2026" in words(opened_before)
        assert fill_in(browser, _url(case), button="Still there").location == _url(case)
        assert "last confirmed 14 Mar 2026" in words(browser.get(_url(case)))
        send(colleague, _url(case), opened_before, button="Still there")
        assert "A colleague changed that entry meanwhile" in colleague.get(_url(case)).text


def test_a_clinic_that_was_only_asked_to_take_the_person_over_says_nothing_of_their_stay(case: Case) -> None:
    """What it said would have the reasons of the clinic that cares for them rest on."""
    stay = _stay(case)
    with case.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == case.patient_id)).one()
        there = db.session.get_one(User, case.users["stranger"]).memberships[0].clinic
        rosa = db.session.get_one(User, case.users["care_manager"])
        propose_transfer(episode=episode, to_clinic=there, words="Moved", by=rosa)
    asked, mine = case.browser_of("stranger"), case.browser_of("care_manager")
    page, own = asked.get(_url(case)), mine.get(_url(case))

    assert "Still there since" in words(page)
    assert "last confirmed 12 Mar 2026 by Rosa Osei" in words(page)
    said = {form["action"] for form in page_of(page).select("main form")}
    assert said.isdisjoint(f"{_url(case)}/{stay}/{what}" for what in ("still-there", "called"))
    forced = fields_of(own, button="Still there") | {
        "csrf_token": fields_of(asked.get(f"{_url(case)}/new"))["csrf_token"]
    }
    assert asked.post(f"{_url(case)}/{stay}/still-there", data=forced).status_code == 404


def test_somebody_says_once_that_the_ward_was_called(case: Case) -> None:
    _stay(case)
    browser, colleague = case.browser_of("care_manager"), case.browser_of("colleague")
    opened_before = colleague.get(_url(case))
    assert "call the ward, send medicines" in words(browser.get(f"/patients/{case.patient_id}"))

    assert fill_in(browser, _url(case), button="Ward called, medicines sent").location == _url(case)
    assert "ward called 12 Mar 2026" in words(browser.get(_url(case)))
    assert "Ward called, medicines sent" not in words(browser.get(_url(case)))
    assert "call the ward" not in words(browser.get(f"/patients/{case.patient_id}"))
    send(colleague, _url(case), opened_before, button="Ward called, medicines sent")
    assert "A colleague changed that entry meanwhile" in colleague.get(_url(case)).text


def test_what_happens_on_a_day_has_no_end_and_what_is_wrong_is_struck_through(case: Case) -> None:
    browser = case.browser_of("care_manager")
    wrong = fill_in(
        browser, f"{_url(case)}/new", {"kind": "job-lost", "starts_on": "2026-03-01", "ends_on": "2026-03-02"}
    )
    unsaid = fill_in(browser, f"{_url(case)}/new", {"kind": "other", "starts_on": "2026-03-13"})
    unexplained = fill_in(browser, f"{_url(case)}/new", {"kind": "emergency", "starts_on": "2026-03-01"})
    stay = _stay(case)

    assert "only a stay has an end" in words(wrong)
    assert fields_of(wrong)["starts_on"] == "2026-03-01"
    assert "Say what happened" in words(unsaid)
    assert "Choose why the person was there" in words(unexplained)
    assert "not later than today" in words(unsaid)
    assert fill_in(browser, f"{_url(case)}/{stay}/entered-in-error", {"why": "Her sister"}).status_code == 303

    assert "Entered in error: Her sister" in words(browser.get(_url(case)))
    assert "Psychiatric hospital" not in words(browser.get(f"/patients/{case.patient_id}"))
    with case.app.app_context(), scope.within({case.clinic_id}), pytest.raises(IntegrityError):
        record_event(
            patient_id=case.patient_id,
            clinic_id=case.clinic_id,
            facts=EventFacts(kind="emergency", starts_on=TODAY),
            by=db.session.get_one(User, case.users["care_manager"]),
        )


def test_why_somebody_was_in_an_emergency_department_decides_whether_anybody_follows_up(case: Case) -> None:
    browser, new = case.browser_of("care_manager"), f"{_url(case)}/new"
    sprain = {"kind": "emergency", "starts_on": "2026-03-10", "reason": "other", "words": "Ankle"}
    overdose = {"kind": "emergency", "starts_on": "2026-03-11", "reason": "overdose"}
    wrong = fill_in(browser, new, overdose | {"kind": "jail"})

    assert "only an emergency visit has a reason" in words(wrong)
    assert fields_of(wrong)["reason"] == "overdose"
    assert fill_in(browser, new, sprain).status_code == 303
    assert "Emergency visit" not in words(browser.get(f"/patients/{case.patient_id}"))
    assert fill_in(browser, new, overdose).status_code == 303
    assert "Emergency visit (overdose) yesterday" in words(browser.get(f"/patients/{case.patient_id}"))
    assert "Emergency department (overdose)" in words(browser.get(_url(case)))


def test_only_the_clinic_that_recorded_an_event_says_that_it_was_an_error(case: Case) -> None:
    with case.app.app_context(), scope.all_patients(reason="test"):
        elsewhere = a_clinic("The jail's clinic")
        facts = EventFacts(kind="jail", starts_on=TODAY, words="")
        manager = db.session.get_one(User, case.users["care_manager"])
        event = record_event(patient_id=case.patient_id, clinic_id=elsewhere.id, facts=facts, by=manager)
        stay = event.id
    browser = case.browser_of("care_manager")

    page = browser.get(_url(case)).text
    assert f"{_url(case)}/{stay}/end" in page
    assert f"{_url(case)}/{stay}/entered-in-error" not in page
    assert browser.get(f"{_url(case)}/{stay}/entered-in-error").status_code == 404
