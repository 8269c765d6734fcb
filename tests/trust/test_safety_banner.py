"""Whoever has a person's page before them sees that person's open safety alert, whichever page it is."""

from __future__ import annotations

import pytest
from flask import Flask
from lxml.html import HtmlElement

from tests.builders import sign_in
from tests.pages import elements
from tests.trust.expected import CARE_MANAGER, LEAD, MAY, PEER, PSYCHIATRIST
from tests.trust.routes import Route, routes
from tests.trust.world import World

ABOUT_NOBODYS_CARE = frozenset({"administration.audit_of_patient"})
"""Takes a patient, and shows who looked: no header, and an auditor reads it."""

ABOUT_SOMEBODY_ELSE = frozenset({"episodes.answer_transfer"})
"""About whoever another clinic hands over: under an alert of their own."""

ABOUT_NOBODY_IN_DANGER = frozenset({"episodes.reopen"})
"""About somebody whose episode ended and who has no open alert."""

ACTED_ON_RIGHT_THERE = frozenset({"alerts.after_positive"})
"""The alert's own form: no link to where it is acted on."""


@pytest.fixture
def app(started_app: Flask) -> Flask:
    """Without emptying it: the world stands for the whole module."""
    return started_app


def _pages(app: Flask, world: World, role: str) -> dict[str, HtmlElement]:
    """Every page this role opens under a person's header, by endpoint. Each page about a person has one."""
    browser = sign_in(app.test_client(), world.here.people[role])
    found: dict[str, HtmlElement] = {}
    for route in [each for each in routes(app) if each.reads and role in MAY[each.endpoint]]:
        answer = browser.get(route.address(world.here.arguments))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            page = elements(answer)
            has_header = any("card" in each.classes for each in page.find_class("identity"))
            assert has_header or not _is_about_somebody(route), f"{route.endpoint} does not say whom it is about"
            found |= {route.endpoint: page} if has_header else {}
    return found


def _is_about_somebody(route: Route) -> bool:
    return "patient_id" in route.arguments and route.endpoint not in ABOUT_NOBODYS_CARE


@pytest.mark.parametrize("role", [CARE_MANAGER, PSYCHIATRIST, LEAD])
def test_every_page_under_a_persons_header_shows_their_open_safety_alert_once(
    app: Flask, standing_world: World, role: str
) -> None:
    pages = _pages(app, standing_world, role)

    assert {"caseload.patient", "measurements.history", "contacts.contacts", "review.queue"} <= pages.keys()
    shown = {endpoint: len(page.find_class("safety")) for endpoint, page in pages.items()}
    assert shown == dict.fromkeys(pages, 1) | dict.fromkeys(pages.keys() & ABOUT_NOBODY_IN_DANGER, 0)
    own = [page for endpoint, page in pages.items() if endpoint not in ABOUT_SOMEBODY_ELSE]
    said = {words.text_content() for page in own for words in page.find_class("safety__words")}
    assert len(said) == 1
    dead_ends = {endpoint for endpoint, page in pages.items() if not page.find_class("safety__actions")}
    assert dead_ends <= ACTED_ON_RIGHT_THERE | ABOUT_NOBODY_IN_DANGER


def test_a_peer_is_told_of_the_alert_and_not_of_the_answers_behind_it(app: Flask, standing_world: World) -> None:
    pages = _pages(app, standing_world, PEER)

    assert pages.keys() == {
        "contacts.log_own_contact",
        "contacts.report_danger",
        "tasks.answer_own",
        "tasks.change_own",
        "tasks.send_own",
        "tasks.take_back_own",
    }
    for page in pages.values():
        (banner,) = page.find_class("safety")
        assert "Open safety alert. Speak with" in banner.text_content()
        assert "PHQ" not in banner.text_content()
        assert banner.find(".//a") is None
