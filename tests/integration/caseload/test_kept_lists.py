"""What somebody makes of the list: its columns, saved views, files, and many people given to somebody at once."""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.caseload.models import CaseloadRow
from registry.caseload.rows import differences
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes.actions import revoke_consent
from registry.episodes.models import Episode
from registry.extensions import db
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.plans.actions import write_plan
from registry.plans.facts import PlanFacts
from tests.builders import a_user
from tests.elements import Element
from tests.integration.caseload.conftest import NOW, TODAY, Statements, Team, token_of
from tests.integration.caseload.listed import chips, names, row_of
from tests.pages import page_of


def headings(page: Element) -> list[str]:
    return [heading.get_text(strip=True).removesuffix(", sort") for heading in page.select("[data-rows] thead th")]


def post(browser: FlaskClient, address: str, **form: str | Sequence[str]) -> TestResponse:
    token = token_of(browser.get("/caseload").data)
    return browser.post(address, data={**form, "csrf_token": token})


def event_of(team: Team, action: str) -> AuditEvent:
    with team.app.app_context():
        return db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).one()


# Columns


def test_columns_follow_the_role_until_somebody_chooses_and_again_once_they_take_it_back(team: Team) -> None:
    team.person(family="Vega")
    browser = team.browser_of("care_manager")
    of_role = headings(page_of(browser.get("/caseload")))
    assert "Next due" in of_role
    assert "Next due" not in headings(team.page("/caseload", role="psychiatrist"))

    order = ["work", "main", "manager", "nonsense"]
    answer = post(browser, "/caseload/columns?view=off-target", columns=order, order=order)

    assert answer.location == "/caseload?view=off-target"
    assert headings(page_of(browser.get("/caseload")))[1:4] == ["Work", "Depression · PHQ-9", "Care manager"]
    assert post(browser, "/caseload/columns", reset="yes").status_code == 303
    assert headings(page_of(browser.get("/caseload"))) == of_role


def test_a_column_moves_without_losing_what_was_ticked(team: Team) -> None:
    browser = team.browser_of("care_manager")
    page = page_of(
        post(browser, "/caseload/columns", columns=["due", "work"], order=["due", "work"], move="earlier:work")
    )

    boxes = [box["value"] for box in page.select("[name=columns]")]
    assert boxes[:2] == ["work", "due"]
    assert [box["value"] for box in page.select("[name=columns][checked]")] == ["work", "due"]
    assert "Choose at least one column" in post(browser, "/caseload/columns", order=["due"]).text


def test_a_row_says_what_falls_due_how_safe_somebody_is_and_the_minutes_of_this_month(team: Team) -> None:
    person = team.person(
        scores={TODAY - timedelta(days=40): 18},
        tracked=("gad-7:total", "pcl-5:total", "wsas:total"),
        family="Vega",
    )
    with team.app.app_context(), scope.all_patients(reason="test"):
        for on, minutes in ((date(2026, 2, 28), 50), (date(2026, 3, 2), 25), (date(2026, 3, 9), None)):
            facts = ContactFacts(took_place_on=on, kind="treatment", modality="phone", reached=True, minutes=minutes)
            record_contact(patient_id=person, clinic_id=team.clinic_id, facts=facts, by=_manager(team))
        row = db.session.scalars(select(CaseloadRow)).one()
        assert (row.minutes_month, row.minutes) == (date(2026, 3, 1), 25)
        assert (row.contact_due_on, row.measure_due_on) == (date(2026, 4, 8), TODAY - timedelta(days=4))
        assert row.due_on == row.review_due_on == TODAY - timedelta(days=46)
        assert (row.safety_state, row.safety_on) == ("unknown", TODAY - timedelta(days=40))
        assert [each["scale"] for each in row.further] == ["pcl-5:total"]
        assert row.function_scale == "wsas:total"
    browser = team.browser_of("care_manager")
    post(browser, "/caseload/columns", columns=["due", "safety", "minutes"], order=["due", "safety", "minutes"])

    said = row_of(page_of(browser.get("/caseload")), "Ada Vega")

    assert "Review 46 days late measure 4 days late contact 8 Apr" in said
    assert "Unknown 31 Jan PHQ-9 item 9" in said
    assert "25 min" in said
    assert names(page_of(browser.get("/caseload?due=overdue"))) == ["Ada Vega"]
    assert names(page_of(browser.get("/caseload?due=contact"))) == []


