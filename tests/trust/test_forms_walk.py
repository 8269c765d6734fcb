"""Every form as somebody who may send it: what it stores has its event, and no foreign id is taken from its body."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.audit.models import AuditEvent
from registry.extensions import db
from tests.builders import sign_in
from tests.trust.forms import as_offered, filled, sender
from tests.trust.routes import Route
from tests.trust.world import MARKERS, World, snapshot

PASSING = frozenset({"audit_event", "signed_in_session", "form_receipt"})


def _events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.max(AuditEvent.number))) or 0


def test_whatever_a_form_stores_has_its_event_in_the_same_transaction(
    app: Flask, world: World, chosen_forms: Sequence[Route], capfd: pytest.CaptureFixture[str]
) -> None:
    stored, rows = [], snapshot(app, but=PASSING)
    for route in chosen_forms:
        browser = sign_in(app.test_client(), world.here.people[sender(route)])
        form = filled(browser, route, world.here)
        events = _events(app)
        answer: TestResponse = browser.post(route.address(world.here.arguments), data=form)

        assert answer.status_code in {200, 303, 409, 422}, f"{route.endpoint} answers {answer.status_code}"
        assert answer.location != "/account/password", f"{route.endpoint} was never reached"
        assert not _told_in_the_cookie(browser), f"{route.endpoint} tells of somebody in a cookie"
        before, rows = rows, snapshot(app, but=PASSING)
        has_changed = rows != before
        assert _events(app) > events or not has_changed, f"{route.endpoint} changed something and no event says so"
        if has_changed:
            stored.append(route.endpoint)

    assert len(stored) > 10, stored
    written = capfd.readouterr()
    assert not [marker for marker in MARKERS if marker in written.out + written.err]


def _told_in_the_cookie(browser: FlaskClient) -> list[str]:
    """The form cookie is signed, not sealed: what it says next stands in the headers of an answer and a request."""
    with browser.session_transaction() as kept:
        return [marker for marker in MARKERS if marker in str(kept.get("_flashes", ""))]


def _foreign_ids(world: World) -> list[str]:
    rows = world.elsewhere.arguments
    return [str(rows[name]) for name in ("clinic_id", "user_id", "patient_id", "episode_id", "membership_id")]


def test_no_id_of_another_organisation_is_taken_from_a_body(
    app: Flask, world: World, chosen_forms: Sequence[Route]
) -> None:
    tried, foreign, before = set(), _foreign_ids(world), snapshot(app, but=PASSING)
    for route in chosen_forms:
        if not route.reads or route.action is None:
            continue
        browser = sign_in(app.test_client(), world.here.people[sender(route)])
        form = as_offered(browser, route, world.here)
        names = [name for name in form if name.endswith("_id") or _is_id(form[name])]
        for name in names:
            tried.add(name)
            for value in foreign:
                answer = browser.post(route.address(world.here.arguments), data={**form, name: value})
                assert answer.status_code in {400, 404, 409, 422}, f"{route.endpoint} takes a foreign {name}"
        assert not names or snapshot(app, but=PASSING) == before, route.endpoint

    assert len(tried) > 3, tried


def _is_id(value: str | list[str]) -> bool:
    try:
        uuid.UUID(value if isinstance(value, str) else value[0])
    except (ValueError, IndexError):
        return False
    return "-" in value
