"""A one-time link: shown once, works once, and nobody but its holder ever knows the password."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.access.roles import Role
from registry.accounts import actions, queries
from registry.accounts.invitations import HasPassword, renew
from registry.accounts.known_addresses import ANSWER, TOO_MANY
from registry.accounts.models import FailedSignIn, Invitation, User
from registry.extensions import db
from tests.integration.administration.conftest import NOW, TODAY, House
from tests.integration.administration.inviting import ADD, NEW, USERS, invite, link_in, the_invited
from tests.pages import fields_of, fill_in, heading, page_of, send, words

PASSWORD = "seven lanterns at dusk"
NOTHING = "This link opens nothing"


def _invited_by(browser: FlaskClient, house: House) -> str:
    """The path of the link shown after inviting."""
    answer = fill_in(browser, ADD, {**NEW, "clinic_id": str(house.harbor)})
    assert answer.status_code == 303
    return link_in(browser.get(answer.location))


@pytest.fixture
def link(house: House) -> str:
    return _invited_by(house.browser_of("admin"), house)


def _take_up(browser: FlaskClient, link: str, password: str = PASSWORD, again: str = "") -> TestResponse:
    return fill_in(browser, link, {"new": password, "again": again or password})


def test_whoever_is_invited_sets_a_password_and_has_the_first_role(house: House, link: str) -> None:
    with house.app.app_context():
        assert the_invited().password_hash is None
    browser = house.app.test_client()

    answer = _take_up(browser, link)

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Your password is set" in words(browser.get("/sign-in"))
    assert fill_in(browser, "/sign-in", {"email": NEW["email"], "password": PASSWORD}).status_code == 303
    assert browser.get("/caseload").status_code == 200
    with house.app.app_context():
        assert [(each.role, each.clinic_id) for each in the_invited().memberships] == [("clinician", house.harbor)]
    acts = [act.action for act in house.acts("user.") if "sign" not in act.action]
    assert acts[-4:] == ["user.added", "user.role-given", "user.invited", "user.invitation-taken-up"]


def test_nobody_signs_in_before_the_password_is_set(house: House, link: str) -> None:
    for password in ("", "None", PASSWORD):
        answer = fill_in(house.app.test_client(), "/sign-in", {"email": NEW["email"], "password": password})
        assert answer.status_code == 422


def test_the_link_is_shown_once(house: House) -> None:
    browser = house.browser_of("admin")
    answer = fill_in(browser, ADD, {**NEW, "clinic_id": str(house.harbor)})

    first, second = browser.get(answer.location), browser.get(answer.location)

    assert heading(first) == "Nia New"
    assert "15 Mar 2026, 15:00" in words(first)
    token = link_in(first).rsplit("/", 1)[-1]
    assert token not in second.text
    assert "A link was made and shown once" in words(second)
    with house.app.app_context():
        assert token not in db.session.scalars(select(Invitation.token_hash)).all()


def test_the_link_works_once(house: House, link: str) -> None:
    browser = house.app.test_client()
    opened = fields_of(browser.get(link))
    _take_up(house.app.test_client(), link)

    again = browser.post(link, data={**opened, "new": "another password", "again": "another password"})

    assert again.status_code == browser.get(link).status_code == 404
    assert heading(again) == NOTHING
    assert fill_in(browser, "/sign-in", {"email": NEW["email"], "password": PASSWORD}).status_code == 303


def test_the_link_works_for_72_hours(house: House, link: str) -> None:
    with time_machine.travel(NOW + timedelta(hours=72) - timedelta(seconds=1), tick=False):
        assert house.app.test_client().get(link).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=72), tick=False):
        assert house.app.test_client().get(link).status_code == 404


def test_a_new_link_takes_the_place_of_the_old_one(house: House) -> None:
    browser = house.browser_of("admin")
    old = _invited_by(browser, house)
    with house.app.app_context():
        address = f"{USERS}/{the_invited().id}/invitation"

    send(browser, address, browser.get(address), button="Make a new link")
    new = link_in(browser.get(address))

    stranger = house.app.test_client()
    assert (stranger.get(old).status_code, stranger.get(new).status_code) == (404, 200)
    assert [act.actor_id for act in house.acts("user.invitation-renewed")] == [house.users["admin"]]


def test_no_link_is_made_for_somebody_who_has_a_password(house: House) -> None:
    """It would let an administrator sign in as anybody."""
    browser, address = house.browser_of("admin"), f"{USERS}/{house.users['manager']}/invitation"
    assert "has set a password" in words(browser.get(address))
    token = fields_of(browser.get(ADD))["csrf_token"]

    browser.post(address, data={"csrf_token": token})

    assert "none is made" in words(browser.get(address))
    with house.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
        with pytest.raises(HasPassword):
            renew(house.user("manager"), by=house.user("admin"))


def test_a_closed_account_is_opened_by_no_link(house: House, link: str) -> None:
    with house.app.app_context():
        actions.deactivate(the_invited(), by=None)

    assert house.app.test_client().get(link).status_code == 404


def test_every_link_that_opens_nothing_gets_the_same_answer(house: House, link: str) -> None:
    stranger = house.app.test_client()
    unknown = stranger.get("/invitation/" + "x" * 43)
    _take_up(house.app.test_client(), link)
    used = stranger.get(link)

    def bare(page: TestResponse) -> str:
        return re.sub(r'content="[^"]{20,}"', "", page.text)

    assert unknown.status_code == used.status_code == 404
    assert bare(unknown) == bare(used)


def test_the_page_says_nothing_of_whom_it_is_for(house: House, link: str) -> None:
    page = house.app.test_client().get(link)

    for private in ("Nia", "nia@example.org", "Harbor", "Riverside"):
        assert private not in page.text


def test_trying_links_closes_the_address(house: House, link: str) -> None:
    stranger = house.app.test_client()
    for number in range(50):
        assert stranger.get(f"/invitation/guess{number}").status_code == 404

    assert stranger.get(link).status_code == 404  # also the right one
    with house.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FailedSignIn)) == 50
        assert not [row for row in db.session.scalars(select(FailedSignIn.account)) if "guess" in row]
    stranger.get("/invitation/one-more")
    assert len(house.acts("user.invitation-refused")) == 50
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert stranger.get(link).status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "says"),
    [
        ("short", "short", "Use at least 15 characters"),
        ("nianew nianew nianew", "nianew nianew nianew", "Leave your name and e-mail address out of the password"),
        ("x" * 200, "x" * 200, "Use at most 128 characters"),
        (PASSWORD, "seven lanterns at dawn", "Type the same password in both fields"),
    ],
)
def test_a_password_that_cannot_be_is_refused_beside_the_field_and_the_link_still_works(
    house: House, link: str, new: str, again: str, says: str
) -> None:
    browser = house.app.test_client()

    answer = _take_up(browser, link, new, again)

    assert answer.status_code == 422
    assert says in words(answer)
    assert new not in answer.text
    assert _take_up(browser, link).status_code == 303


def test_a_second_click_makes_one_user_and_lands_where_the_first_did(house: House) -> None:
    browser = house.browser_of("admin")
    form = fields_of(browser.get(ADD)) | NEW | {"clinic_id": str(house.harbor)}

    first, second = (browser.post(ADD, data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"email": "no address"}, "Enter an e-mail address, such as name@clinic.org"),
        ({"email": "n@clinic.example;me@elsewhere.example"}, "Enter an e-mail address, such as name@clinic.org"),
        ({"name": ""}, "Enter the person's name"),
        ({"name": "N\x00ia"}, "Remove the characters that cannot be printed"),
        ({"name": "N" * 10_000}, "Use at most 200 characters"),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"clinic_id": str(uuid.uuid4())}, "Not a valid choice"),
    ],
)
def test_a_user_who_cannot_be_is_refused_beside_the_field(house: House, typed: dict[str, str], says: str) -> None:
    answer = invite(house, **typed)

    assert answer.status_code == 422
    assert says in words(answer)
    with house.app.app_context():
        assert db.session.scalars(select(User).where(User.name.startswith("N"))).all() == []


def test_a_new_user_cannot_be_put_into_another_organisation(house: House) -> None:
    assert invite(house, clinic_id=str(house.lakeside)).status_code == 422
    with house.app.app_context():
        assert db.session.scalars(select(User).where(User.email == NEW["email"])).all() == []


def _address_of(house: House, name: str) -> str:
    with house.app.app_context():
        return house.user(name).email.upper()


def test_an_address_known_here_and_one_known_elsewhere_get_the_same_answer(house: House) -> None:
    here, elsewhere = (invite(house, email=_address_of(house, name)) for name in ("manager", "of lakeside"))

    assert here.status_code == elsewhere.status_code == 422
    for answer in (here, elsewhere):
        assert ANSWER in words(answer)
        assert "Lara" not in answer.text
        assert "Lakeside" not in answer.text
    assert [act.outcome for act in house.acts("user.address-known")] == ["refused", "refused"]


def test_addresses_cannot_be_tried_one_after_the_other(house: House) -> None:
    taken = _address_of(house, "of lakeside")

    statuses = [invite(house, email=taken).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]
    free = invite(house)
    assert free.status_code == 429
    assert TOO_MANY in words(free)


def test_two_administrators_adding_one_address_at_once_get_the_clear_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first had stored: the database itself says no."""
    taken = _address_of(house, "manager")
    monkeypatch.setattr(queries, "get_user_by_email", lambda _email: None)

    answer = invite(house, email=taken)

    assert answer.status_code == 422
    assert ANSWER in words(answer)