def _manager(team: Team) -> User:
    return db.session.get_one(User, team.users["care_manager"])


@pytest.mark.both_databases
def test_the_yearly_check_counts_to_today_in_the_row_the_order_and_the_file(team: Team) -> None:
    person, other = team.person(family="Vega", mrn="1"), team.person(family="Zett", mrn="2")
    nobody_counts = {part: (TODAY - timedelta(days=1)).isoformat() for part in ("lipids", "alcohol")}
    team.many(1, yearly={"weight": "2026-03-13", "gone": "2026-03-13", **nobody_counts})
    observed = [
        ObservationFacts(kind="smoking", choice="never", taken_on=TODAY, source="here"),
        ObservationFacts(kind="weight", value=Decimal(80), unit="kg", taken_on=date(2025, 3, 12), source="here"),
    ]
    with team.app.app_context(), scope.all_patients(reason="test"):
        record_observations(patient_id=person, clinic_id=team.clinic_id, facts=observed, by=_manager(team))
        for stranger in (person, other):
            assert differences(stranger) == []
    browser = team.browser_of("care_manager")
    post(browser, "/caseload/columns", columns=["physical"], order=["physical"])

    assert "2/6" in row_of(page_of(browser.get("/caseload")), "Ada Vega")
    assert names(page_of(browser.get("/caseload?sort=physical"))) == ["Ada Zett", "Row 0000", "Ada Vega"]
    assert "Yearly physical check: 2 of 6" in browser.get(f"/patients/{person}/health").text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):  # the weight is a year old
        browser = team.browser_of("care_manager")
        assert "1/6" in row_of(page_of(browser.get("/caseload")), "Ada Vega")
        assert "Yearly physical check: 1 of 6" in browser.get(f"/patients/{person}/health").text
        answer = post(browser, "/caseload/export?sort=physical&direction=descending", format="csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["Name"], row["Physical check done"]) for row in rows] == [
        ("Row 0000", "1"),
        ("Ada Vega", "1"),
        ("Ada Zett", "0"),
    ]
    assert rows[1]["Physical check missing"] == "Weight; Blood pressure; Glucose or HbA1c; Lipids; Alcohol"


# Saved views


def test_a_saved_view_counts_who_is_in_it_now_and_leads_to_the_same_list(team: Team) -> None:
    team.person(family="Vega", mrn="1")
    browser = team.browser_of("care_manager")
    asked = "/caseload/views?phase=active&team=mine&sort=due&direction=descending"

    assert post(browser, asked, name="Mine by day", clinic="").status_code == 303
    again = post(browser, asked, name="Mine by day", clinic="")

    assert again.status_code == 422
    assert "You have a view of this name" in again.text
    page = page_of(browser.get("/caseload"))
    assert chips(page)["Mine by day"] == "1"
    team.person(family="Zett", mrn="2")
    page = page_of(browser.get("/caseload"))
    assert chips(page)["Mine by day"] == "2"
    (link,) = [chip for chip in page.select(".chip") if "Mine by day" in chip.get_text()]
    assert "sort=due" in link["href"]
    assert names(page_of(browser.get(link["href"]))) == ["Ada Vega", "Ada Zett"]
    assert "Mine by day" not in team.page("/caseload", role="psychiatrist").get_text()


def test_a_shared_view_is_seen_by_its_clinic_alone_and_its_lead_may_remove_it(team: Team) -> None:
    browser = team.browser_of("care_manager")
    post(browser, "/caseload/views?view=off-target", name="For Tuesday", clinic=str(team.clinic_id))
    page = page_of(browser.get("/caseload/views"))
    remove = next(form["action"] for form in page.select("form[action$=remove]"))

    assert chips(team.page("/caseload", role="psychiatrist"))["For Tuesday"] == "0"
    assert "For Tuesday" not in team.page("/caseload", role="stranger").get_text()
    for role in ("psychiatrist", "stranger"):
        assert post(team.browser_of(role), remove).status_code == 404
        assert post(team.browser_of(role), remove.replace("remove", "share")).status_code == 404
    assert post(browser, remove.replace("remove", "share"), clinic=str(team.other_clinic_id)).status_code == 404
    assert post(team.browser_of("clinic_lead"), remove).status_code == 303
    assert "For Tuesday" not in browser.get("/caseload").text


# Files


