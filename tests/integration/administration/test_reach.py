"""Two organisations in one installation: whoever administers one has no say over the people of the other."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from flask.testing import FlaskClient

from registry.access import scope
from registry.access.roles import Role
from registry.accounts import actions as accounts
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.extensions import db
from tests.builders import a_clinic, a_patient, a_user, an_episode, sign_in
from tests.integration.administration.conftest import House
from tests.pages import fields_of, send, words

USERS = "/administration/users"
END_SESSIONS = "End every session"
CLOSE = "Close the account"


def _clinic(clinic_id: uuid.UUID) -> Clinic:
    return db.session.get_one(Clinic, clinic_id)


def _token(browser: FlaskClient) -> dict[str, object]:
    return {"csrf_token": fields_of(browser.get("/account/password"))["csrf_token"]}


@pytest.fixture
def moved(house: House) -> uuid.UUID:
    """Somebody who worked at Harbor, and works at Lakeside alone since March."""
    with house.app.app_context(), scope.all_patients(reason="test"):
        user = a_user(clinic=_clinic(house.harbor), also=[_clinic(house.lakeside)], name="Mona Moved")
        at_harbor = next(each for each in user.memberships if each.clinic_id == house.harbor)
        accounts.end_role(at_harbor, ends_on=date(2026, 3, 1), by=None)
        return user.id


@pytest.fixture
def shared(house: House) -> uuid.UUID:
    """Somebody who works at Harbor and at Lakeside."""
    with house.app.app_context():
        return a_user(clinic=_clinic(house.harbor), also=[_clinic(house.lakeside)], name="Shira Shared").id


def test_a_role_that_ended_gives_no_say_over_who_works_elsewhere_now(house: House, moved: uuid.UUID) -> None:
    theirs = sign_in(house.app.test_client(), moved)
    browser = house.browser_of("admin")
    token = _token(browser)

    assert "Mona Moved" not in words(browser.get(USERS))
    assert browser.get(f"{USERS}/{moved}").status_code == 404
    for act in ("sign-out", "deactivate", "reactivate"):
        assert browser.post(f"{USERS}/{moved}/{act}", data=token).status_code == 404, act
    assert theirs.get("/account/password").status_code == 200
    with house.app.app_context():
        assert db.session.get_one(User, moved).is_active


def test_whoever_left_and_works_nowhere_now_can_be_taken_on_again(house: House) -> None:
    with house.app.app_context():
        for held in house.user("colleague").memberships:
            accounts.end_role(held, ends_on=date(2026, 3, 1), by=None)

    assert house.browser_of("admin").get(f"{USERS}/{house.users['colleague']}").status_code == 200


def test_whoever_left_is_looked_after_where_they_worked_last(house: House, moved: uuid.UUID) -> None:
    with house.app.app_context():
        for held in db.session.get_one(User, moved).memberships:
            if held.ends_on is None:
                accounts.end_role(held, ends_on=date(2026, 3, 10), by=None)

    assert house.browser_of("admin").get(f"{USERS}/{moved}").status_code == 404


def test_whoever_never_had_a_role_is_nobodys(house: House) -> None:
    with house.app.app_context():
        stranger = accounts.add_user(name="Nil", email="nil@example.org", password="seven lanterns at dusk", by=None).id

    assert house.browser_of("admin").get(f"{USERS}/{stranger}").status_code == 404


def test_where_else_somebody_works_is_not_told(house: House, shared: uuid.UUID) -> None:
    browser = house.browser_of("admin")

    for page in (browser.get(USERS), browser.get(f"{USERS}/{shared}")):
        assert "Shira Shared" in words(page)
        assert "Lakeside" not in page.text


def test_closing_the_account_of_somebody_who_works_elsewhere_ends_the_roles_here_alone(
    house: House, shared: uuid.UUID
) -> None:
    theirs = sign_in(house.app.test_client(), shared)
    browser, address = house.browser_of("admin"), f"{USERS}/{shared}"

    answer = send(browser, address, browser.get(address), button=CLOSE)

    assert answer.location == USERS
    assert "The roles in your clinics are ended" in words(browser.get(USERS))
    assert theirs.get("/account/password").status_code == 200
    with house.app.app_context():
        user = db.session.get_one(User, shared)
        assert user.is_active
        assert set(user.roles_by_clinic()) == {house.lakeside}
    assert [act.clinic_id for act in house.acts("user.role-ended")] == [house.harbor]
    assert browser.get(address).status_code == 404


def test_work_elsewhere_does_not_stand_in_the_way_and_is_not_told(house: House, shared: uuid.UUID) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"):
        lakeside = _clinic(house.lakeside)
        patient = a_patient(clinic=lakeside)
        an_episode(patient=patient, clinic=lakeside, care_manager=db.session.get_one(User, shared))
    browser, address = house.browser_of("admin"), f"{USERS}/{shared}"

    assert "Still to do: nothing" in words(browser.get(address))
    send(browser, address, browser.get(address), button=CLOSE)

    with house.app.app_context():
        assert set(db.session.get_one(User, shared).roles_by_clinic()) == {house.lakeside}


def test_an_account_with_work_left_in_another_organisation_stays_open(house: House) -> None:
    """The role there ended, the work there has no other owner yet: whoever looks after it must still find its owner."""
    with house.app.app_context(), scope.all_patients(reason="test"):
        lakeside = _clinic(house.lakeside)
        user = a_user(clinic=_clinic(house.harbor), also=[lakeside])
        user_id = user.id
        an_episode(patient=a_patient(clinic=lakeside), clinic=lakeside, care_manager=user)
        at_lakeside = next(each for each in user.memberships if each.clinic_id == house.lakeside)
        accounts.end_role(at_lakeside, ends_on=date(2026, 3, 1), by=None)
    browser, address = house.browser_of("admin"), f"{USERS}/{user_id}"

    send(browser, address, browser.get(address), button=CLOSE)

    with house.app.app_context():
        user = db.session.get_one(User, user_id)
        assert user.is_active
        assert user.roles_by_clinic() == {}


def test_the_sessions_of_ones_own_people_are_ended(house: House, shared: uuid.UUID) -> None:
    theirs = sign_in(house.app.test_client(), shared)
    browser, address = house.browser_of("admin"), f"{USERS}/{shared}"

    send(browser, address, browser.get(address), button=END_SESSIONS)

    assert theirs.get("/account/password").status_code == 303


def test_an_administrator_of_both_sees_both(house: House) -> None:
    with house.app.app_context():
        both = a_user(
            role=Role.ADMINISTRATOR, clinic=_clinic(house.harbor), also=[_clinic(house.lakeside), a_clinic("Cove")]
        ).id

    said = words(sign_in(house.app.test_client(), both).get(USERS))

    assert "Rosa Osei" in said
    assert "Lara Lake" in said