def test_a_lead_invites_into_their_own_clinic_those_who_treat(house: House) -> None:
    browser = house.browser_of("lead")
    page = browser.get(ADD)
    offered = {each["value"] for each in page_of(page).select("select[name=clinic_id] option")}
    roles = {each["value"] for each in page_of(page).select("select[name=role] option")}

    assert offered == {str(house.harbor)}
    assert roles == {role.value for role in Role} - {"administrator", "auditor", "psychiatrist"}
    link = _invited_by(browser, house)
    assert _take_up(house.app.test_client(), link).status_code == 303


@pytest.mark.parametrize(
    ("beyond", "says"),
    [
        ("administrator", "Not a valid choice"),
        ("auditor", "Not a valid choice"),
        ("psychiatrist", "an administrator invites them"),
    ],
)
def test_a_lead_makes_no_administrator_no_auditor_and_nobody_who_signs(house: House, beyond: str, says: str) -> None:
    answer = invite(house, "lead", role=beyond)

    assert answer.status_code == 422
    error = page_of(answer).select_one(".field--invalid:has([name=role]) .field__error")
    assert error is not None
    assert says in error.get_text()
    assert fields_of(answer)["name"] == NEW["name"], "what was typed is kept"


def test_a_lead_renews_no_invitation_of_somebody_who_signs(house: House) -> None:
    assert invite(house, role="psychiatrist").status_code == 303
    with house.app.app_context():
        address = f"{USERS}/{the_invited().id}/invitation"

    assert house.browser_of("lead").get(address).status_code == 404
    assert address not in house.browser_of("lead").get("/administration/team").text