def test_a_file_holds_the_columns_filters_and_order_of_the_list_and_no_formula(team: Team) -> None:
    person = team.person(
        scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 0}, given="=1+1", family="Vega"
    )
    _plan_and_take_consent_back(team, person)
    (other,) = team.many(1, phase="maintaining")
    browser = team.browser_of("care_manager")
    shown = ["main", "safety", "contact"]
    post(browser, "/caseload/columns", columns=shown, order=shown)

    answer = post(browser, "/caseload/export?phase=active&sort=name", format="csv")

    assert answer.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["Name"] == "'=1+1 Vega"
    assert (row["Main baseline"], row["Main latest"], row["Main change"]) == ("18", "0", "-18")
    assert list(row)[4:8] == ["Clinic", "Consent withdrawn on", "Interpreter", "Main measure"]
    assert row["Interpreter"] == "not asked"
    assert row["Consent withdrawn on"] == "2026-03-10"
    plan = [row[f"Safety plan{name}"] for name in ("", " of", " review due on")]
    assert plan == ["yes", "2026-02-01", "2026-03-11"]
    assert row["Last two-way contact"] == ""
    event = event_of(team, "caseload.exported")
    assert event.changes is not None
    assert event.changes[0]["rows"] == 1
    assert event.changes[0]["filters"]["phase"] == "active"
    assert "Vega" not in str(event.changes)

    chosen = _episode_of(team, other)
    book = zipfile.ZipFile(io.BytesIO(post(browser, "/caseload/export", format="xlsx", episode=[chosen]).data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert book.testzip() is None
    assert len(re.findall(r"<row ", sheet)) == 2
    assert "Vega" not in sheet
    assert "<f>" not in sheet
    assert "none" in sheet  # the other has no safety plan, and no date stands for one


def _plan_and_take_consent_back(team: Team, person: uuid.UUID) -> None:
    plan = PlanFacts(
        written_on=date(2026, 2, 1), review_on=date(2026, 3, 11), took_part="Ada", sections={"signs": "Pacing"}
    )
    with team.app.app_context(), scope.all_patients(reason="test"):
        by = db.session.get_one(User, team.users["care_manager"])
        write_plan(patient_id=person, clinic_id=team.clinic_id, kind="safety", facts=plan, opened_number=0, by=by)
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        revoke_consent(episode=episode, on=date(2026, 3, 10), said_by="patient", why="Asked", by=by)


def _episode_of(team: Team, patient_id: object) -> str:
    with team.app.app_context(), scope.all_patients(reason="test"):
        return str(db.session.scalar(select(CaseloadRow.episode_id).where(CaseloadRow.patient_id == patient_id)))


# Many at once


def test_a_lead_gives_the_ticked_people_to_another_care_manager(team: Team) -> None:
    first, _, third = (team.person(family=family, mrn=family) for family in ("Anders", "Berg", "Carl"))
    with team.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, team.clinic_id)
        successor = a_user(role="care_manager", clinic=clinic, name="New Manager").id
    lead = team.browser_of("clinic_lead")
    ticked = [_episode_of(team, each) for each in (first, third)]

    assert "Tick the people" in lead.get(post(lead, "/caseload/assign").location).text
    asked = post(lead, "/caseload/assign?phase=active", episode=ticked)
    assert ("Ada Anders" in asked.text, "Ada Berg" in asked.text) == (True, False)
    assert post(lead, "/caseload/assign", episode=ticked, to_user_id=str(team.users["stranger"])).status_code == 422
    done = post(lead, "/caseload/assign?phase=active", episode=ticked, to_user_id=str(successor))

    assert done.location == "/caseload?view=everyone&phase=active"
    assert "2 people given to New Manager" in lead.get(done.location).text
    assert names(team.page(f"/caseload?team={successor}", role="clinic_lead")) == ["Ada Anders", "Ada Carl"]
    assert names(team.page("/caseload?team=mine")) == ["Ada Berg"]
    assert post(team.browser_of("care_manager"), "/caseload/assign", episode=ticked).status_code == 403


def test_saved_views_cost_one_statement_however_many_they_are(team: Team) -> None:
    browser = team.browser_of("care_manager")
    counted = []
    for name in ("One", "Two", "Three"):
        post(browser, "/caseload/views?team=mine&condition=ptsd", name=name, clinic="")
        browser.get("/caseload")
        with Statements(team.app) as statements:
            browser.get("/caseload")
        counted.append(statements.number)

    assert len(set(counted)) == 1
