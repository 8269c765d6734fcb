"""Reading the trail: everybody their own acts, a lead the clinic's, nobody more than their patients."""

from __future__ import annotations

import uuid

import pytest
from werkzeug.test import TestResponse

from registry.access import scope
from registry.administration import trail_reach
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.extensions import db
from tests.builders import a_patient, a_user
from tests.integration.administration.conftest import House
from tests.pages import fill_in, page_of, words

AUDIT = "/administration/audit"


def _open_chart(house: House, name: str, patient_id: uuid.UUID) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"), write():
        record("patient.opened", by=house.user(name), patient_id=patient_id, kind="read", reason="a private reason")


def test_a_care_manager_sees_only_their_own_acts(house: House) -> None:
    _open_chart(house, "colleague", house.patient)
    _open_chart(house, "manager", house.patient)

    said = words(house.browser_of("manager").get(AUDIT))

    assert "Your own acts" in said
    assert "Rosa Osei" in said
    assert "Kofi Boateng" not in said


def test_nobody_widens_their_view_by_the_address(house: House) -> None:
    _open_chart(house, "colleague", house.patient)

    page = house.browser_of("manager").get(f"{AUDIT}?actor_id={house.users['colleague']}")

    assert "Kofi Boateng" not in words(page)


def test_a_lead_sees_who_opened_which_chart_of_the_clinic(house: House) -> None:
    _open_chart(house, "of mill", house.patient)

    said = words(house.browser_of("lead").get(AUDIT))

    assert "patient opened" in said
    assert "Milo Mill" in said
    assert "Marisol Vega, MRN MRN-771" in said


def test_a_lead_sees_nothing_of_another_clinics_patients(house: House) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"):
        mill = house.user("of mill").memberships[0].clinic
        both = a_user(clinic=mill, also=[house.user("lead").memberships[0].clinic], name="Bo Both")
        house.users["both"] = both.id
        stranger = a_patient(clinic=mill, given="Sten", family="Stranger").id
    _open_chart(house, "both", stranger)

    page = house.browser_of("lead").get(AUDIT)

    assert "Bo Both" in page.text
    assert "Stranger" not in page.text
    assert str(stranger) not in page.text


def test_an_administrator_sees_every_act_and_no_patient(house: House) -> None:
    _open_chart(house, "manager", house.patient)

    page = house.browser_of("admin").get(AUDIT)

    assert "patient opened" in words(page)
    for private in ("Marisol", "Vega", "MRN-771", "a private reason"):
        assert private not in page.text
    assert "Show this person's trail" not in page.text


def test_a_lead_asks_by_mrn_and_no_mrn_stands_in_the_address(house: House) -> None:
    _open_chart(house, "manager", house.patient)
    browser = house.browser_of("lead")

    answer = fill_in(browser, AUDIT, {"mrn": " mrn-771 "}, button="Show this person's trail")

    assert answer.status_code == 303
    assert "771" not in answer.location
    assert "Only acts about one person" in words(browser.get(answer.location))


def test_an_unknown_and_a_foreign_mrn_get_the_same_answer(house: House) -> None:
    with house.app.app_context():
        a_patient(clinic=house.user("of mill").memberships[0].clinic, mrn="MRN-900")

    browser = house.browser_of("lead")
    foreign, absent = (
        fill_in(browser, AUDIT, {"mrn": mrn}, button="Show this person's trail") for mrn in ("MRN-900", "MRN-901")
    )

    assert foreign.status_code == absent.status_code == 422
    assert "Nobody you may ask about has this MRN" in words(foreign)
    assert "Nobody you may ask about has this MRN" in words(absent)


def test_an_auditor_asks_about_anybody_and_the_question_is_on_record(house: House) -> None:
    _open_chart(house, "manager", house.patient)
    browser = house.browser_of("auditor")

    answer = fill_in(browser, AUDIT, {"mrn": "MRN-771"}, button="Show this person's trail")
    page = browser.get(answer.location)

    assert "Rosa Osei" in words(page)
    assert "Vega" not in page.text
    assert [act.person_id for act in house.acts("audit.patient-asked")] == [house.patient]


def test_an_auditor_learns_nothing_of_another_organisations_patients(house: House) -> None:
    with house.app.app_context():
        lakeside = db.session.get_one(Clinic, house.lakeside)
        a_patient(clinic=lakeside, mrn="MRN-900")  # theirs alone
        a_patient(clinic=lakeside, mrn="MRN-771")  # the number of a patient of one's own
    browser = house.browser_of("auditor")

    foreign = fill_in(browser, AUDIT, {"mrn": "MRN-900"}, button="Show this person's trail")
    own = fill_in(browser, AUDIT, {"mrn": "MRN-771"}, button="Show this person's trail")

    assert foreign.status_code == 422
    assert "Nobody you may ask about has this MRN" in words(foreign)
    assert str(house.patient) in own.location


