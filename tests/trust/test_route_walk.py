"""Every route as every role, with one's own ids, another clinic's, ids nothing answers to, and signed out.

The tests walk every route on both databases: each time as one of the roles it is open to and as one of
those it is not, which take turns. ``make trust`` walks every route as every role on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.web.security_headers import CONTENT_SECURITY_POLICY
from tests.builders import sign_in
from tests.databases import MigratedDatabase
from tests.trust.expected import EVERYBODY, MAY, ROLES, SIGNED_IN
from tests.trust.hostility import share
from tests.trust.routes import REACHES_ITS_ORGANISATION, Route, mixed, routes, token_in, token_of
from tests.trust.world import MARKERS, Place, World, snapshot

PASSING = frozenset({"audit_event", "signed_in_session", "form_receipt"})
"""What a page may write while it is only looked at."""


SPOKEN = re.compile(r'<title>(?:.*?)</title>|(?:href|action|src|hx-get|hx-post)="[^"]*"', re.DOTALL)
"""What stands in titles and addresses."""


def _foreign(world: World, route: Route) -> Place:
    return world.elsewhere if route.action in REACHES_ITS_ORGANISATION else world.sister


def _is_open_to(role: str, route: Route) -> bool:
    allowed = _allowed(route)
    return allowed in {EVERYBODY, SIGNED_IN} or role in allowed


def _allowed(route: Route) -> str | frozenset[str]:
    """A route without a row is nobody's: ``test_route_table`` says so."""
    return MAY.get(route.endpoint, frozenset())


def _bare(page: TestResponse) -> str:
    """The page without what differs from request to request."""
    text = re.sub(r'(content|value)="[A-Za-z0-9._-]{20,}"', r'\1=""', page.text)
    return text.replace(str(page.headers.get("X-Request-ID")), "")


def _is_sound(page: TestResponse, where: str) -> None:
    """What every answer owes, whatever it is."""
    assert page.status_code < 500, where
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, where
    assert page.headers["Cache-Control"] == "no-store", where
    assert page.headers["X-Content-Type-Options"] == "nosniff", where
    spoken = [str(page.headers.get("Location", ""))]
    if page.mimetype == "text/html":
        spoken += SPOKEN.findall(page.text)
    for marker in MARKERS:
        assert not [words for words in spoken if marker.casefold() in words.casefold()], f"{where} says {marker}"


