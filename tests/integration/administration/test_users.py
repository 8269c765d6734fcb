"""Users and their roles, as an administrator keeps them."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import Membership
from registry.administration.actions import reassign_work
from registry.clinics.actions import cover_duty
from registry.clinics.models import Clinic
from registry.extensions import db
from tests.integration.administration.conftest import TODAY, House
from tests.pages import fields_of, fill_in, page_of, send, words

USERS = "/administration/users"


def _roles(house: House, name: str) -> set[tuple[str, uuid.UUID]]:
    with house.app.app_context():
        held = db.session.scalars(
            select(Membership).where(Membership.user_id == house.users[name], Membership.ends_on.is_(None))
        )
        return {(each.role, each.clinic_id) for each in held}


def _address(house: House, name: str) -> str:
    return f"{USERS}/{house.users[name]}"


def test_the_list_shows_the_people_of_the_organisation_and_of_no_other(house: House) -> None:
    page = house.browser_of("admin").get(USERS)
    said = words(page)

    assert "Rosa Osei" in said
    assert "Milo Mill" in said
    assert "Lara Lake" not in said


def test_a_role_is_given_and_ended_and_both_are_on_record(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "manager")

    fill_in(browser, address, {"role": "clinician", "clinic_id": str(house.mill)}, button="Give role")
    assert ("clinician", house.mill) in _roles(house, "manager")

    page = browser.get(address)
    send(browser, address, page, button="End Clinician, Mill")
    assert ("clinician", house.mill) not in _roles(house, "manager")
    assert [act.action for act in house.acts("user.role")][-2:] == ["user.role-given", "user.role-ended"]
    assert {act.actor_id for act in house.acts("user.role")[-2:]} == {house.users["admin"]}


def test_giving_a_held_role_again_changes_nothing(house: House) -> None:
    before = len(house.acts("user.role-given"))

    fill_in(
        house.browser_of("admin"),
        _address(house, "manager"),
        {"role": "care_manager", "clinic_id": str(house.harbor)},
        button="Give role",
    )

    assert len(house.acts("user.role-given")) == before


def test_nobody_gives_themselves_a_role(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "admin")
    form = fields_of(browser.get(_address(house, "manager")), button="Give role")

    answer = browser.post(address, data={**form, "role": "care_manager", "clinic_id": str(house.harbor)})

    assert answer.status_code == 422
    assert "Nobody gives themselves a role" in words(answer)
    assert _roles(house, "admin") == {("administrator", house.harbor)}


def test_nobody_ends_their_own_role_or_closes_their_own_account(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "admin")
    token = {"csrf_token": fields_of(browser.get(_address(house, "manager")), button="Give role")["csrf_token"]}
    with house.app.app_context():
        held = house.user("admin").memberships[0].id

    browser.post(f"{address}/roles/{held}/end", data=token)
    browser.post(f"{address}/deactivate", data=token)

    assert _roles(house, "admin") == {("administrator", house.harbor)}
    assert "Nobody closes their own account" in words(browser.get(address))


def test_a_role_is_ended_only_under_its_own_user(house: House) -> None:
    browser = house.browser_of("admin")
    token = {"csrf_token": fields_of(browser.get(_address(house, "manager")), button="Give role")["csrf_token"]}
    with house.app.app_context():
        held = house.user("colleague").memberships[0].id

    assert browser.post(f"{_address(house, 'manager')}/roles/{held}/end", data=token).status_code == 404
    assert _roles(house, "colleague")


def test_an_account_with_open_work_stays_open_until_the_work_is_moved(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "manager")

    send(browser, address, browser.get(address), button="Close the account")
    page = browser.get(address)
    assert "Still open: 1 patient" in words(page)
    with house.app.app_context():
        assert house.user("manager").is_active

    with house.app.app_context(), scope.within({house.harbor}):
        moved = reassign_work(
            from_user=house.user("manager"),
            to_user=house.user("colleague"),
            clinic=db.session.get_one(Clinic, house.harbor),
            by=house.user("lead"),
        )
    assert moved >= 1

    send(browser, address, browser.get(address), button="Close the account")
    with house.app.app_context():
        assert not house.user("manager").is_active


def test_a_role_with_open_work_is_not_ended_until_another_role_can_do_the_work(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "manager")
    care_manager = ("care_manager", house.harbor)

    def end_it() -> str:
        send(browser, address, browser.get(address), button="End Care manager, Harbor")
        return words(browser.get(address))

    assert "Still open: 1 patient" in end_it()
    fill_in(browser, address, {"role": "clinician", "clinic_id": str(house.harbor)}, button="Give role")
    assert "Still open: 1 patient would have no owner" in end_it(), "a clinician is nobody's care manager of record"
    assert care_manager in _roles(house, "manager")

    fill_in(browser, address, {"role": "clinic_lead", "clinic_id": str(house.harbor)}, button="Give role")
    assert "The role is ended" in end_it()
    assert care_manager not in _roles(house, "manager")


def test_nobody_on_duty_loses_the_role_that_answers_alerts(house: House) -> None:
    with house.app.app_context():
        harbor = db.session.get_one(Clinic, house.harbor)
        cover_duty(clinic=harbor, user_id=house.users["colleague"], starts_on=TODAY, ends_on=TODAY, by=None)
    browser, address = house.browser_of("admin"), _address(house, "colleague")

    send(browser, address, browser.get(address), button="End Care manager, Harbor")

    assert "Still open: 1 duty period" in words(browser.get(address))
    assert ("care_manager", house.harbor) in _roles(house, "colleague")


def test_closing_an_account_ends_its_sessions_at_the_next_request(house: House) -> None:
    signed_in = house.browser_of("colleague")
    assert signed_in.get("/account/password").status_code == 200

    browser, address = house.browser_of("admin"), _address(house, "colleague")
    send(browser, address, browser.get(address), button="Close the account")

    assert signed_in.get("/account/password").status_code == 303
    send(browser, address, browser.get(address), button="Open the account again")
    with house.app.app_context():
        assert house.user("colleague").is_active
        assert house.user("colleague").must_change_password


def test_an_account_opened_again_chooses_a_password_before_anything_is_seen(house: House) -> None:
    browser, address = house.browser_of("admin"), _address(house, "colleague")
    send(browser, address, browser.get(address), button="Close the account")
    send(browser, address, browser.get(address), button="Open the account again")

    answer = house.browser_of("colleague").get("/administration/instruments")

    assert (answer.status_code, answer.location) == (303, "/account/password")


def test_an_administrator_opens_no_patient_and_no_caseload(house: House) -> None:
    browser = house.browser_of("admin")

    for address in (f"/patients/{house.patient}/details", f"/patients/{house.patient}/contacts", "/caseload"):
        answer = browser.get(address)
        assert answer.status_code in {403, 404}, address
        assert "Vega" not in answer.text


def test_a_user_of_another_organisation_does_not_exist(house: House) -> None:
    browser = house.browser_of("admin")

    foreign, absent = browser.get(_address(house, "of lakeside")), browser.get(f"{USERS}/{uuid.uuid4()}")

    assert (foreign.status_code, absent.status_code) == (404, 404)


def test_the_page_of_a_user_names_nobody_in_its_title(house: House) -> None:
    title = page_of(house.browser_of("admin").get(_address(house, "manager"))).select_one("title")

    assert title is not None
    assert "Osei" not in title.get_text()
