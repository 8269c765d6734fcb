"""A care manager types a PHQ-9 from paper without touching the mouse."""

from __future__ import annotations

import logging
import time
import uuid

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import MeasurementScore, SafetySignal
from tests.builders import a_clinic, a_patient, a_user, an_episode, id_of
from tests.e2e.accessibility import accessibility_faults
from tests.e2e.clinic import sign_in
from tests.e2e.windows import PHONE, LiveServer, Windows

log = logging.getLogger(__name__)

_COUNT_INTERACTIONS = """() => {
    window.interactions = { keys: 0, mouse: 0 };
    addEventListener("keydown", () => (window.interactions.keys += 1), true);
    for (const kind of ["pointerdown", "mousedown", "touchstart"])
        addEventListener(kind, () => (window.interactions.mouse += 1), true);
}"""


@pytest.fixture
def patient_id(live_server: LiveServer) -> uuid.UUID:
    """A patient in care at the clinic of the one care manager."""
    with live_server.app.app_context():
        sync_instruments()
        clinic = a_clinic("Harbor Street Clinic")
        a_user(clinic=clinic, name="R. Osei")
        patient = a_patient(clinic=clinic, given="Annelise", family="Brandt", pronouns="she / her")
        an_episode(patient=patient, clinic=clinic)
        return id_of(patient)


def begin(page: Page, live_server: LiveServer) -> None:
    """Signed in as the one care manager."""
    with live_server.app.app_context():
        email = db.session.scalars(select(User.email)).one()
    sign_in(page, email)


def totals(live_server: LiveServer) -> list[int]:
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        return [int(value or 0) for value in db.session.scalars(select(MeasurementScore.value))]


def test_a_phq_9_is_typed_by_digits_and_saved_by_enter(
    page: Page, live_server: LiveServer, patient_id: uuid.UUID
) -> None:
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/phq-9")
    expect(page.locator("[data-item='1'] input").first).to_be_focused()

    for digit in "223211100":
        page.keyboard.press(digit)
    expect(page.locator("[data-part=value]")).to_have_text("12")
    expect(page.locator("[data-part=band]")).to_have_text("moderate")
    expect(page.locator("[data-part=target]")).to_have_text("Not at target (4 or lower)")
    assert accessibility_faults(page) == []

    page.keyboard.press("1")  # how difficult: the last item, then the button
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("PHQ-9 saved")).to_be_visible()
    expect(page.locator(".live__value")).to_have_text("12")
    assert accessibility_faults(page) == []
    assert totals(live_server) == [12]


def test_a_phq_9_takes_eleven_keys_and_no_mouse(page: Page, live_server: LiveServer, patient_id: uuid.UUID) -> None:
    """The keys are what a person needs; what the program takes meanwhile is measured and logged, not asserted."""
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/phq-9")
    page.evaluate(_COUNT_INTERACTIONS)

    began = time.perf_counter()
    for digit in "2232111000":
        page.keyboard.press(digit)
    told = page.evaluate("window.interactions")
    page.keyboard.press("Enter")
    expect(page.get_by_text("PHQ-9 saved")).to_be_visible()

    log.info("from the first key to the saved page: %.2f seconds", time.perf_counter() - began)
    assert told == {"keys": 10, "mouse": 0}, "one key an answer, and Enter to save"
    assert totals(live_server) == [12]


def test_a_key_goes_back_and_another_takes_an_answer_back(
    page: Page, live_server: LiveServer, patient_id: uuid.UUID
) -> None:
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/phq-9")

    page.keyboard.press("3")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-item='1'] input[value='3']")).to_be_focused()
    page.keyboard.press("Delete")

    expect(page.locator("[data-item='1'] input:checked")).to_have_count(0)
    expect(page.locator("[data-part=answered]")).to_have_text("0 of 9 answered")


def test_a_correction_begins_at_the_first_item(page: Page, live_server: LiveServer, patient_id: uuid.UUID) -> None:
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/phq-9")
    for digit in "223211100":
        page.keyboard.press(digit)
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("link", name="Correct").click()

    expect(page.locator("[data-item='1'] input[value='2']")).to_be_focused()


def test_a_positive_item_9_is_saved_before_anything_is_asked(
    page: Page, live_server: LiveServer, patient_id: uuid.UUID
) -> None:
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/phq-9")

    for digit in "0000000020":
        page.keyboard.press(digit)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/new/" not in url)

    with live_server.app.app_context(), scope.all_patients(reason="test"):
        signal = db.session.scalars(select(SafetySignal)).one()
    assert (signal.item, signal.value) == ("9", 2)
    assert signal.alert_id is not None
    expect(page.get_by_text("Item 9").or_(page.get_by_text("item 9")).first).to_be_visible()


def test_without_scripts_the_server_shows_the_score(
    windows: Windows, live_server: LiveServer, patient_id: uuid.UUID
) -> None:
    page = windows.open(viewport=PHONE, javascript=False)
    begin(page, live_server)
    page.goto(f"/patients/{patient_id}/measures/new/gad-7")

    for item in range(1, 8):
        page.locator(f"#item-{item} input[value='2']").check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".live__value")).to_have_text("14")
    assert totals(live_server) == [14]


def test_the_history_and_two_unlike_measures_are_accessible_on_a_phone(
    windows: Windows, live_server: LiveServer, patient_id: uuid.UUID
) -> None:
    page = windows.open(viewport=PHONE, colours="dark")
    begin(page, live_server)
    for path in ("new/bprs-18", "new/hmis-living-situation", ""):
        page.goto(f"/patients/{patient_id}/measures/{path}".rstrip("/"))
        assert accessibility_faults(page) == [], path
