"""The page on which an administrator sees whether the system is well, and has a clinic swept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from config import MailServer
from registry import clock
from registry.access import scope
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.jobs.heartbeat import beat
from registry.jobs.tasks import sweep_clinics
from registry.messages.models import Message
from registry.web.health import READINESS
from tests.integration.administration.conftest import NOW, TODAY, House
from tests.pages import elements, fields_of, send, words

HEALTH = "/administration/health"


def test_it_says_in_words_what_is_well_and_what_is_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.app.app_context(), clock.at(NOW):
        beat()
    said = words(house.browser_of("admin").get(HEALTH))
    assert "All is as it should be" in said
    assert "Safety answers well Every positive safety answer has its alert." in said
    assert "Last sign of life of the job consumer: 12 Mar 2026, 15:00 (America/New_York)" in said
    assert "E-mail is off" in said

    checks = {**house.app.extensions[READINESS], "database": lambda: "does not answer, or has no tables"}
    monkeypatch.setitem(house.app.extensions, READINESS, checks)
    said = words(house.browser_of("admin").get(HEALTH))
    assert "1 thing not as it should be" in said
    assert "Database not well Does not answer, or has no tables." in said


def test_it_tells_of_the_clinics_of_ones_organisation_who_is_due_and_since_when(house: House) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.execute(update(Episode).values(next_check_on=TODAY - timedelta(days=2)))

    said = words(house.browser_of("admin").get(HEALTH))

    assert "Harbor never 1 person, since 10 Mar 2026 late" in said
    assert "Mill never nobody" in said
    assert "Lakeside" not in said
    assert "Vega" not in said


def test_a_clinic_is_swept_at_the_press_of_a_button_and_the_run_is_shown(house: House) -> None:
    browser = house.browser_of("admin")
    page = browser.get(HEALTH)

    for _ in range(2):  # a second click is the same click
        assert send(browser, HEALTH, page, button="Sweep now: Harbor").status_code == 303
    after = browser.get(HEALTH)
    assert "The people of Harbor who are due are looked at as soon as the job consumer is free" in after.text
    assert "Sweep by hand Harbor 12 Mar 2026 12 Mar 2026, 15:00 waits" in words(after)
    (asked,) = house.acts("sweep.asked")
    assert (asked.actor_id, asked.clinic_id, asked.entity_id) == (house.users["admin"], house.harbor, house.harbor)

    send(browser, HEALTH, after, button="Sweep now: Harbor")
    assert "nothing is asked twice" in browser.get(HEALTH).text
    with house.app.app_context():
        sweep_clinics()

    said = words(browser.get(HEALTH))
    assert "Sweep by hand Harbor 12 Mar 2026 12 Mar 2026, 15:00 done nothing to do" in said
    assert "Sweep Harbor 12 Mar 2026 12 Mar 2026, 15:00 done 1 checked" in said
    assert "Harbor 12 Mar 2026, 15:00 nobody" in said


def test_a_clinic_of_another_organisation_does_not_exist_and_a_button_used_otherwise_does_nothing(house: House) -> None:
    browser = house.browser_of("admin")
    page = browser.get(HEALTH)
    fields = fields_of(page, button="Sweep now: Mill")

    assert browser.post(f"{HEALTH}/clinics/{house.lakeside}/sweep", data=fields).status_code == 404
    too_long = {f"{house.mill}-form_key": "x" * 65}
    assert send(browser, HEALTH, page, too_long, button="Sweep now: Mill").status_code == 303
    assert "choose it again" in browser.get(HEALTH).text
    assert house.acts("sweep.") == []


def test_without_a_queue_the_wish_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("registry.jobs.tasks.open_queue", broken)
    browser = house.browser_of("admin")

    send(browser, HEALTH, browser.get(HEALTH), button="Sweep now: Mill")

    page = browser.get(HEALTH)
    assert "are looked at within a quarter of an hour" in page.text
    assert "Sweep by hand Mill 12 Mar 2026 12 Mar 2026, 15:00 waits" in words(page)


def test_e_mails_that_were_given_up_are_listed_with_whom_and_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer(host="mail", sender="registry@clinic.example", address="https://registry.clinic.example")
    monkeypatch.setitem(house.app.config, "SETTINGS", replace(house.app.config["SETTINGS"], mail=server))
    with house.app.app_context(), write():
        for name in ("manager", "of lakeside"):
            db.session.add(
                Message(
                    kind="digest",
                    occasion=f"digest {name}",
                    user_id=house.users[name],
                    queued_at=NOW,
                    next_try_at=NOW,
                    state="failed",
                    settled_at=NOW - timedelta(hours=1),
                    fault="address-refused",
                )
            )

    page = house.browser_of("admin").get(HEALTH)

    said = words(page)
    assert "Rosa Osei 12 Mar 2026, 14:00 Monday's count the mail server refuses the address" in said
    assert "Lara Lake" not in said
    assert "Waiting: 0." in said
    names = [each.get("id") for each in elements(page).find(".//main").iter("input")]
    assert len(names) == len(set(names)), "each button has a form of its own"
