"""Clinics: made, changed by two people at once, and covered."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.clinics import actions as clinic_actions
from registry.clinics.models import Clinic, DutyCover
from registry.episodes.models import Episode
from registry.extensions import db
from tests.integration.administration.conftest import TODAY, House
from tests.pages import fields_of, fill_in, send, words

CLINICS = "/administration/clinics"


def _address(house: House) -> str:
    return f"{CLINICS}/{house.harbor}"


def _clinic(house: House) -> Clinic:
    with house.app.app_context():
        return db.session.get_one(Clinic, house.harbor)


def test_a_clinic_is_made_in_ones_own_organisation(house: House) -> None:
    browser = house.browser_of("admin")

    answer = fill_in(browser, f"{CLINICS}/new", {"name": "Quay", "time_zone": "America/Chicago", "mon": "09:00-12:00"})

    assert answer.status_code == 303
    said = words(browser.get(CLINICS))
    assert "Quay" in said
    assert "Lakeside" not in said


def test_hours_and_zone_are_changed(house: House) -> None:
    answer = fill_in(
        house.browser_of("admin"),
        _address(house),
        {"tue": "08:00-12:00, 13:00-17:00", "sun": "", "time_zone": "America/Denver"},
        button="Save clinic",
    )

    assert answer.status_code == 303
    changed = _clinic(house)
    assert changed.opening_hours["tue"] == [["08:00", "12:00"], ["13:00", "17:00"]]
    assert changed.time_zone == "America/Denver"


def test_another_zone_has_every_open_case_checked_again(house: House) -> None:
    fill_in(house.browser_of("admin"), _address(house), {"time_zone": "America/Denver"}, button="Save clinic")

    with house.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(Episode.next_check_on)).all() == [TODAY]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Enter the clinic's name"),
        ({"name": "Mill"}, "The organisation has a clinic of this name"),
        ({"time_zone": "Middle-earth/Shire"}, "Enter a time zone as in America/New_York"),
        ({"mon": "from nine"}, "Write hours as 08:30-17:00"),
        ({"mon": "17:00-08:00"}, "The clinic must open before it closes"),
        ({"mon": "08:00-12:00, 11:00-13:00"}, "in order, without overlap"),
        ({"phone": "1\x00"}, "Remove the characters that cannot be printed"),
    ],
)
def test_a_clinic_that_cannot_be_is_refused_beside_the_field(house: House, typed: dict[str, str], says: str) -> None:
    answer = fill_in(house.browser_of("admin"), _address(house), typed, button="Save clinic")

    assert answer.status_code == 422
    assert says in words(answer)
    assert _clinic(house).name == "Harbor"


def test_two_administrators_taking_one_name_at_once_get_the_clear_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first had stored: the database itself says no."""
    monkeypatch.setattr(clinic_actions, "_refuse_duplicate", lambda *_arguments: None)

    answer = fill_in(house.browser_of("admin"), _address(house), {"name": "Mill"}, button="Save clinic")

    assert answer.status_code == 422
    assert "The organisation has a clinic of this name" in words(answer)


def test_the_second_of_two_editors_sees_what_the_first_saved_and_keeps_what_was_typed(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house)
    opened_by_both = browser.get(address)
    send(browser, address, opened_by_both, {"phone": "555 0101"}, button="Save clinic")

    answer = send(browser, address, opened_by_both, {"phone": "555 0202", "sun": "10:00-12:00"}, button="Save clinic")

    assert answer.status_code == 409
    assert "Phone 555 0101 555 0202 Sunday nothing 10:00-12:00" in words(answer)
    assert fields_of(answer, button="Save clinic")["phone"] == "555 0202"
    assert _clinic(house).phone == "555 0101"

    assert send(browser, address, answer, button="Save clinic").status_code == 303
    assert _clinic(house).phone == "555 0202"


