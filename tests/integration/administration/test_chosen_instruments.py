"""A clinic says which instruments it uses."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.clinics.actions import NotConfirmed, choose_instruments
from registry.clinics.models import Clinic, InstrumentDecision
from registry.episodes.scales import instruments_at
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measures.in_use import Decision
from tests.integration.administration.conftest import House
from tests.pages import fields_of, fill_in, send, words

MEASURES = "/administration/instruments"
OFF: dict[str, str | list[str]] = {"use-asrm": []}
CONFIRMED: dict[str, str | list[str]] = {"use-mood-diary": "y", "confirm-mood-diary": "y"}


def _address(house: House) -> str:
    return f"/administration/clinics/{house.harbor}/instruments"


def _used(house: House) -> set[str]:
    with house.app.app_context():
        return {each.id for each in instruments_at(house.harbor)}


def test_without_a_decision_the_core_set_is_in_use(house: House) -> None:
    with house.app.app_context():
        core = {each.id for each in catalogue() if each.is_core and not each.licence.non_commercial}

    assert core
    assert _used(house) == core


def test_a_lead_switches_an_instrument_off_and_it_is_on_record(house: House) -> None:
    before = _used(house)

    answer = fill_in(house.browser_of("lead"), _address(house), OFF)

    assert (answer.status_code, answer.location) == (303, MEASURES)
    assert _used(house) == before - {"asrm"}
    (act,) = house.acts("instrument.chosen")
    assert (act.actor_id, act.clinic_id) == (house.users["lead"], house.harbor)
    assert act.reason == "asrm: not used here"
    said = words(house.browser_of("manager").get(f"{MEASURES}/asrm"))
    assert "Harbor: Not in use; decided by Lena Lead on 12 Mar 2026" in said


def test_another_clinic_keeps_its_own_choice(house: House) -> None:
    fill_in(house.browser_of("lead"), _address(house), OFF)

    with house.app.app_context():
        assert "asrm" in {each.id for each in instruments_at(house.mill)}


def test_saving_what_stands_decides_nothing(house: House) -> None:
    assert fill_in(house.browser_of("lead"), _address(house)).status_code == 303

    assert house.acts("instrument.chosen") == []


def test_a_second_click_decides_nothing_twice(house: House) -> None:
    browser = house.browser_of("lead")
    page = browser.get(_address(house))

    answers = [send(browser, _address(house), page, OFF) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(house.acts("instrument.chosen")) == 1


def test_whoever_decides_on_an_old_page_is_told_what_stands(house: House) -> None:
    late = house.browser_of("admin")
    page = late.get(_address(house))
    fill_in(house.browser_of("lead"), _address(house), OFF)

    answer = send(late, _address(house), page, {"use-gad-7": []})

    assert answer.status_code == 409
    said = words(answer)
    assert "Someone else changed this" in said
    assert "ASRM Not in use In use" in said
    assert "GAD-7 In use Not in use" in said
    again = send(late, _address(house), answer, OFF)
    assert again.status_code == 303
    assert not {"asrm", "gad-7"} & _used(house)


def test_a_non_commercial_instrument_is_off_until_the_clinic_confirms_its_use(invented: House) -> None:
    browser = invented.browser_of("lead")
    assert "mood-diary" not in _used(invented)

    refused = fill_in(browser, _address(invented), {"use-mood-diary": "y"})
    assert refused.status_code == 422
    assert "Confirm this to use the measure, or leave it off" in words(refused)
    assert "mood-diary" not in _used(invented)

    assert fill_in(browser, _address(invented), CONFIRMED).status_code == 303
    assert "mood-diary" in _used(invented)
    (act,) = invented.acts("instrument.chosen")
    assert act.reason == "mood-diary: used here, without commercial purpose"
    assert "In use, without commercial purpose; decided by Lena Lead" in words(browser.get(f"{MEASURES}/mood-diary"))


def test_a_decision_without_its_confirmation_is_refused_whoever_asks(invented: House) -> None:
    with invented.app.app_context(), scope.all_patients(reason="test"), pytest.raises(NotConfirmed):
        choose_instruments(
            clinic=db.session.get_one(Clinic, invented.harbor),
            chosen={catalogue().get("mood-diary"): Decision(in_use=True)},
            opened_edition=0,
            by=invented.user("lead"),
        )


def test_a_decision_changed_back_is_one_row_and_two_acts(house: House) -> None:
    fill_in(house.browser_of("lead"), _address(house), OFF)
    fill_in(house.browser_of("admin"), _address(house), {"use-asrm": "y"})

    assert "asrm" in _used(house)
    with house.app.app_context():
        (row,) = db.session.scalars(select(InstrumentDecision))
        assert (row.in_use, row.decided_by_id, row.version) == (True, house.users["admin"], 2)
    assert len(house.acts("instrument.chosen")) == 2


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_a_choice_is_made_for_ones_own_clinic_only(house: House, who: str) -> None:
    browser = house.browser_of(who)

    assert browser.get(_address(house)).status_code == 200
    for clinic_id in (house.mill, house.lakeside, uuid.uuid4()):
        assert browser.get(f"/administration/clinics/{clinic_id}/instruments").status_code == 404


def test_whoever_treats_people_does_not_choose(house: House) -> None:
    form = fields_of(house.browser_of("lead").get(_address(house)))

    for name in ("manager", "psychiatrist"):
        assert house.browser_of(name).post(_address(house), data=form | OFF).status_code in {400, 403}
    assert house.acts("instrument.chosen") == []
