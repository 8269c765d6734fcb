"""What goes wrong between a person and a form: a second click, an ended session, a colleague at the same record."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from registry import clock
from registry.access import scope
from registry.accounts.models import SignedInSession
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from tests.builders import PASSWORD
from tests.e2e.clinic import Team, a_team, sign_in, someone_in_care, spoken_with
from tests.e2e.windows import LiveServer, Windows


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    team = a_team(live_server)
    someone_in_care(live_server, team, given="Bertrand", family="Acosta")
    return team


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_second_click_stores_once(windows: Windows, live_server: LiveServer, team: Team, javascript: bool) -> None:
    page = windows.open(javascript=javascript)
    sign_in(page, team.emails["care_manager"])
    _fill_in_a_gad_7(page, team)

    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.locator(".live__value")).to_have_text("7")

    assert _stored(live_server) == 1


def test_what_was_typed_outlives_the_session(page: Page, live_server: LiveServer, team: Team) -> None:
    sign_in(page, team.emails["care_manager"])
    _fill_in_a_gad_7(page, team)
    _end_every_session(live_server)

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert _stored(live_server) == 0
    page.get_by_label("E-mail").fill(team.emails["care_manager"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Carry on and save").click()

    expect(page.locator(".live__value")).to_have_text("7")
    assert _stored(live_server) == 1


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    windows: Windows, live_server: LiveServer, team: Team
) -> None:
    first, second = windows.open(), windows.open()
    sign_in(first, team.emails["care_manager"])
    sign_in(second, team.emails["clinic_lead"])
    for page in (first, second):
        page.goto(f"{team.person('Bertrand')}/identity")
    first.get_by_label("Given name in use").fill("Bert")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_text("Bert Acosta").first).to_be_visible()

    second.get_by_label("Pronouns").fill("they/them")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert").or_(second.locator(".conflict")).first).to_contain_text("Bert")
    expect(second.get_by_label("Pronouns")).to_have_value("they/them")
    second.get_by_label("Given name in use").fill("Bert")
    second.get_by_role("button", name="Save").click()

    expect(second.get_by_text("Bert Acosta").first).to_be_visible()
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        patient = db.session.scalars(select(Patient)).one()
    assert (patient.used_name, patient.pronouns) == ("Bert", "they/them")


def test_two_people_correct_the_same_contact_and_neither_loses_a_word(
    windows: Windows, live_server: LiveServer, team: Team
) -> None:
    first, second = windows.open(), windows.open()
    contact = spoken_with(live_server, team, "Bertrand", note="Well.")
    for page, role in ((first, "care_manager"), (second, "psychiatrist")):
        sign_in(page, team.emails[role])
        page.goto(f"{team.person('Bertrand')}/contacts/{contact}/correct")

    _correct_the_note(first, "Well. Slept four hours.")
    expect(first.get_by_text("Slept four hours.")).to_be_visible()
    _correct_the_note(second, "Well. Asks for Tuesdays.")
    expect(second.get_by_role("alert")).to_contain_text("Slept four hours.")
    expect(second.get_by_label("Note")).to_have_value("Well. Asks for Tuesdays.")
    _correct_the_note(second, "Well. Slept four hours. Asks for Tuesdays.")

    expect(second.get_by_text("Well. Slept four hours. Asks for Tuesdays.")).to_be_visible()


def test_a_no_show_logged_in_the_line_leaves_the_last_contact_and_counts_beside_it(
    page: Page, live_server: LiveServer, team: Team
) -> None:
    spoken_with(live_server, team, "Bertrand", days_ago=3)
    sign_in(page, team.emails["care_manager"])
    page.goto("/caseload")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Bertrand Acosta"))
    expect(row).to_contain_text("3 days")

    page.keyboard.press("j")
    page.keyboard.press("c")
    line = page.get_by_role("form", name="Log a contact of today with Bertrand Acosta")
    line.get_by_label("Kind").select_option(label="No-show")
    line.get_by_label("How").select_option(label="In person")
    line.get_by_label("Not reached").check(force=True)
    line.get_by_role("button", name="Save").click()

    expect(row).to_contain_text("1 missed")
    expect(row).to_contain_text("3 days")


def _correct_the_note(page: Page, note: str) -> None:
    page.get_by_label("Note").fill(note)
    page.get_by_label("Why is it corrected?").fill("Left out")
    page.get_by_role("button", name="Save the correction").click()


def _fill_in_a_gad_7(page: Page, team: Team) -> None:
    page.goto(f"{team.person('Bertrand')}/measures/new/gad-7")
    for item in range(1, 8):
        page.locator(f"#item-{item} input[value='1']").check(force=True)


def _stored(live_server: LiveServer) -> int:
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        return db.session.scalar(select(func.count()).select_from(Measurement)) or 0


def _end_every_session(live_server: LiveServer) -> None:
    """As after an idle quarter of an hour."""
    with live_server.app.app_context(), write():
        for session in db.session.scalars(select(SignedInSession)):
            session.ends_at = clock.now()