def test_duty_is_covered_by_somebody_of_the_clinic(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house)
    spell = {"duty-starts_on": TODAY.isoformat(), "duty-ends_on": (TODAY + timedelta(days=6)).isoformat()}

    answer = fill_in(browser, address, {"duty-user_id": str(house.users["manager"]), **spell}, button="Add cover")

    assert answer.status_code == 303
    said = words(browser.get(address))
    assert "Rosa Osei: 12 Mar 2026 to 18 Mar 2026" in said
    gaps = "Nobody is on duty on 5 open days of the next 14: 19 Mar, 20 Mar, 23 Mar, 24 Mar and 1 more"
    assert gaps in said
    assert gaps in words(browser.get(CLINICS))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"duty-ends_on": "2026-03-01"}, "End on or after 12 Mar 2026"),
        ({"duty-starts_on": "2026-02-31"}, "Enter a date that exists"),
        ({"duty-starts_on": ""}, "Enter the first day"),
        ({"duty-user_id": "of mill"}, "Not a valid choice"),
        ({"duty-user_id": "admin"}, "Not a valid choice"),
    ],
)
def test_cover_that_cannot_be_is_refused(house: House, typed: dict[str, str], says: str) -> None:
    chosen = {name: str(house.users[value]) if value in house.users else value for name, value in typed.items()}
    spell = {"duty-starts_on": "2026-03-12", "duty-ends_on": "2026-03-14"}

    answer = fill_in(house.browser_of("admin"), _address(house), {**spell, **chosen}, button="Add cover")

    assert answer.status_code == 422
    assert says in words(answer)
    with house.app.app_context():
        assert db.session.scalars(select(DutyCover)).all() == []


def test_somebody_on_call_is_written_down_beside_the_duty(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house)
    fill_in(browser, address, {"has_on_call": "y"}, button="Save clinic")
    tonight = {"duty-starts_on": TODAY.isoformat(), "duty-ends_on": TODAY.isoformat(), "duty-hours": "on-call"}
    fill_in(browser, address, {"duty-user_id": str(house.users["manager"]), **tonight}, button="Add cover")

    assert _clinic(house).has_on_call
    said = words(browser.get(address))
    assert "Rosa Osei: 12 Mar 2026 to 12 Mar 2026, on call" in said
    assert "Nobody is on duty on 10 open days of the next 14" in said, "on call is not on duty"
    assert "Nobody is on call on 13 days of the next 14: 13 Mar, 14 Mar, 15 Mar, 16 Mar and 9 more" in said
    assert "the hours after it, until the clinic opens, belong to the next date" in said


def test_a_day_the_clinic_is_closed_is_written_down_once_and_taken_back(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house)
    thanksgiving = {"closure-day": "2026-11-26", "closure-words": "Thanksgiving"}

    assert fill_in(browser, address, thanksgiving, button="Add day").status_code == 303
    page = browser.get(address)
    assert "26 Nov 2026 Thanksgiving" in words(page)
    again = fill_in(browser, address, thanksgiving, button="Add day")
    assert (again.status_code, "closed on that day already" in words(again)) == (422, True)

    send(browser, address, page, button="Take back 26 Nov 2026")
    assert "Thanksgiving" not in words(browser.get(address))
    assert fill_in(browser, address, thanksgiving, button="Add day").status_code == 303
    assert [act.action for act in house.acts("clinic.clos")] == [
        "clinic.closed-on",
        "clinic.closure-taken-back",
        "clinic.closed-on",
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"closure-day": "2026-03-11"}, "Enter today (12 Mar 2026) or a day ahead"),
        ({"closure-day": "2027-04-01"}, "Enter a day up to 13 Mar 2027"),
        ({"closure-words": ""}, "Say why, such as a public holiday"),
    ],
)
def test_a_closed_day_that_cannot_be_is_refused(house: House, typed: dict[str, str], says: str) -> None:
    day = {"closure-day": "2026-03-16", "closure-words": "Training"}
    answer = fill_in(house.browser_of("admin"), _address(house), {**day, **typed}, button="Add day")

    assert answer.status_code == 422
    assert says in words(answer)


def test_a_clinic_of_another_organisation_does_not_exist(house: House) -> None:
    browser = house.browser_of("admin")

    for clinic_id in (house.lakeside, uuid.uuid4()):
        assert browser.get(f"{CLINICS}/{clinic_id}").status_code == 404


def test_a_new_clinic_cannot_be_put_into_another_organisation(house: House) -> None:
    with house.app.app_context():
        elsewhere = db.session.get_one(Clinic, house.lakeside).organisation_id

    answer = fill_in(
        house.browser_of("admin"),
        f"{CLINICS}/new",
        {"name": "Quay", "time_zone": "UTC", "organisation_id": str(elsewhere)},
    )

    assert answer.status_code == 422
