"""The people and the law around a patient: on the details, and in the header before anybody calls."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.db.base import Base
from registry.extensions import db
from registry.patients.models import AdvanceDirective, LegalStatus, PayerPeriod, RelatedPerson
from tests.integration.patients.conftest import World
from tests.pages import Fields, fields_of, fill_in, send, words

GUARDIAN: Fields = {
    "name": "Rosa Vega",
    "relation": "guardian",
    "consents_to_treatment": "y",
    "authority": "Kings County order of 3 Feb 2026",
}


def _the_only(world: World, kind: type[Base]) -> uuid.UUID:
    with world.app.app_context(), scope.all_patients(reason="test"):
        row = db.session.scalars(select(kind)).one()
        found: uuid.UUID = row.id  # type: ignore[attr-defined]  # each of these tables has one
        return found


def test_a_guardian_stands_on_the_details_and_in_the_header_until_the_authority_ends(world: World) -> None:
    patient = world.add(phone="212 555 0147")
    details = f"/patients/{patient}/details"

    assert fill_in(world.browser, f"/patients/{patient}/people-around/new", GUARDIAN).status_code == 303

    shown = words(world.browser.get(details))
    assert "Guardian Rosa Vega decides about treatment" in shown
    assert "Decides about treatment: Kings County order of 3 Feb 2026 No release: give no information" in shown
    assert "Do not leave a message on 212 555 0147" in shown

    related = _the_only(world, RelatedPerson)
    url = f"/patients/{patient}/people-around/{related}"
    fill_in(world.browser, url, {"ends_on": "2020-01-31"})
    shown = words(world.browser.get(details))
    assert "Rosa Vega decides about treatment" not in shown
    assert "The authority ended" in shown
    assert "Rosa Vega, Guardian, until" not in shown, "nobody said that it is over"

    assert send(world.browser, f"{url}/end", world.browser.get(details), button="It is over").status_code == 303
    shown = words(world.browser.get(details))
    assert "Rosa Vega, Guardian, until 31 Jan 2020" in shown
    assert "The authority ended" not in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"authority": ""}, "Say what their authority rests on"),
        ({"may_have_information": "y"}, "Say what may be shared"),
        ({"release_until": "2030-01-01"}, "Tick that they may be given information"),
        ({"starts_on": "2020-02-02", "ends_on": "2020-02-01"}, "Enter a date on or after the first day"),
        ({"relation": ""}, "Choose who they are"),
        ({"name": " "}, "Enter the name"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(world: World, typed: Fields, said: str) -> None:
    patient = world.add()

    answer = fill_in(world.browser, f"/patients/{patient}/people-around/new", GUARDIAN | typed)

    assert answer.status_code == 422
    assert said in words(answer)
    assert fields_of(answer)["relation"] == typed.get("relation", "guardian")


def test_the_second_editor_of_a_related_person_sees_what_changed(world: World) -> None:
    patient = world.add()
    fill_in(world.browser, f"/patients/{patient}/people-around/new", GUARDIAN)
    url = f"/patients/{patient}/people-around/{_the_only(world, RelatedPerson)}"
    mine = fields_of(world.browser.get(url)) | {"reach": "Mornings"}
    fill_in(world.browser, url, {"authority": "Order of 9 Mar 2026"})

    answer = world.browser.post(url, data=mine)

    assert answer.status_code == 409
    assert "On the strength of Order of 9 Mar 2026 Kings County order of 3 Feb 2026" in words(answer)
    assert fields_of(answer)["reach"] == "Mornings"
    assert world.browser.post(url, data=fields_of(answer)).status_code == 303


def test_one_legal_status_holds_at_a_time_and_the_ones_before_stay(world: World) -> None:
    patient = world.add()
    url = f"/patients/{patient}/legal-status/new"
    order: Fields = {"kind": "outpatient-order", "starts_on": "2026-01-05", "expires_on": "2099-07-05"}
    assert fill_in(world.browser, url, order).status_code == 303
    assert "Outpatient treatment order until 5 Jul 2099" in words(world.browser.get(f"/patients/{patient}/details"))

    early = fill_in(world.browser, url, {"kind": "voluntary", "starts_on": "2026-01-04"})
    assert "Enter a date on or after 5 Jan 2026" in words(early)

    assert fill_in(world.browser, url, {"kind": "voluntary", "starts_on": "2026-02-01"}).status_code == 303
    shown = words(world.browser.get(f"/patients/{patient}/details"))
    assert "Outpatient treatment order, since 5 Jan 2026 until 1 Feb 2026: Another legal status began" in shown
    with world.app.app_context(), scope.all_patients(reason="test"):
        assert [(row.kind, row.ended_on is None) for row in db.session.scalars(select(LegalStatus))] == [
            ("outpatient-order", False),
            ("voluntary", True),
        ]


def test_a_legal_status_entered_in_error_is_kept_and_holds_no_longer(world: World) -> None:
    patient = world.add()
    commitment: Fields = {"kind": "commitment", "starts_on": "2026-01-05"}
    fill_in(world.browser, f"/patients/{patient}/legal-status/new", commitment)
    url = f"/patients/{patient}/legal-status/{_the_only(world, LegalStatus)}"

    assert fill_in(world.browser, f"{url}/end", {"how": "error", "why": "Another person"}).status_code == 303

    shown = words(world.browser.get(f"/patients/{patient}/details"))
    assert "No legal status on record" in shown
    assert "entered in error, Another person" in shown
    assert world.browser.get(url).status_code == 404


def test_a_voluntary_status_does_not_expire(world: World) -> None:
    typed: Fields = {"kind": "voluntary", "starts_on": "2026-01-05", "expires_on": "2026-07-05"}

    answer = fill_in(world.browser, f"/patients/{world.add()}/legal-status/new", typed)

    assert "Only a commitment or an order expires" in words(answer)


def test_an_advance_directive_says_where_it_is_kept_or_that_nobody_asked(world: World) -> None:
    patient = world.add()
    url, details = f"/patients/{patient}/advance-directive", f"/patients/{patient}/details"
    assert "Advance directive Not asked" in words(world.browser.get(details))

    assert "Say where it is kept" in words(fill_in(world.browser, url, {"answer": "made"}))
    mine = fields_of(world.browser.get(url)) | {"answer": "asked-no-answer"}
    made: Fields = {"answer": "made", "kept_at": "With the sister", "note": "No haloperidol"}
    assert fill_in(world.browser, url, made).status_code == 303
    shown = words(world.browser.get(details))
    assert "Where it is kept With the sister" in shown
    assert "Advance directive, kept: With the sister. No haloperidol" in shown, "before anybody calls"

    second = world.browser.post(url, data=mine)
    assert second.status_code == 409
    assert "Where it is kept With the sister nothing" in words(second)
    _the_only(world, AdvanceDirective)


def test_no_phone_is_a_way_to_say_so(world: World) -> None:
    patient = world.add()
    typed: Fields = {"kind": "no-phone", "note": "Ask at the shelter desk"}

    fill_in(world.browser, f"/patients/{patient}/contact-points/new", typed)

    assert "No phone: Ask at the shelter desk" in words(world.browser.get(f"/patients/{patient}/details"))


def test_there_is_one_primary_payer_at_a_time(world: World) -> None:
    patient = world.add()
    url, details = f"/patients/{patient}/payers/new", f"/patients/{patient}/details"
    fill_in(world.browser, url, {"payer": "medicaid", "starts_on": "2026-01-01", "ends_on": "2026-06-30"})

    refused = fill_in(world.browser, url, {"payer": "medicare", "starts_on": "2026-06-30"})
    assert refused.status_code == 422
    assert "Medicaid is the primary payer from 1 Jan 2026 to 30 Jun 2026: end that period first" in words(refused)

    beside: Fields = {"payer": "medicare", "starts_on": "2026-02-01", "is_primary": []}
    assert fill_in(world.browser, url, beside).status_code == 303
    assert fill_in(world.browser, url, {"payer": "dual", "starts_on": "2026-07-01"}).status_code == 303
    assert "Medicare (secondary) since 1 Feb 2026" in words(world.browser.get(details))

    with world.app.app_context(), scope.all_patients(reason="test"):
        first = db.session.scalars(select(PayerPeriod.id).where(PayerPeriod.payer == "medicaid")).one()
    longer = fill_in(world.browser, f"/patients/{patient}/payers/{first}", {"ends_on": ""})
    assert "Medicare and Medicaid is the primary payer from 1 Jul 2026" in words(longer)
