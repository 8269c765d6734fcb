"""Every form of the program as somebody who may send it: whose it is, as its page offers it, and filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from tests.pages import Fields, elements, fields_of
from tests.trust.expected import EVERYBODY, MAY, ROLES, SIGNED_IN
from tests.trust.history import TODAY
from tests.trust.routes import Route, routes, token_in, token_of
from tests.trust.world import Place

LAST = (
    "caseload.remove_view",
    "contacts.withdraw",
    "contacts.withdraw_report",
    "tasks.hand_on",
    "tasks.take_back",
    "treatment.stop",
    "treatment.withdraw",
    "physical.withdraw",
    "life.end",
    "life.withdraw",
    "plans.withdraw_rating",
    "plans.change_goal",
    "plans.end_goal",
    "plans.withdraw",
    "measurements.draft",
    "measurements.discard",
    "measurements.withdraw",
    "episodes.stop_tracking",
    "episodes.end",
    "episodes.death",
    "administration.reassign",
    "administration.deactivate",
    "accounts.sign_out",
    "accounts.sign_out_everywhere",
)
"""What ends or withdraws something comes after everything else, in this order."""

FILLING = {"date": TODAY.isoformat(), "number": "10", "time": "10:30", "email": "somebody@clinic.example", "hidden": ""}
"""What is typed into a field left open, by its kind."""


_LEFT_OPEN = etree.XPath("//main//form[@method='post']//*[self::input or self::textarea]")

MORE: Mapping[str, Sequence[Mapping[str, str]]] = {
    "treatment.start": [{"trial_kind": kind} for kind in ("injection", "therapy", "other")],
    "treatment.change": [{"trial_id": "therapy_id"}],
    "treatment.stop": [{"trial_id": "therapy_id"}],
    "treatment.note_adherence": [{"trial_id": "clozapine_id"}],
    "treatment.correct": [
        {"entry_kind": "step", "entry_id": name} for name in ("clozapine_start_id", "injection_start_id")
    ],
    "plans.write": [{"plan_kind": "relapse"}],
    "episodes.death": [{"patient_id": "dead_id"}],
}
"""Endpoint → the arguments of its address with which it has another form: a value, or a name of the world's values."""

TICKED = {"caseload.assign": {"episode": "episode_id", "to_user_id": "colleague_id"}}
"""Endpoint → what is chosen in a list before its form is there, by name of the world's values."""

BY_SCRIPT = frozenset({"contacts.quick"})
"""Have a form only for the script of a page."""


def doors(route: Route, place: Place) -> Iterator[Place]:
    """The place, and as often again as the route has another form there."""
    yield place
    for changes in MORE.get(route.endpoint, ()):
        meant = {name: place.arguments.get(value, value) for name, value in changes.items()}
        yield replace(place, arguments={**place.arguments, **meant})


def sender(route: Route) -> str:
    """The first role of the table that may send it."""
    allowed = MAY[route.endpoint]
    return next(role for role in ROLES if allowed in {SIGNED_IN, EVERYBODY} or role in allowed)


def is_for_everybody(route: Route) -> bool:
    """Whether it is sent by whoever is not signed in."""
    return MAY[route.endpoint] == EVERYBODY


def forms(app: Flask) -> list[Route]:
    """Every form of those who are signed in."""
    found = [route for route in routes(app) if route.writes and not is_for_everybody(route)]
    return sorted(found, key=lambda route: LAST.index(route.endpoint) if route.endpoint in LAST else -1)


def as_offered(browser: FlaskClient, route: Route, place: Place) -> Fields:
    """The form of the route's own page as it stands; the bare token where it has none."""
    return _offered(browser, route, place)[0]


def filled(browser: FlaskClient, route: Route, place: Place) -> Fields:
    """The form with something in everything that was left open: words, today, the first choice."""
    form, page = _offered(browser, route, place)
    form |= {name: str(place.arguments[value]) for name, value in TICKED.get(route.endpoint, {}).items()}
    for control in _LEFT_OPEN(elements(page)) if page is not None else ():
        name, kind = control.get("name", ""), "number" if control.get("inputmode") else control.get("type", "text")
        if kind == "radio":
            form.setdefault(name, str(control.get("value")))
        elif name in form and not form[name]:
            form[name] = FILLING.get(kind, "As agreed")
    return form


def _offered(browser: FlaskClient, route: Route, place: Place) -> tuple[Fields, TestResponse | None]:
    page = browser.get(route.address(place.arguments)) if route.reads else None
    if page is not None and page.status_code == 200 and "<form" in page.text:
        try:
            return fields_of(page), page
        except AssertionError:  # a page without a form of its own
            pass
    token = token_in(browser.get("/sign-in")) if is_for_everybody(route) else token_of(browser)
    return {"csrf_token": token}, page
