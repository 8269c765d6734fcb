"""Where the registry sends e-mail, the link of an invitation goes to whom it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_string, policy

import pytest
from flask import url_for

from registry.administration.link_mail import address_of_link
from tests.integration.administration.conftest import House
from tests.integration.administration.inviting import ADD, NEW, invite, link_in
from tests.integration.messages.mail_server import Post, a_post
from tests.pages import fill_in, page_of, send, words


@pytest.fixture
def post(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """The mail server of the program."""
    with a_post() as post:
        monkeypatch.setitem(house.app.config, "SETTINGS", replace(house.app.config["SETTINGS"], mail=post.server))
        yield post


def _mailed(post: Post) -> str:
    """The path of the link in the only e-mail."""
    ((recipient, mail),) = post.arrived
    assert recipient == NEW["email"]
    said = message_from_string(mail, policy=policy.default).get_content()
    (link,) = re.findall(r"https://registry\.clinic\.example(/\S+)", said)
    assert "Nia" not in said.replace(link, "")
    return str(link)


@pytest.mark.parametrize("by", ["lead", "admin"])
def test_where_there_is_e_mail_the_link_goes_to_the_person_and_whoever_made_it_never_sees_it(
    house: House, post: Post, by: str
) -> None:
    browser = house.browser_of(by)
    page = fill_in(browser, ADD, {**NEW, "clinic_id": str(house.harbor)}).location

    first = browser.get(page)
    link = _mailed(post)
    assert "The link was sent to nia@example.org on 12 Mar 2026, 15:00" in words(first)
    assert link.rsplit("/", 1)[-1] not in first.text
    assert [act.actor_id for act in house.acts("user.invitation-mailed")] == [house.users[by]]
    post.arrived.clear()
    send(browser, page, first, button="Send a new link")

    stranger = house.app.test_client()
    assert page_of(browser.get(page)).select_one("textarea") is None
    assert (stranger.get(link).status_code, stranger.get(_mailed(post)).status_code) == (404, 200)


def test_a_lead_has_no_link_of_somebody_who_signs_sent_anywhere(house: House, post: Post) -> None:
    """Whoever types an address may read what is sent there."""
    answer = invite(house, "lead", role="psychiatrist")

    assert answer.status_code == 422
    assert post.arrived == []


def test_below_a_path_the_link_that_is_sent_has_it_once(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = replace(post.server, address=f"{post.server.address}/registry")
    monkeypatch.setitem(house.app.config, "SETTINGS", replace(house.app.config["SETTINGS"], mail=server))
    with house.app.test_request_context("/registry/administration", environ_overrides={"SCRIPT_NAME": "/registry"}):
        link = url_for("accounts.take_up", token="t")
        assert link.startswith("/registry/")
        assert address_of_link("t", server) == f"{server.address}{link.removeprefix('/registry')}"


def test_a_link_that_could_not_be_sent_is_shown_to_an_administrator_alone(house: House, post: Post) -> None:
    post.refuses = "550 no"
    lead, admin = house.browser_of("lead"), house.browser_of("admin")
    page = fill_in(lead, ADD, {**NEW, "clinic_id": str(house.harbor)}).location

    told = lead.get(page)
    assert "The e-mail was not sent: the mail server refuses the address" in words(told)
    assert "A link was made, and was not sent by e-mail" in words(told)
    assert page_of(told).select_one("textarea") is None
    send(admin, page, admin.get(page), button="Send a new link")
    shown = admin.get(page)
    assert "The e-mail was not sent: the mail server refuses the address" in words(shown)
    assert house.app.test_client().get(link_in(shown)).status_code == 200
    assert house.acts("user.invitation-mailed") == []