def test_an_administrator_cannot_ask_by_mrn(house: House) -> None:
    browser = house.browser_of("admin")
    token = page_of(browser.get(AUDIT)).select_one('meta[name="csrf-token"]')
    assert token is not None

    answer = browser.post(f"{AUDIT}/patient", data={"mrn": "MRN-771", "csrf_token": str(token["content"])})

    assert answer.status_code == 403


def test_acts_are_narrowed_by_what_was_done_by_whom_and_when(house: House) -> None:
    _open_chart(house, "manager", house.patient)
    browser = house.browser_of("lead")

    assert "patient opened" in words(browser.get(f"{AUDIT}?action=patient.opened&since=2026-03-12&until=2026-03-12"))
    assert "No act matches" in words(browser.get(f"{AUDIT}?action=patient.opened&since=2026-03-13"))
    assert "No act matches" in words(browser.get(f"{AUDIT}?action=no.such"))
    assert "No act matches" in words(
        browser.get(f"{AUDIT}?action=patient.opened&actor_id={house.users['psychiatrist']}")
    )


def test_acts_are_sorted_by_every_heading(house: House) -> None:
    for name in ("manager", "colleague"):
        _open_chart(house, name, house.patient)
    browser = house.browser_of("lead")

    def order(sort: str, way: str) -> list[str]:
        page = browser.get(f"{AUDIT}?action=patient.opened&sort={sort}&order={way}")
        assert page.status_code == 200
        return [cell.get_text(strip=True) for cell in page_of(page).select('td[data-label="Who"]')]

    assert order("time", "ascending") == ["Rosa Osei", "Kofi Boateng"]
    assert order("time", "descending") == ["Kofi Boateng", "Rosa Osei"]
    assert order("who", "ascending") == ["Kofi Boateng", "Rosa Osei"]
    assert order("who", "descending") == ["Rosa Osei", "Kofi Boateng"]
    for sort in ("action", "outcome", "patient", "; DROP TABLE audit_event"):
        assert len(order(sort, "ascending")) == 2


def test_a_question_that_makes_no_sense_is_answered_beside_the_field(house: House) -> None:
    browser = house.browser_of("lead")

    page = browser.get(f"{AUDIT}?since=2026-02-31")
    assert page.status_code == 422
    assert "Enter a date that exists" in words(page)
    for nonsense in ("?page=-1", "?page=99999999999999999999", "?actor_id=x&person=y&sort=z&order=w", "?page=²"):
        assert browser.get(AUDIT + nonsense).status_code == 200


def test_reading_the_trail_is_itself_on_record(house: House) -> None:
    _open_chart(house, "manager", house.patient)
    house.browser_of("lead").get(AUDIT)

    (act,) = house.acts("audit.listed")
    assert act.actor_id == house.users["lead"]
    assert act.changes == [{"shown": [str(house.patient)]}]


def _people_offered(page: TestResponse) -> list[str]:
    return [option.get_text(strip=True) for option in page_of(page).select('select[name="actor_id"] option')]


def test_of_many_clinics_one_is_chosen_before_its_people(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_reach, "FEW_CLINICS", 1)
    _open_chart(house, "manager", house.patient)
    _open_chart(house, "of mill", house.patient)
    browser = house.browser_of("admin")

    everywhere = browser.get(f"{AUDIT}?actor_id={house.users['of mill']}")
    at_mill = browser.get(f"{AUDIT}?clinic_id={house.mill}")

    assert _people_offered(everywhere) == ["Anybody", "Milo Mill"]
    assert "Milo Mill" in _people_offered(at_mill)
    assert "Rosa Osei" not in _people_offered(at_mill)
    assert "Every act at Mill" in words(at_mill)


@pytest.mark.parametrize("clinic", ["mill", "lakeside"])
def test_a_clinic_out_of_reach_is_not_asked_for(house: House, clinic: str) -> None:
    page = house.browser_of("lead").get(f"{AUDIT}?clinic_id={getattr(house, clinic)}")

    assert "Every act in your clinics" in words(page)
    assert "Lara Lake" not in page.text


def test_what_somebody_typed_is_shown_as_text(house: House) -> None:
    with house.app.app_context():
        clinic = house.user("lead").memberships[0].clinic
        a_user(clinic=clinic, name="<script>alert(1)</script>")

    page = house.browser_of("lead").get(AUDIT)

    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_of_another_age_is_no_limit_of_the_trail(house: House, day: str) -> None:
    assert house.browser_of("auditor").get(f"{AUDIT}?since={day}&until={day}").status_code in {200, 422}
