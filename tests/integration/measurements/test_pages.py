"""The pages over measures, as a browser without scripts uses them."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.actions import correct_measurement
from registry.measurements.models import Measurement, SafetySignal
from tests.builders import a_choice, sign_in
from tests.integration.measurements.browser import Browser, Stored, a_measure, errors, fields, one, typed
from tests.integration.measurements.people import BORN, ENROLLED, TODAY, Person, a_person, phq9, phq9_total
from tests.integration.measurements.statements import statements_of
from tests.pages import page_of, words


def test_a_phq_9_typed_from_paper_is_scored_by_the_server(browser: Browser, stored: Stored) -> None:
    response = browser.send("/new/phq-9", typed(phq9_total(14)))

    assert response.status_code == 303
    assert stored() == [("final", [14])]
    page = page_of(browser.client.get(response.location))
    assert one(page, ".live__value").get_text() == "14"
    assert "moderate" in page.get_text()


def test_the_date_is_today_until_another_is_typed(browser: Browser) -> None:
    page = browser.page("/new/phq-9")

    date_field = one(page, "#taken_on")
    assert (date_field["value"], date_field["max"], date_field["min"]) == ("2026-03-16", "2026-03-16", "1980-05-17")


def test_items_stand_in_the_order_of_the_paper_and_the_safety_item_is_marked(browser: Browser) -> None:
    page = browser.page("/new/phq-9")

    assert [each["data-item"] for each in page.select("[data-item]")] == [*map(str, range(1, 10)), "difficulty"]
    assert [each["data-item"] for each in page.select(".question--safety")] == ["9"]


def test_the_question_above_the_items_is_asked_as_the_form_words_it(browser: Browser) -> None:
    assert "how often have you been bothered by any of the following problems?" in browser.page("/new/phq-9").get_text()
    assert "how often" not in browser.page("/new/asrm").get_text()


def test_a_score_only_instrument_shows_neutral_labels_and_its_notice(browser: Browser) -> None:
    page = browser.page("/new/asrm")

    assert page.select(".question__text")[0].get_text(" ", strip=True) == "1 Item 1"
    assert "under copyright" in page.get_text()


@pytest.mark.parametrize("instrument", ["gad-7", "bprs-18", "asrm", "employment", "hmis-living-situation"])
def test_every_instrument_can_be_opened(browser: Browser, instrument: str) -> None:
    assert browser.page(f"/new/{instrument}").select("input[type=radio]")


def test_housing_is_entered_on_the_same_page(app: Flask, browser: Browser) -> None:
    response = browser.send("/new/hmis-living-situation", {"item-living": "116"})

    assert "Homeless" in page_of(browser.client.get(response.location)).get_text()


def test_a_total_without_answers_is_the_total_only_and_item_9_unknown(browser: Browser, stored: Stored) -> None:
    response = browser.send("/new/phq-9", {"total": "14"})

    assert stored() == [("final", [14])]
    assert "item 9 unknown" in page_of(browser.client.get(response.location)).get_text()


@pytest.mark.parametrize(
    ("total", "said"), [("24", "item 9 unknown"), ("25", "item 9 positive: no total of 25 without it")]
)
def test_a_total_that_only_a_positive_answer_reaches_says_so(browser: Browser, total: str, said: str) -> None:
    response = browser.send("/new/phq-9", {"total": total})
    pages = page_of(browser.client.get(response.location)), browser.page("")

    for page in pages:
        shown = " ".join(page.get_text(" ").split())
        assert said in shown
        assert ("item 9 unknown" in shown) is (total == "24")


def test_a_declined_item_withholds_the_total_and_says_so(browser: Browser) -> None:
    response = browser.send("/new/phq-9", typed(phq9_total(8)) | {"item-3": "declined"})

    text = page_of(browser.client.get(response.location)).get_text(" ", strip=True)
    assert "No score: item 3 has no answer" in text
    assert "Declined" in text


BAD_INPUT = [
    ("a future date", {"taken_on": (TODAY + timedelta(days=1)).isoformat()}, "not later than today"),
    ("a date before birth", {"taken_on": (BORN - timedelta(days=1)).isoformat()}, "born on 17 May 1980"),
    ("31 February", {"taken_on": "2026-02-31"}, "Enter a date that exists"),
    ("no date", {"taken_on": ""}, "Enter the date the form was completed"),
    ("a date of 10 kB", {"taken_on": "2" * 10_000}, "Enter a date that exists"),
    ("an answer out of range", {"item-1": "4"}, "Choose one of those listed"),
    ("None", {"item-1": "None"}, "Choose one of those listed"),
    ("a NUL", {"item-1": "\x00"}, "Choose one of those listed"),
    ("two answers to an item", {"item-1": ["0", "3"]}, "Choose one answer: more than one was sent"),
    ("the same answer twice", {"item-1": ["3", "3"]}, "Choose one answer: more than one was sent"),
    ("an answer of 10 kB", {"item-1": "1" * 10_000}, "Choose one of those listed"),
    ("a way of giving it that this form has not", {"mode": "imported"}, "Choose one of those listed"),
    ("no way of giving it", {"mode": None}, "Choose how it was given"),
    ("a rater who is nobody", {"rater_id": str(uuid.uuid4())}, "Choose one of those listed"),
    ("a language nobody speaks", {"language": "\x00"}, "Choose one of those listed"),
    ("a total that is not whole", {"total": "14.5"}, "whole number from 0 to 27"),
    ("a total that is a word", {"total": "None"}, "whole number from 0 to 27"),
    ("a total out of range", {"total": "28"}, "whole number from 0 to 27"),
    ("a negative total", {"total": "-1"}, "whole number from 0 to 27"),
    ("a total of thousands of digits", {"total": "9" * 5_000}, "whole number from 0 to 27"),
    ("a total of other digits", {"total": "١٤"}, "whole number from 0 to 27"),
    ("a total the answers contradict", {"total": "13"}, "The declared total is 13, the answers add up to 14"),
    ("a total beside a blank item", {"total": "14", "item-2": ""}, "Without an answer to item 2"),
    ("a form key of 10 kB", {"form_key": "k" * 10_000}, ""),
]


@pytest.mark.parametrize(("values", "words"), [case[1:] for case in BAD_INPUT], ids=[case[0] for case in BAD_INPUT])
def test_bad_input_is_answered_beside_its_field_and_nothing_is_stored(
    browser: Browser, stored: Stored, values: dict[str, Any], words: str
) -> None:
    response = browser.send("/new/phq-9", typed(phq9_total(14)) | values)

    assert response.status_code == 422
    assert words in errors(response)
    assert stored() == []
    if "item-8" not in values:
        assert page_of(response).select_one("input[name=item-8][checked]") is not None, "what was typed stays"


@pytest.mark.parametrize(
    ("instrument", "says"),
    [("phq-9", "Answer at least one item, or enter the total"), ("goal-tracker", "Answer at least one item")],
)
def test_a_form_with_nothing_on_it_is_refused(browser: Browser, stored: Stored, instrument: str, says: str) -> None:
    response = browser.send(f"/new/{instrument}", {})

    assert (response.status_code, errors(response)) == (422, says)
    assert stored() == []


def test_a_total_of_a_measure_without_one_is_refused(browser: Browser) -> None:
    response = browser.send("/new/employment", {"item-work": "1", "total": "3"})

    assert (response.status_code, "this measure has no total" in errors(response)) == (422, True)


def test_a_second_click_stores_one_measure_and_leads_to_the_same_page(browser: Browser, stored: Stored) -> None:
    page = browser.page("/new/phq-9")
    values = fields(page.select("main form[method=post]")[0]) | typed(phq9_total(14))

    first = browser.client.post(f"{browser.measures}/new/phq-9", data=values)
    second = browser.client.post(f"{browser.measures}/new/phq-9", data=values)

    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert stored() == [("final", [14])]


def test_a_date_before_enrolment_is_kept_with_a_warning(browser: Browser, stored: Stored) -> None:
    early = ENROLLED - timedelta(days=3)
    response = browser.send("/new/phq-9", typed(phq9_total(14)) | {"taken_on": early.isoformat()})

    assert "2 Jan 2026 is before enrolment (5 Jan 2026)" in page_of(browser.client.get(response.location)).get_text()
    assert stored() == [("final", [14])]


@pytest.mark.parametrize(("answer", "is_said"), [("2", True), ("1", False)])
def test_an_elevated_score_nobody_is_told_of_is_said(
    browser: Browser, stored: Stored, answer: str, is_said: bool
) -> None:
    """The anxiety scale is not among what this episode tracks, so no rule looks at it."""
    response = browser.send("/new/gad-7", typed({str(item): answer for item in range(1, 8)}))

    said = page_of(browser.client.get(response.location)).get_text()
    assert ("GAD-7 14 is elevated, and GAD-7 is not tracked" in said) is is_said
    assert stored() == [("final", [int(answer) * 7])]


def test_an_elevated_mania_score_has_its_alert_and_no_warning(browser: Browser) -> None:
    response = browser.send("/new/asrm", typed({str(item): "2" for item in range(1, 6)}))

    assert "is not tracked: nobody" not in page_of(browser.client.get(response.location)).get_text()


@pytest.mark.parametrize(
    ("instrument", "total", "unless", "may_sign"),
    [("ymrs", "60", " unless it has risen by 6.6 points", True), ("bdss", "50", "", False)],
)
def test_a_mania_score_without_a_cut_off_in_force_is_said_to_tell_nobody(
    app: Flask, browser: Browser, instrument: str, total: str, unless: str, may_sign: bool
) -> None:
    with app.app_context(), scope.all_patients(reason="test"):
        person = browser.person
        clinic, lead = db.session.get_one(Clinic, person.clinic_id), db.session.get_one(User, person.user_id)
        a_choice(clinic=clinic, by=lead, used={instrument})
    response = browser.send(f"/new/{instrument}", {"total": total})

    said = page_of(browser.client.get(response.location)).get_text(" ", strip=True)
    name = instrument.upper()
    assert f"No cut-off of {name} is in force here: nobody is told of this score{unless}. Ask the psychiatrist" in said
    assert ("A psychiatrist can sign for one" in said) is may_sign


def test_a_positive_safety_item_is_saved_and_leads_to_what_was_done_about_it(
    app: Flask, browser: Browser, stored: Stored
) -> None:
    response = browser.send("/new/phq-9", typed(phq9_total(9, item_9=2)))

    assert stored() == [("final", [9])]
    with app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(SafetySignal)).one().alert_id is not None
    expected = r"/safety$" if "alerts.after_positive" in app.view_functions else r"/measures/[0-9a-f-]{36}$"
    assert re.search(expected, response.location)


def test_drafts_are_listed_finished_and_discarded(browser: Browser, stored: Stored) -> None:
    for answers in (phq9(1, 1), phq9(2, 2)):
        assert browser.send("/new/phq-9", typed(answers) | {"draft": "yes"}).status_code == 303
    links = [each["href"] for each in browser.page("/new").select("a[href$='/draft']")]
    assert len(links) == 2

    path = links[0].removeprefix(browser.measures)
    assert browser.send(path, typed(phq9_total(12))).status_code == 303
    other = links[1].removeprefix(browser.measures)
    browser.send(other, {}, form="form[action$='/discard']")

    assert stored() == [("entered-in-error", []), ("final", [12])]


def test_a_correction_keeps_the_old_version_struck_through(app: Flask, browser: Browser, stored: Stored) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))

    response = browser.send(f"/{measure}/correct", {"item-1": "1", "why": "Item 1 misread"})

    assert response.status_code == 303
    assert stored() == [("amended", []), ("final", [12])]
    rows = browser.page("").select("[data-row]")
    assert ["Corrected since" in row.get_text() for row in rows].count(True) == 1
    assert len(browser.page("").select("[data-row] a.is-void")) == 1


def test_a_correction_warns_as_a_first_entry_does(app: Flask, browser: Browser) -> None:
    """GAD-7 is not tracked here: a corrected score that is elevated tells nobody, and says so."""
    measurement = a_measure(app, browser.person, {str(item): 0 for item in range(1, 8)}, instrument="gad-7")
    answers = typed({str(item): 2 for item in range(1, 8)}) | {"why": "Misread", "taken_on": "2025-12-30"}

    page = words(browser.client.get(browser.send(f"/{measurement}/correct", answers).location))

    assert "GAD-7 14 is elevated, and GAD-7 is not tracked: nobody else is told of it" in page
    assert "30 Dec 2025 is before enrolment" in page


def test_taking_back_a_safety_answer_says_that_its_alert_stays(app: Flask, browser: Browser) -> None:
    measurement = a_measure(app, browser.person, phq9_total(9, item_9=1))
    answers = typed({"9": 0}) | {"why": "Misread"}

    page = words(browser.client.get(browser.send(f"/{measurement}/correct", answers).location))

    assert "A safety answer was taken back. Its alert stays open until somebody closes it" in page


def test_a_correction_says_why(app: Flask, browser: Browser) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))

    response = browser.send(f"/{measure}/correct", {"item-1": "1"})

    assert (response.status_code, errors(response)) == (422, "Say why it is corrected")


def test_the_second_of_two_people_correcting_is_told_what_changed_and_loses_nothing(
    app: Flask, browser: Browser, stored: Stored
) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))
    opened = fields(browser.page(f"/{measure}/correct").select("main form[method=post]")[0])
    with app.app_context(), scope.within({browser.person.clinic_id}):
        correct_measurement(
            measurement=db.session.get_one(Measurement, measure),
            taken_on=TODAY,
            mode="self-paper",
            answers=phq9_total(13),
            why="Item 5",
            by=browser.person.user,
        )

    values = opened | {"item-1": "0", "why": "Item 1"}
    response = browser.client.post(f"{browser.measures}/{measure}/correct", data=values)

    page = page_of(response)
    assert response.status_code == 409
    assert "Item 1" in one(page, ".conflict table").get_text()
    assert one(page, "#why")["value"] == "Item 1"
    assert one(page, "input[name=item-1][checked]")["value"] == "0"
    assert stored() == [("amended", []), ("final", [13])]

    form = page.select("main form[method=post]")[0]
    again = browser.client.post(form["action"], data=fields(form))
    assert again.status_code == 303
    assert stored() == [("amended", []), ("amended", []), ("final", [11])]


@pytest.mark.parametrize("version", ["", "None", "999999999999", "-1"])
def test_a_correction_without_the_version_it_was_opened_at_is_not_believed(
    app: Flask, browser: Browser, stored: Stored, version: str
) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))

    response = browser.send(f"/{measure}/correct", {"why": "Item 1", "version": version})

    assert response.status_code == 409
    assert stored() == [("final", [14])]


def test_entered_in_error_is_struck_through_with_its_reason(app: Flask, browser: Browser, stored: Stored) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))

    response = browser.send(f"/{measure}/entered-in-error", {"why": "Another patient's form"})

    assert response.status_code == 303
    assert stored() == [("entered-in-error", [])]
    row = one(browser.page(""), "[data-row]")
    assert row.select_one(".is-void") is not None
    assert "Another patient's form" in row.get_text()


def test_two_dates_are_compared_item_by_item(app: Flask, browser: Browser) -> None:
    first = a_measure(app, browser.person, phq9_total(20), taken_on=date(2026, 1, 6))
    second = a_measure(app, browser.person, phq9_total(12))

    page = browser.page(f"?instrument=phq-9&first={first}&second={second}")

    table = page.select("table")[-1]
    cells = [each.get_text(strip=True) for each in table.select("tbody tr")[-1].select("td")]
    assert cells == ["20, severe", "12, moderate", "−8"]


def test_a_change_is_coloured_from_the_reliable_change_on_and_the_first_form_is_offered_beside_the_last(
    app: Flask, browser: Browser
) -> None:
    for total, on in ((20, date(2026, 1, 6)), (17, date(2026, 1, 20)), (19, date(2026, 2, 3)), (12, date(2026, 2, 17))):
        a_measure(app, browser.person, phq9_total(total), taken_on=on)

    page = browser.page("")

    changes = [(each.get_text(strip=True), each["class"].split()[-1]) for each in page.select(".change")]
    assert changes == [("−7", "change--good"), ("+2", "change--even"), ("−3", "change--even")]
    chosen = [one(page, f"#{name} option[selected]").get_text(strip=True) for name in ("first", "second")]
    assert [words.partition(" · ")[0] for words in chosen] == ["6 Jan 2026", "17 Feb 2026"]


def test_who_recorded_a_measure_stands_in_the_list_and_opening_it_is_recorded(app: Flask, browser: Browser) -> None:
    a_measure(app, browser.person, phq9_total(20))

    assert "Care Manager" in one(browser.page(""), "[data-row]").get_text()
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "measures.opened")).one()
        assert event.person_id == browser.person.patient_id


def test_a_patient_without_measures_has_a_first_step(browser: Browser) -> None:
    page = browser.page("")

    assert "No measures yet" in page.get_text()
    assert page.select_one(f"main a[href='{browser.measures}/new']") is not None


def test_the_title_names_nobody(app: Flask, browser: Browser) -> None:
    measure = a_measure(app, browser.person, phq9_total(14))

    for path in ("", "/new", "/new/phq-9", f"/{measure}", f"/{measure}/correct", f"/{measure}/entered-in-error"):
        assert "Ada" not in one(browser.page(path), "title").get_text()


FOREIGN = ["", "/new", "/new/phq-9", "/{id}", "/{id}/fhir", "/{id}/correct", "/{id}/entered-in-error", "/{draft}/draft"]


@pytest.mark.parametrize("path", FOREIGN)
@pytest.mark.parametrize("whose", ["another clinic's", "nobody's"])
def test_a_foreign_patient_looks_like_an_absent_one(app: Flask, browser: Browser, path: str, whose: str) -> None:
    with app.app_context():
        other = a_person()
    patient_id = other.patient_id if whose == "another clinic's" else uuid.uuid4()

    assert_not_found(app, browser, other, patient_id, path)


@pytest.mark.parametrize("path", [path for path in FOREIGN if "{" in path])
def test_a_measure_of_another_patient_of_the_clinic_is_not_this_patients(
    app: Flask, browser: Browser, path: str
) -> None:
    with app.app_context():
        other = a_person(clinic=db.session.get_one(Clinic, browser.person.clinic_id))

    assert_not_found(app, browser, other, browser.person.patient_id, path)


def assert_not_found(app: Flask, browser: Browser, other: Person, patient_id: uuid.UUID, path: str) -> None:
    """Neither shown nor changed."""
    measure = a_measure(app, other, phq9_total(14))
    draft = a_measure(app, other, phq9(1), as_draft=True)
    address = f"/patients/{patient_id}/measures{path.format(id=measure, draft=draft)}"
    values = typed(phq9_total(3)) | {"taken_on": "2026-03-16", "mode": "self-paper", "why": "-", "version": "1"}
    token = one(browser.page("/new"), "meta[name=csrf-token]")["content"]

    assert browser.client.get(address).status_code == 404
    if path not in ("", "/new", "/{id}", "/{id}/fhir"):
        assert browser.client.post(address, data=values | {"csrf_token": token}).status_code == 404


def test_a_foreign_draft_is_not_discarded(app: Flask, browser: Browser, stored: Stored) -> None:
    with app.app_context():
        other = a_person()
    draft = a_measure(app, other, phq9(1), as_draft=True)
    token = one(browser.page("/new"), "meta[name=csrf-token]")["content"]

    response = browser.client.post(
        f"{browser.measures}/{draft}/discard", data={"csrf_token": token, "version": "1", "form_key": "k"}
    )

    assert response.status_code == 404
    assert stored() == [("draft", [])]


def test_an_instrument_nobody_knows_is_not_found(browser: Browser) -> None:
    browser.page("/new/unknown", status=404)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.CLINIC_LEAD, "", 200),
        (Role.CLINIC_LEAD, "/new/phq-9", 403),
        (Role.PEER_SPECIALIST, "", 403),
        (Role.ADMINISTRATOR, "", 403),
        (Role.CLINICIAN, "/new/phq-9", 200),
        (Role.PSYCHIATRIST, "/new/bprs-18", 200),
    ],
)
def test_who_may_open_what(app: Flask, client: FlaskClient, role: Role, path: str, status: int) -> None:
    with app.app_context():
        person = a_person(role=role)
    sign_in(client, person.user_id)

    assert client.get(f"/patients/{person.patient_id}/measures{path}").status_code == status


def test_saving_and_looking_back_take_no_more_statements_with_a_longer_history(app: Flask, browser: Browser) -> None:
    def history(days: range) -> None:
        for day in days:
            a_measure(app, browser.person, phq9_total(20 - day % 3), taken_on=ENROLLED + timedelta(days=day))

    def statements(total: int) -> tuple[int, int]:
        page = browser.page("/new/phq-9")
        values = fields(page.select("main form[method=post]")[0]) | typed(phq9_total(total))
        with app.app_context():
            engine = db.engine
        saved = statements_of(engine, lambda: browser.client.post(f"{browser.measures}/new/phq-9", data=values))
        shown = statements_of(engine, lambda: browser.client.get(browser.measures))
        return len(saved), len(shown)

    history(range(3))
    few = statements(18)
    history(range(3, 23))
    many = statements(17)

    assert many <= few
    assert few[0] <= 75
    assert few[1] <= 20
