"""Every key the pages look for in an address, with values outside the allow-list: a page, or a page that is not there.

The keys are those the program asks for. One world stands for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import sign_in
from tests.databases import MigratedDatabase
from tests.trust.expected import EVERYBODY, MAY, SIGNED_IN
from tests.trust.forms import sender
from tests.trust.hostility import SCRIPT, asked_for, attacks, encoded, nothing_stays, share, spoilt
from tests.trust.routes import Route, routes
from tests.trust.world import World

KEYS = frozenset({"page", "sort", "whose", "clinic", "episode"})
KEYS_ANYWHERE = frozenset({"clinic", "episode"})
"""Some of the keys there are, of all pages and of any half: that none is found means that nothing was looked at."""

ANSWERS = frozenset({200, 204, 303, 400, 404, 422})
ONE_IN = 47
PASSING = frozenset({"audit_event", "signed_in_session"})


@pytest.fixture
def app(started_app: Flask) -> Flask:
    """Without emptying it: the world stands for the whole module."""
    return started_app


def test_no_key_of_an_address_breaks_a_page_or_shows_what_is_not_ones_own(
    app: Flask, standing_world: World, migrated_database: MigratedDatabase, is_everything: bool
) -> None:
    """In the sample every second page on each database."""
    database = migrated_database.name
    pages = [route for route in routes(app) if route.reads]
    asked = pages if is_everything else share(pages, every=2, database=database)
    product = [
        (route, browser, name, attack)
        for route, browser, names in _keys(app, standing_world, asked)
        for name in names
        for attack in attacks(standing_world)
    ]
    faults = []
    for route, browser, name, attack in share(product, every=1 if is_everything else ONE_IN, database=database):
        address = f"{route.address(standing_world.here.arguments)}?{encoded(spoilt({}, name, attack))}"
        fault = _fault(app, browser, address)
        if fault:
            faults.append(f"{route.endpoint} {name} {attack.name}: {fault}")

    assert not faults, "\n".join(faults)
    assert {name for _route, _browser, name, _attack in product} >= (KEYS if is_everything else KEYS_ANYWHERE)


def _keys(app: Flask, world: World, asked: Sequence[Route]) -> list[tuple[Route, FlaskClient, list[str]]]:
    """Those pages that look for something in their address, who opens each, and the keys it looks for."""
    browsers = {role: sign_in(app.test_client(), user_id) for role, user_id in world.here.people.items()}
    found = []
    for route in asked:
        browser = app.test_client() if MAY[route.endpoint] in {EVERYBODY, SIGNED_IN} else browsers[sender(route)]
        with nothing_stays(app), asked_for(app) as names:
            browser.get(route.address(world.here.arguments))
        if names:
            found.append((route, browser, sorted(names)))
    return found


def _fault(app: Flask, browser: FlaskClient, address: str) -> str | None:
    with nothing_stays(app) as stored:
        try:
            page = browser.get(address)
        except Exception as error:  # noqa: BLE001, RUF100  # whatever rises is the fault that is looked for
            return f"{type(error).__name__}: {str(error)[:200]}"
        kept = stored.take(but=PASSING)
    if page.status_code not in ANSWERS:
        return f"answers {page.status_code}"
    if kept:
        return f"stores {kept}"
    if SCRIPT in page.text:
        return "comes back as markup"
    return "shows another clinic's people" if "ZMRN-2" in page.text or "ZMRN-3" in page.text else None
