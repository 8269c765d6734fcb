"""Every form as somebody who may send it: what it stores has its event, and no foreign id is taken from its body."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.audit.models import AuditEvent
from registry.extensions import db
from tests.builders import sign_in
from tests.pages import Fields, fields_of, soup
from tests.trust.expected import EVERYBODY, MAY, ROLES, SIGNED_IN
from tests.trust.routes import Route, routes, token_of
from tests.trust.world import MARKERS, TODAY, Place, World, snapshot

LAST = (
    "contacts.withdraw",
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

PASSING = frozenset({"audit_event", "signed_in_session", "form_receipt"})


def _sender(route: Route) -> str:
    """The first role of the table that may send it."""
    allowed = MAY[route.endpoint]
    return next(role for role in ROLES if allowed == SIGNED_IN or role in allowed)


def _forms(app: Flask) -> list[Route]:
    found = [route for route in routes(app) if route.writes and MAY[route.endpoint] != EVERYBODY]
    return sorted(found, key=lambda route: LAST.index(route.endpoint) if route.endpoint in LAST else -1)


def _events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.max(AuditEvent.number))) or 0


def _as_offered(browser: FlaskClient, route: Route, place: Place) -> Fields:
    """The form of the route's own page as it stands; the bare token where it has none."""
    if route.reads:
        page = browser.get(route.address(place.arguments))
        if page.status_code == 200 and "<form" in page.text:
            try:
                return fields_of(page)
            except AssertionError:
                pass
    return {"csrf_token": token_of(browser)}


def _filled(browser: FlaskClient, route: Route, place: Place) -> Fields:
    """The form with something in everything that was left open: words, today, the first choice."""
    form = _as_offered(browser, route, place)
    main = soup(browser.get(route.address(place.arguments))).find("main") if route.reads else None
    for control in main.select("form[method=post] input, form[method=post] textarea") if main else ():
        name, kind = str(control.get("name") or ""), str(control.get("type") or "text")
        if kind == "radio":
            form.setdefault(name, str(control.get("value")))
        elif name in form and not form[name]:
            form[name] = FILLING.get(kind, "As agreed")
    return form


def test_whatever_a_form_stores_has_its_event_in_the_same_transaction(
    app: Flask, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    stored, rows = [], snapshot(app, but=PASSING)
    for route in _forms(app):
        browser = sign_in(app.test_client(), world.here.people[_sender(route)])
        form = _filled(browser, route, world.here)
        events = _events(app)
        answer: TestResponse = browser.post(route.address(world.here.arguments), data=form)

        assert answer.status_code in {200, 303, 409, 422}, f"{route.endpoint} answers {answer.status_code}"
        assert answer.location != "/account/password", f"{route.endpoint} was never reached"
        before, rows = rows, snapshot(app, but=PASSING)
        has_changed = rows != before
        assert _events(app) > events or not has_changed, f"{route.endpoint} changed something and no event says so"
        if has_changed:
            stored.append(route.endpoint)

    assert len(stored) > 10, stored
    written = capfd.readouterr()
    assert not [marker for marker in MARKERS if marker in written.out + written.err]


def _foreign_ids(world: World) -> list[str]:
    rows = world.elsewhere.arguments
    return [str(rows[name]) for name in ("clinic_id", "user_id", "patient_id", "episode_id", "membership_id")]


def test_no_id_of_another_organisation_is_taken_from_a_body(app: Flask, world: World) -> None:
    tried, foreign, before = set(), _foreign_ids(world), snapshot(app, but=PASSING)
    for route in _forms(app):
        if not route.reads or route.action is None:
            continue
        browser = sign_in(app.test_client(), world.here.people[_sender(route)])
        form = _as_offered(browser, route, world.here)
        names = [name for name in form if name.endswith("_id") or _is_id(form[name])]
        for name in names:
            tried.add(name)
            for value in foreign:
                answer = browser.post(route.address(world.here.arguments), data={**form, name: value})
                assert answer.status_code in {400, 404, 409, 422}, f"{route.endpoint} takes a foreign {name}"
        assert not names or snapshot(app, but=PASSING) == before, route.endpoint

    assert "clinic_id" in tried
    assert len(tried) > 3, tried


def _is_id(value: str | list[str]) -> bool:
    try:
        uuid.UUID(value if isinstance(value, str) else value[0])
    except (ValueError, IndexError):
        return False
    return "-" in value
