"""Every form as somebody who may send it: what it stores has its event, and no foreign id is taken from its body."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import sign_in
from tests.trust.forms import as_offered, filled, sender
from tests.trust.hostility import watching
from tests.trust.routes import Route
from tests.trust.world import MARKERS, World

PASSING = frozenset({"audit_event", "signed_in_session", "form_receipt"})


def test_whatever_a_form_stores_has_its_event_in_the_same_transaction(
    app: Flask, world: World, chosen_forms: Sequence[Route], capfd: pytest.CaptureFixture[str]
) -> None:
    stored = []
    for route in chosen_forms:
        browser = sign_in(app.test_client(), world.here.people[sender(route)])
        form = filled(browser, route, world.here)
        with watching(app) as written:
            answer: TestResponse = browser.post(route.address(world.here.arguments), data=form)

        assert answer.status_code in {200, 303, 409, 422}, f"{route.endpoint} answers {answer.status_code}"
        assert answer.location != "/account/password", f"{route.endpoint} was never reached"
        assert not _told_in_the_cookie(browser), f"{route.endpoint} tells of somebody in a cookie"
        changes = [tables for tables in written.transactions if tables - PASSING]
        silent = [sorted(tables) for tables in changes if "audit_event" not in tables]
        assert not silent, f"{route.endpoint} changed {silent} and no event says so"
        if changes:
            stored.append(route.endpoint)

    assert len(stored) > 10, stored
    said = capfd.readouterr()
    assert not [marker for marker in MARKERS if marker in said.out + said.err]


def _told_in_the_cookie(browser: FlaskClient) -> list[str]:
    """The form cookie is signed, not sealed: what it says next stands in the headers of an answer and a request."""
    with browser.session_transaction() as kept:
        return [marker for marker in MARKERS if marker in str(kept.get("_flashes", ""))]


KINDS_OF_ID = ("clinic_id", "user_id", "patient_id", "episode_id", "membership_id")
TURNS = 3


def _of_a_sample(name: str, turn: int) -> list[str]:
    """Which kinds of foreign id are tried in a field: the one it is made for, and every third, from another in turn."""
    return [kind for place, kind in enumerate(KINDS_OF_ID) if name.endswith(kind) or place % TURNS == turn % TURNS]


def test_no_id_of_another_organisation_is_taken_from_a_body(
    app: Flask, world: World, chosen_forms: Sequence[Route], is_everything: bool
) -> None:
    tried: list[str] = []
    for route in chosen_forms:
        if not route.reads or route.action is None:
            continue
        browser = sign_in(app.test_client(), world.here.people[sender(route)])
        form = as_offered(browser, route, world.here)
        names = [name for name in form if name.endswith("_id") or _is_id(form[name])]
        with watching(app) as written:
            for name in names:
                tried.append(name)
                for kind in KINDS_OF_ID if is_everything else _of_a_sample(name, len(tried)):
                    spoilt = {**form, name: str(world.elsewhere.arguments[kind])}
                    answer = browser.post(route.address(world.here.arguments), data=spoilt)
                    assert answer.status_code in {400, 404, 409, 422}, f"{route.endpoint} takes a foreign {name}"
        assert not written.take(but=PASSING), route.endpoint

    assert len(set(tried)) > 3, tried


def _is_id(value: str | list[str]) -> bool:
    try:
        uuid.UUID(value if isinstance(value, str) else value[0])
    except (ValueError, IndexError):
        return False
    return "-" in value
