"""The table of who may open what is whole, and says what the program does."""

from __future__ import annotations

import pytest
from flask import Flask

from registry.access.roles import Role
from tests.trust.expected import MAY, ROLES
from tests.trust.routes import granted, routes


@pytest.fixture
def known(started_app: Flask) -> Flask:
    return started_app


def test_every_route_has_a_row_and_every_row_a_route(known: Flask) -> None:
    assert {route.endpoint for route in routes(known)} == set(MAY)


def test_the_table_says_what_the_grants_say(known: Flask) -> None:
    differing = {
        endpoint: (expected, granted(known, endpoint))
        for endpoint, expected in MAY.items()
        if endpoint in known.view_functions and granted(known, endpoint) != expected
    }

    assert differing == {}


def test_the_table_knows_every_role() -> None:
    assert set(ROLES) == {role.value for role in Role}