@dataclass(frozen=True, slots=True)
class Walk:
    """What is tried as one role, in a browser in which somebody of it at the clinic is signed in."""

    role: str
    browser: FlaskClient
    routes: list[Route]


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.trust)], ids=["share", "everything"])
def walks(
    request: pytest.FixtureRequest, app: Flask, world: World, migrated_database: MigratedDatabase
) -> Sequence[Walk]:
    """As each role the routes whose turn it is on this database, or all of them."""
    dealt = share(list(enumerate(routes(app))), every=2, database=migrated_database.name)
    tried = [(route, _in_turn(route, turn // 2)) for turn, route in dealt]
    if request.param:
        tried = [(route, set(ROLES)) for route in routes(app)]
    return [
        Walk(
            role,
            sign_in(app.test_client(), world.here.people[role]),
            [route for route, takers in tried if role in takers],
        )
        for role in ROLES
    ]


def _in_turn(route: Route, turn: int) -> set[str]:
    """One of the roles it is open to, and one of the others."""
    kinds = [[role for role in ROLES if _is_open_to(role, route) is is_open] for is_open in (True, False)]
    return {kind[turn % len(kind)] for kind in kinds if kind}


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


@pytest.fixture
def app(started_app: Flask) -> Flask:
    """Without emptying it: the world stands for the whole module."""
    return started_app


@pytest.fixture(autouse=True)
def _no_marker_in_the_log(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    written = capfd.readouterr()
    for marker in MARKERS:
        assert marker.casefold() not in (written.out + written.err).casefold()


def test_pages_open_to_the_roles_in_the_table_and_to_nobody_else(
    app: Flask, world: World, walks: Sequence[Walk]
) -> None:
    before, wrong = snapshot(app, but=PASSING), []
    for walk, route in _steps(walks):
        if not route.reads:
            continue
        own = walk.browser.get(route.address(world.here.arguments))
        where = f"{walk.role}: {route.endpoint} {route.rule} answers {own.status_code}"
        _is_sound(own, where)
        is_open = _is_open_to(walk.role, route)
        if own.status_code not in ({200, 204, 303} if is_open else {403}):
            wrong.append(where)
        assert is_open or not [marker for marker in MARKERS if marker in own.text], where

    assert wrong == []
    assert snapshot(app, but=PASSING) == before, "looking at a page changed something"


def _steps(walks: Sequence[Walk]) -> Iterator[tuple[Walk, Route]]:
    return ((walk, route) for walk in walks for route in walk.routes)


def test_a_row_of_another_clinic_looks_like_one_that_does_not_exist(world: World, walks: Sequence[Walk]) -> None:
    for walk, route in _steps(walks):
        if not route.reads or not route.ids or not _is_open_to(walk.role, route):
            continue
        foreign = _foreign(world, route)
        absent = walk.browser.get(route.address(world.absent))
        for values in (foreign.arguments, *mixed(world.here, foreign, route)):
            page = walk.browser.get(route.address(values))
            where = f"{walk.role} opens a foreign {route.rule}: {page.status_code}"
            _is_sound(page, where)
            assert page.status_code == absent.status_code == 404, where
            assert _bare(page) == _bare(absent), where


def test_nothing_is_sent_to_another_clinic_to_nobody_or_without_the_role(
    app: Flask, world: World, walks: Sequence[Walk]
) -> None:
    tokens = {walk.role: {"csrf_token": token_of(walk.browser)} for walk in walks}
    before = snapshot(app, but=PASSING)
    for walk, route in _steps(walks):
        if not route.writes or route.action is None:
            continue
        foreign = _foreign(world, route)
        targets: list[Mapping[str, object]] = [*mixed(world.here, foreign, route)]
        targets += [foreign.arguments, world.absent] if route.ids else []
        expected = 404
        if not _is_open_to(walk.role, route):
            targets, expected = [world.here.arguments, foreign.arguments, world.absent], 403
        for values in targets:
            answer = walk.browser.post(route.address(values), data=tokens[walk.role])
            where = f"{walk.role} sends to {route.rule}: {answer.status_code}"
            _is_sound(answer, where)
            assert answer.status_code == expected, where

    assert snapshot(app, but=PASSING) == before


def test_nothing_is_taken_without_the_token_against_forged_requests(
    app: Flask, world: World, walks: Sequence[Walk]
) -> None:
    before = snapshot(app, but=PASSING)
    for walk, route in _steps(walks):
        if not route.writes:
            continue
        answer = walk.browser.post(route.address(world.here.arguments), data={"csrf_token": "forged"})
        _is_sound(answer, f"{walk.role}: {route.rule}")
        assert answer.status_code == 400, f"{walk.role}: {route.rule}"

    assert snapshot(app, but=PASSING) == before


def test_whoever_is_signed_out_is_sent_to_the_sign_in_page(app: Flask, world: World) -> None:
    stranger = app.test_client()
    token = {"csrf_token": token_in(stranger.get("/sign-in"))}
    before = snapshot(app)
    for route in routes(app):
        if _allowed(route) == EVERYBODY:
            continue
        for values in (world.here.arguments, world.absent):
            address = route.address(values)
            answers = [stranger.get(address)] if route.reads else []
            answers += [stranger.post(address, data=token)] if route.writes else []
            for answer in answers:
                _is_sound(answer, route.rule)
                assert answer.status_code == 303, route.rule
                assert answer.location.startswith("/sign-in"), route.rule

    assert snapshot(app) == before


def test_what_is_open_to_everybody_says_nothing_of_anybody(app: Flask, world: World) -> None:
    stranger = app.test_client()
    for route in routes(app):
        if route.reads and _allowed(route) == EVERYBODY:
            page = stranger.get(route.address(world.here.arguments))
            assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
            assert not [marker for marker in MARKERS if marker in page.text]
            assert "clinic.example" not in page.text
            assert "Harbor" not in page.text