def test_a_lead_renews_no_invitation_of_another_clinic(house: House) -> None:
    assert invite(house, clinic_id=str(house.mill)).status_code == 303
    with house.app.app_context():
        address = f"{USERS}/{the_invited().id}/invitation"
    browser = house.browser_of("lead")
    token = fields_of(browser.get(ADD))["csrf_token"]

    assert browser.get(address).status_code == 404
    assert browser.post(address, data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("wider", ["another role", "another clinic"])
def test_no_link_opens_more_than_its_maker_may_give(house: House, wider: str) -> None:
    """A lead who took up an administrator's invitation would be an administrator."""
    assert invite(house, role="administrator" if wider == "another role" else "clinician").status_code == 303
    with house.app.app_context():
        nia = the_invited()
        address = f"{USERS}/{nia.id}/invitation"
        if wider == "another clinic":
            actions.give_role(nia, clinic_id=house.mill, role=Role.CLINICIAN, starts_on=TODAY, by=None)
    browser = house.browser_of("lead")
    token = fields_of(browser.get(ADD))["csrf_token"]

    assert browser.get(address).status_code == 404
    assert browser.post(address, data={"csrf_token": token}).status_code == 404
    assert house.browser_of("admin").get(address).status_code == 200


@pytest.mark.parametrize("wider", ["another role", "another clinic"])
def test_a_link_handed_over_before_a_role_was_given_opens_nothing(house: House, wider: str) -> None:
    """A lead who kept the link of somebody made an administrator since would be one."""
    link = _invited_by(house.browser_of("lead"), house)
    admin = house.browser_of("admin")
    with house.app.app_context():
        address = f"{USERS}/{the_invited().id}"
    role, clinic_id = ("administrator", house.harbor) if wider == "another role" else ("clinician", house.mill)

    given = fill_in(admin, address, {"role": role, "clinic_id": str(clinic_id)}, button="Give role")

    assert "The invitation handed over before opens nothing any more" in words(admin.get(given.location))
    assert house.app.test_client().get(link).status_code == 404
    assert [act.actor_id for act in house.acts("user.invitation-ended")] == [house.users["admin"]]
    renewed = send(admin, f"{address}/invitation", admin.get(f"{address}/invitation"))
    assert _take_up(house.app.test_client(), link_in(admin.get(renewed.location))).status_code == 303


def test_who_was_invited_is_marked_and_leads_to_the_invitation(house: House, link: str) -> None:
    with house.app.app_context():
        address = f"{USERS}/{the_invited().id}"

    assert "invited" in words(house.browser_of("admin").get(USERS))
    assert f'href="{address}/invitation"' in house.browser_of("admin").get(address).text
    assert f'href="{address}/invitation"' in house.browser_of("lead").get("/administration/team").text


def test_a_link_made_before_signing_out_is_not_shown_to_the_next_person(house: House) -> None:
    browser = house.browser_of("admin")
    answer = fill_in(browser, ADD, {**NEW, "clinic_id": str(house.harbor)})
    token = fields_of(browser.get("/account/password"))["csrf_token"]
    browser.post("/sign-out", data={"csrf_token": token})

    with browser.session_transaction() as kept:
        assert "link_shown_once" not in kept
    assert answer.status_code == 303
