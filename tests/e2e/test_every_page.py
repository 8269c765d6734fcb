"""Every page anybody may open keeps the accessibility baseline, wide and light as well as narrow and dark.

The windows complain of console errors, refused styles and scripts, and missing files on every page walked. A page is
walked again as another role where that role finds something new on it; how its parts look is judged once a part.
The tests ask every page as the first and the last role it is open to, and walk those that together show most of the
parts there are; ``make trust`` asks as every role and walks them all.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from registry.access.roles import Role
from registry.accounts.models import User
from registry.extensions import db
from tests.builders import sign_in as a_session
from tests.databases import MigratedDatabase
from tests.e2e.accessibility import accessibility_faults, load_axe
from tests.e2e.clinic import sign_in
from tests.e2e.page_parts import Part, parts_of
from tests.e2e.windows import DESK, PHONE, LiveServer, Windows
from tests.pages import elements
from tests.trust.routes import Route, granted, routes
from tests.trust.world import Place, World, a_world

_NO_PAGE = frozenset(
    {"accounts.start", "accounts.stay", "caseload.row", "exchange.measure", "health.live", "health.ready"}
)
"""What only leads on, is a file to save or one row of a page, or answers a script or a probe."""

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


_MOST = 0.75
"""Of the parts a role finds new. The last quarter is spread over more pages than all the others."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A page to open, and whether the looks of its parts are judged here."""

    address: str
    has_new_looks: bool


@pytest.fixture(scope="module")
def standing_world(running_server: LiveServer, served_database: MigratedDatabase) -> Iterator[World]:
    """One clinic with something on every page, for tests that only look."""
    served_database.empty()
    yield a_world(running_server.app)
    served_database.empty()


@pytest.fixture(scope="module", params=[False, pytest.param(True, marks=pytest.mark.trust)], ids=["most", "everything"])
def is_everything(request: pytest.FixtureRequest) -> bool:
    """Whether all pages are walked, or those that show most parts."""
    return bool(request.param)


@pytest.fixture(scope="module")
def walks(running_server: LiveServer, standing_world: World, is_everything: bool) -> Mapping[str, Sequence[Walk]]:
    """Role → what is walked as it. The same whichever role is tried first, and on however many workers."""
    return _plan(running_server, standing_world.here, is_everything=is_everything)


@pytest.fixture(scope="module")
def only_looking(browser: Browser, running_server: LiveServer) -> Iterator[Windows]:
    windows = Windows(browser=browser, url=running_server.url)
    yield windows
    windows.close()


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_page_of_a_role_is_accessible(
    only_looking: Windows,
    standing_world: World,
    running_server: LiveServer,
    walks: Mapping[str, Sequence[Walk]],
    role: str,
    is_everything: bool,
) -> None:
    faults: list[str] = []
    chosen = [walk for walk in walks[role] if is_everything or walk.has_new_looks]
    if chosen:
        page = only_looking.open()
        load_axe(page)
        sign_in(page, _email(running_server, standing_world.here.people[role]))
        for walk in chosen:
            faults += _look_at(page, walk, is_everything=is_everything)

    assert faults == []
    assert only_looking.complaints == []


def _email(server: LiveServer, user_id: uuid.UUID) -> str:
    with server.app.app_context():
        return db.session.get_one(User, user_id).email


def _plan(server: LiveServer, place: Place, *, is_everything: bool) -> dict[str, list[Walk]]:
    """Where each role finds a page made of something no role before found there: the server is asked, no browser."""
    content: defaultdict[str, set[Part]] = defaultdict(set)  # by endpoint
    frames: set[Part] = set()
    judged: set[Part] = set()
    plan = {}
    for role in (role.value for role in Role):
        new: dict[str, frozenset[Part]] = {}
        client = a_session(server.app.test_client(), place.people[role])
        for route in _pages(server, role, is_everything=is_everything):
            address = route.address(place.arguments)
            answer = client.get(address, follow_redirects=True)
            assert answer.status_code == 200, f"{role}: {route.endpoint} answers {answer.status_code}"
            parts = parts_of(elements(answer))
            if not parts.content <= content[route.endpoint] or not parts.frame <= frames:
                new[address] = parts.all
            content[route.endpoint] |= parts.content
            frames |= parts.frame
        telling = _fewest_with(new, judged, share=1 if is_everything else _MOST)
        judged |= set().union(*new.values())
        plan[role] = [Walk(address, has_new_looks=address in telling) for address in new]
    return plan


def _fewest_with(pages: Mapping[str, frozenset[Part]], known: set[Part], *, share: float) -> set[str]:
    """Addresses that together show this share of the parts not known yet, the page with most of them first."""
    left, chosen = set().union(*pages.values()) - known, set()
    enough = (1 - share) * len(left)
    while len(left) > enough:
        best = max(pages, key=lambda address: len(pages[address] & left))
        chosen.add(best)
        left -= pages[best]
    return chosen


def _pages(server: LiveServer, role: str, *, is_everything: bool) -> list[Route]:
    found = []
    for route in routes(server.app):
        allowed = granted(server.app, route.endpoint)
        readers = [each.value for each in Role if isinstance(allowed, str) or each.value in allowed]
        asked = readers if is_everything else (*readers[:1], *readers[-1:])
        if route.reads and route.endpoint not in _NO_PAGE and role in asked:
            found.append(route)
    return found


def _look_at(page: Page, walk: Walk, *, is_everything: bool) -> list[str]:
    """The faults of one page: wide and light by every rule, then narrow and dark by what that can change."""
    address = walk.address
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(address)
    known = () if walk.has_new_looks else _LOOKS
    faults = [f"{address}: {fault}" for fault in accessibility_faults(page, besides=known, alike=is_everything)]
    if page.evaluate(_IS_TOO_WIDE) or page.evaluate(_HIDES_COLUMNS):
        faults.append(f"{address}: something is wider than a window of {DESK[0]} px")

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    if not page.evaluate(_COMES_TO_FIT):
        faults.append(f"{address}: wider than a window of {PHONE[0]} px")
    if walk.has_new_looks:
        page.emulate_media(color_scheme="dark")
        dark = accessibility_faults(page, rules=_LOOKS, alike=is_everything)
        faults += [f"{address}, narrow and dark: {fault}" for fault in dark]
    return faults


_IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_HIDES_COLUMNS = """() => [...document.querySelectorAll(".table-card")].some(
    (card) => card.scrollWidth > card.clientWidth)"""
_COMES_TO_FIT = """async () => {
    const page = document.documentElement;
    for (let turn = 0; turn < 40 && page.scrollWidth > page.clientWidth; turn += 1)
        await new Promise((done) => setTimeout(done, 50));
    return page.scrollWidth <= page.clientWidth;
}"""
"""A figure is drawn anew a moment after the window has changed."""
