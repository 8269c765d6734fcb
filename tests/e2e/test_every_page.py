"""Every page anybody may open keeps the accessibility baseline, wide and light as well as narrow and dark.

The windows complain of console errors, refused styles and scripts, and missing files on every page walked.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from registry.access.roles import Role
from registry.accounts.models import User
from registry.extensions import db
from tests.builders import sign_in as a_session
from tests.databases import MigratedDatabase
from tests.e2e.accessibility import accessibility_faults
from tests.e2e.clinic import sign_in
from tests.e2e.windows import DESK, PHONE, LiveServer, Windows
from tests.trust.routes import Route, granted, routes
from tests.trust.world import Place, World, a_world

_NO_PAGE = frozenset({"accounts.start", "accounts.stay", "health.live", "health.ready"})
"""What only leads on, or answers a script or a probe."""

_LOOKS = (
    "aria-hidden-focus",
    "button-name",
    "color-contrast",
    "label",
    "link-in-text-block",
    "link-name",
    "scrollable-region-focusable",
    "target-size",
)
"""The rules whose answer may differ between two sizes and colours of the same page."""

_KIND = re.compile(r"<(\w+)(?:[^>]*?\bclass=\"([^\"]*)\")?")
"""An element and its classes."""

LookedAt: TypeAlias = defaultdict[str, set[tuple[str, str]]]
"""Endpoint → the kinds of elements seen there."""


@pytest.fixture(scope="module")
def standing_world(running_server: LiveServer, served_database: MigratedDatabase) -> Iterator[World]:
    """One clinic with something on every page, for tests that only look."""
    served_database.empty()
    yield a_world(running_server.app)
    served_database.empty()


@pytest.fixture(scope="module")
def looked_at() -> LookedAt:
    return defaultdict(set)


@pytest.fixture(scope="module")
def only_looking(browser: Browser, running_server: LiveServer) -> Iterator[Windows]:
    windows = Windows(browser=browser, url=running_server.url)
    yield windows
    windows.close()


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_page_of_a_role_is_accessible(
    only_looking: Windows, standing_world: World, running_server: LiveServer, looked_at: LookedAt, role: str
) -> None:
    new = _new_addresses(running_server, standing_world.here, role, looked_at)

    faults: list[str] = []
    if new:
        page = only_looking.open()
        sign_in(page, _email(running_server, standing_world.here.people[role]))
        for address in new:
            faults += _look_at(page, address)

    assert faults == []
    assert only_looking.complaints == []


def _email(server: LiveServer, user_id: uuid.UUID) -> str:
    with server.app.app_context():
        return db.session.get_one(User, user_id).email


def _new_addresses(server: LiveServer, place: Place, role: str, looked_at: LookedAt) -> list[str]:
    """Where this role finds a page made of something no role before found there: the server is asked, no browser."""
    client = a_session(server.app.test_client(), place.people[role])
    new = []
    for route in _pages(server, role):
        address = route.address(place.arguments)
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{role}: {route.endpoint} answers {answer.status_code}"
        kinds = set(_KIND.findall(answer.text))
        if not kinds <= looked_at[route.endpoint]:
            new.append(address)
        looked_at[route.endpoint] |= kinds
    return new


def _pages(server: LiveServer, role: str) -> list[Route]:
    found = []
    for route in routes(server.app):
        allowed = granted(server.app, route.endpoint)
        if route.reads and route.endpoint not in _NO_PAGE and (isinstance(allowed, str) or role in allowed):
            found.append(route)
    return found


def _look_at(page: Page, address: str) -> list[str]:
    """The faults of one page: wide and light by every rule, then narrow and dark by what that can change."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(address)
    faults = [f"{address}: {fault}" for fault in accessibility_faults(page)]
    if page.evaluate(_IS_TOO_WIDE) or page.evaluate(_HIDES_COLUMNS):
        faults.append(f"{address}: something is wider than a window of {DESK[0]} px")

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    faults += [f"{address}, narrow and dark: {fault}" for fault in accessibility_faults(page, rules=_LOOKS)]
    if page.evaluate(_IS_TOO_WIDE):
        faults.append(f"{address}: wider than a window of {PHONE[0]} px")
    return faults


_IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_HIDES_COLUMNS = """() => [...document.querySelectorAll(".table-card")].some(
    (card) => card.scrollWidth > card.clientWidth)"""
