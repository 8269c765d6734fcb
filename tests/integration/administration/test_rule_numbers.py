"""The rules' numbers: what each stands on, and a clinic's own."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.administration import actions
from registry.alerts.clinic_numbers import numbers_at, shipped
from registry.alerts.models import RuleNumber
from registry.alerts.parameters import AnothersToDecide, ClinicNumber, InvalidParameter, Status
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from tests.integration.administration.conftest import TODAY, House
from tests.pages import fields_of, fill_in, send, words

RULES = "/administration/rules"
LIMIT = "engage.first-follow-up.limit"
REQUIRED = "safety.self-harm.unreviewed_after"
OURS = {"choice": "own", "number": "35"}
WHY = {"why": "Agreed with the psychiatrist on 10 March"}


def _address(house: House, parameter: str = LIMIT) -> str:
    signature = "/signature" if shipped().parameters[parameter].clinical else ""
    return f"{RULES}/{house.harbor}/{parameter}{signature}"


def _name(house: House, role: str) -> str:
    with house.app.app_context():
        return db.session.get_one(User, house.users[role]).name


def _number(house: House, parameter: str = LIMIT) -> int | None:
    with house.app.app_context():
        return numbers_at(house.harbor).get(parameter)


def test_a_number_a_release_made_impossible_stops_no_rule_and_is_told_of(house: House, client: FlaskClient) -> None:
    fill_in(house.browser_of("lead"), _address(house), {**OURS, **WHY})
    with house.app.app_context(), write():
        row = db.session.scalars(select(RuleNumber).where(RuleNumber.parameter == LIMIT)).one()
        row.value = 9_999
        record("rule-number.set", by=None, subject=row)

    ready = client.get("/health/ready")

    assert _number(house) == shipped().get(LIMIT)
    assert "It is not possible any more: the number as shipped counts" in words(house.browser_of("lead").get(RULES))
    assert "rule numbers" in (ready.json or {})["failed"]


def test_every_number_is_shown_with_its_source_and_standing(house: House) -> None:
    said = words(house.browser_of("admin").get(RULES))

    for parameter in shipped().parameters.values():
        assert " ".join(parameter.meaning.split()) in said
        assert " ".join(parameter.source.split()) in said


def test_a_lead_sets_the_clinics_own_number_with_its_reason(house: House) -> None:
    browser = house.browser_of("lead")

    answer = fill_in(browser, _address(house), {**OURS, **WHY})

    assert (answer.status_code, answer.location) == (303, RULES)
    assert _number(house) == 35
    assert "Harbor: 35 days, set by" in words(browser.get(RULES))
    (act,) = house.acts("rule-number.set")
    assert (act.actor_id, act.clinic_id, act.reason) == (house.users["lead"], house.harbor, WHY["why"])


def test_a_changed_number_has_every_open_case_checked_from_today(house: House) -> None:
    fill_in(house.browser_of("lead"), _address(house), {**OURS, **WHY})

    with house.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(Episode.next_check_on)).all() == [TODAY]


def test_a_number_set_twice_is_one_number_and_two_acts(house: House) -> None:
    for number in ("35", "36"):
        fill_in(house.browser_of("lead"), _address(house), {**OURS, "number": number, **WHY})

    with house.app.app_context():
        assert [row.value for row in db.session.scalars(select(RuleNumber))] == [36]
    changes = house.acts("rule-number.set")[-1].changes
    assert changes is not None
    assert (changes[0]["before"]["value"], changes[0]["after"]["value"]) == (35, 36)


def test_a_number_is_switched_off_but_never_a_safety_number(house: House) -> None:
    browser = house.browser_of("lead")

    assert fill_in(browser, _address(house), {"choice": "off", **WHY}).status_code == 303
    assert _number(house) is None

    safety, psychiatrist = _address(house, REQUIRED), house.browser_of("psychiatrist")
    assert 'value="off"' not in psychiatrist.get(safety).text
    assert fill_in(psychiatrist, safety, {"choice": "off", **WHY}).status_code == 422
    with (
        house.app.app_context(),
        scope.all_patients(reason="test"),
        pytest.raises(InvalidParameter, match="but not switched off"),
    ):
        _sign(house, REQUIRED, ClinicNumber(None))


def test_a_clinic_goes_back_to_the_number_as_shipped_and_it_stays_on_record(house: House) -> None:
    browser = house.browser_of("lead")
    fill_in(browser, _address(house), {**OURS, **WHY})

    answer = fill_in(browser, _address(house), {"choice": "as-shipped", "why": "It was too much"})

    assert answer.status_code == 303
    assert _number(house) == shipped().get(LIMIT)
    assert "Harbor: As shipped, set by" in words(browser.get(RULES))
    with house.app.app_context():
        (row,) = db.session.scalars(select(RuleNumber))
        assert (row.choice, row.value, row.version) == ("as-shipped", None, 2)


def test_whoever_decides_on_an_old_page_is_told_what_stands_and_saves_over_it_knowingly(house: House) -> None:
    browser = house.browser_of("lead")
    first_time = browser.get(_address(house))
    fill_in(browser, _address(house), {**OURS, **WHY})

    answer = send(browser, _address(house), first_time, {**OURS, "number": "40", "why": "Ours"})

    assert (answer.status_code, _number(house)) == (409, 35)
    assert f"At your clinic 35 days, set by {_name(house, 'lead')}" in words(answer)
    assert "40 days: Ours" in words(answer)
    assert send(browser, _address(house), answer).status_code == 303
    assert _number(house) == 40


def _sign(house: House, parameter: str, decided: ClinicNumber) -> None:
    actions.sign_rule_number(
        clinic=db.session.get_one(Clinic, house.harbor),
        parameter=parameter,
        decided=decided,
        opened_version=0,
        why="Agreed",
        by=house.user("psychiatrist"),
    )


@pytest.mark.parametrize(
    ("signed_edition", "says"),
    [
        (None, "set before it was a psychiatrist's to sign for"),
        (0, "signed for as it read before a new release"),
    ],
)
def test_a_signature_holds_for_no_other_edition_of_the_number(
    house: House, client: FlaskClient, signed_edition: int | None, says: str
) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"), write():
        _sign(house, REQUIRED, ClinicNumber(7))
        row = db.session.scalars(select(RuleNumber)).one()
        assert (row.signed_edition, numbers_at(house.harbor).get(REQUIRED)) == (1, 7)
        row.signed_edition = signed_edition
        record("rule-number.signed", by=None, subject=row)

    assert _number(house, REQUIRED) == shipped().get(REQUIRED)
    assert says in words(house.browser_of("psychiatrist").get(RULES))
    assert "rule numbers" in (client.get("/health/ready").json or {})["failed"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"number": "43"}, "Enter a whole number from 14 to 42 days"),
        ({"number": "13"}, "Enter a whole number from 14 to 42 days"),
        ({"number": "-1"}, "Enter a number people can count to"),
        ({"number": "many"}, "Enter a number people can count to"),
        ({"number": ""}, "Enter the number"),
        ({"choice": "as-shipped"}, "Choose “Our own number”, or leave this empty"),
        ({"choice": ""}, "Choose what counts at your clinic"),
        ({"why": " "}, "Enter the reason, and who decided it"),
    ],
)
def test_a_number_that_cannot_stand_is_refused_beside_the_field(house: House, typed: dict[str, str], says: str) -> None:
    answer = fill_in(house.browser_of("lead"), _address(house), {**OURS, **WHY, **typed})

    assert answer.status_code == 422
    assert says in words(answer)
    assert _number(house) == 28


def test_consensus_is_off_until_a_psychiatrist_of_the_clinic_signs_under_their_name(house: House) -> None:
    parameter, psychiatrist = shipped().parameters["safety.plan.review_after"], house.browser_of("psychiatrist")
    assert _number(house, parameter.id) is None

    signed = fill_in(psychiatrist, _address(house, parameter.id), {**OURS, "number": str(parameter.number), **WHY})

    assert signed.status_code == 303
    assert _number(house, parameter.id) == parameter.number
    (act,) = house.acts("rule-number.signed")
    assert (act.actor_id, act.clinic_id, act.reason) == (house.users["psychiatrist"], house.harbor, WHY["why"])
    assert f"Harbor: 90 days, signed by {_name(house, 'psychiatrist')} on" in words(psychiatrist.get(RULES))


def test_a_clinical_number_is_not_the_leads_and_another_not_the_psychiatrists(house: House) -> None:
    lead, psychiatrist = house.browser_of("lead"), house.browser_of("psychiatrist")
    clinical = [each for each in shipped().parameters.values() if each.clinical]

    assert {each.id for each in shipped().parameters.values() if each.status is not Status.SOURCED} <= {
        each.id for each in clinical
    }
    assert lead.get(_address(house, REQUIRED)).status_code == 403
    assert lead.get(f"{RULES}/{house.harbor}/{REQUIRED}").status_code == 404
    assert psychiatrist.get(f"{RULES}/{house.harbor}/{LIMIT}/signature").status_code == 404
    assert "A psychiatrist of the clinic signs" in words(lead.get(RULES))
    with house.app.app_context(), pytest.raises(AnothersToDecide):
        actions.set_rule_number(
            clinic=db.session.get_one(Clinic, house.harbor),
            parameter=REQUIRED,
            decided=ClinicNumber(7),
            opened_version=0,
            why="Ours",
            by=db.session.get_one(User, house.users["lead"]),
        )


def test_a_rule_of_another_clinic_or_none_does_not_exist(house: House) -> None:
    browser = house.browser_of("lead")

    for address in (
        f"{RULES}/{house.mill}/{LIMIT}",
        f"{RULES}/{uuid.uuid4()}/{LIMIT}",
        f"{RULES}/{house.harbor}/no.such.number",
    ):
        assert browser.get(address).status_code == 404


def test_only_a_lead_changes_a_number(house: House) -> None:
    form = fields_of(house.browser_of("lead").get(_address(house)))

    for name in ("admin", "manager", "psychiatrist"):
        answer = house.browser_of(name).post(_address(house), data={**form, **OURS, **WHY})
        assert answer.status_code in {400, 403}, name
    assert _number(house) == 28
