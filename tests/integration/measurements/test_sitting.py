"""Several instruments in one sitting: each saved leads to the next, on the same day."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import sign_in
from tests.integration.measurements.browser import Browser, Stored, a_measure, fields, one, typed
from tests.integration.measurements.people import a_person, phq9_total
from tests.pages import page_of

GAD_7 = {str(item): 1 for item in range(1, 8)}


@pytest.fixture
def sitting(app: Flask, client: FlaskClient) -> Browser:
    """The episode follows depression, anxiety and mania."""
    with app.app_context():
        person = a_person(tracked=("phq-9:total", "gad-7:total", "asrm:total"))
    sign_in(client, person.user_id)
    return Browser(client, person)


def offered(browser: Browser, path: str) -> str | None:
    button = browser.page(path).select_one("button[name=next]")
    return None if button is None else button.get_text()


def test_saving_leads_to_the_next_instrument_with_the_date_kept(sitting: Browser, stored: Stored) -> None:
    assert offered(sitting, "/new/phq-9") == "Save and enter next: GAD-7"

    response = sitting.send("/new/phq-9", typed(phq9_total(9)) | {"taken_on": "2026-03-12", "next": "gad-7"})

    assert response.location == f"{sitting.measures}/new/gad-7?on=2026-03-12&mode=self-paper"
    following = page_of(sitting.client.get(response.location))
    assert one(following, "#taken_on")["value"] == "2026-03-12"
    assert "PHQ-9 saved" in following.get_text()
    assert stored() == [("final", [9])]


def test_what_was_given_that_day_already_is_not_offered(app: Flask, sitting: Browser) -> None:
    a_measure(app, sitting.person, GAD_7, instrument="gad-7")

    assert offered(sitting, "/new/phq-9") == "Save and enter next: ASRM"


def test_nothing_is_offered_where_nothing_else_is_followed(browser: Browser) -> None:
    assert offered(browser, "/new/phq-9") is None


def test_the_safety_step_comes_before_the_next_instrument(sitting: Browser) -> None:
    response = sitting.send("/new/phq-9", typed(phq9_total(9, item_9=2)) | {"next": "gad-7"})
    assert "/safety?" in response.location

    page = page_of(sitting.client.get(response.location))
    sent = fields(page.select("main form[method=post]")[0]) | {"outcome": "acted", "words": "Asked, and stayed"}
    sent["outcome"] = one(page, "input[name=outcome]")["value"]
    after = sitting.client.post(response.location, data=sent)

    here = f"episode={sitting.person.episode_id}"
    assert after.location == f"{sitting.measures}/new/gad-7?on=2026-03-16&mode=self-paper&{here}", "at the same clinic"


@pytest.mark.parametrize("on", ["tomorrow", "2026-03-17", "1970-01-01", ""])
def test_a_day_that_cannot_be_is_today(sitting: Browser, on: str) -> None:
    assert one(sitting.page(f"/new/gad-7?on={on}"), "#taken_on")["value"] == "2026-03-16"


def test_an_instrument_that_is_not_there_leads_nowhere(sitting: Browser) -> None:
    response = sitting.send("/new/phq-9", typed(phq9_total(9)) | {"next": "https://elsewhere.example"})

    assert response.location.startswith(f"{sitting.measures}/")
    assert "elsewhere" not in response.location


def test_a_draft_that_is_finished_goes_on_too(sitting: Browser) -> None:
    sitting.send("/new/phq-9", typed(phq9_total(9)) | {"draft": "yes"})
    path = str(one(sitting.page("/new"), "a[href$='/draft']")["href"]).removeprefix(sitting.measures)

    response = sitting.send(path, {"next": "gad-7"})

    assert response.location == f"{sitting.measures}/new/gad-7?on=2026-03-16&mode=self-paper"


def chosen_mode(browser: Browser, path: str) -> str:
    return str(one(browser.page(path), "input[name=mode][checked]")["value"])


def test_the_next_form_is_given_as_the_one_before(sitting: Browser) -> None:
    read_aloud = {"taken_on": "2026-03-12", "mode": "read-aloud", "next": "gad-7"}
    first = sitting.send("/new/phq-9", typed(phq9_total(9)) | read_aloud).location.removeprefix(sitting.measures)
    assert chosen_mode(sitting, first) == "read-aloud"

    second = sitting.send(first, typed(GAD_7) | {"next": "asrm"}).location.removeprefix(sitting.measures)
    assert chosen_mode(sitting, second) == "read-aloud"


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("/new/phq-9?mode=read-aloud&mode=clinician", "read-aloud"),
        ("/new/cgi?mode=read-aloud", "clinician"),
        ("/new/phq-9?mode=by-owl", "self-paper"),
        ("/new/phq-9", "self-paper"),
    ],
)
def test_a_way_the_form_does_not_offer_is_stepped_over(sitting: Browser, address: str, mode: str) -> None:
    assert chosen_mode(sitting, address) == mode
