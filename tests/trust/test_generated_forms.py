"""Every field of every form spoilt in every way: refused in words or taken whole, and never an error of the program.

The fields are those the program asks for. The tests take a sample in which every form, every field and every way has
its turn; ``make trust`` takes them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from wtforms import Form

from tests.builders import sign_in
from tests.databases import MigratedDatabase
from tests.pages import Fields
from tests.trust.forms import BY_SCRIPT, doors, filled, forms, is_for_everybody, sender
from tests.trust.history import NOW
from tests.trust.hostility import (
    SCRIPT,
    Attack,
    Pairs,
    Stored,
    asked_for,
    attacks,
    cookies_kept,
    nothing_stays,
    pairs,
    post,
    read_by,
    share,
    spoilt,
    watching,
)
from tests.trust.routes import Route, routes
from tests.trust.world import Place, World, a_world
from tests.worlds import Worlds

PASSING = frozenset({"audit_event", "signed_in_session", "failed_sign_in"})
"""What a refused form may write: the look at the page it shows again, and that somebody tried."""

REFUSED = frozenset({400, 401, 403, 404, 409, 413, 422, 429})
TAKEN = frozenset({200, 204, 303})
IN_STEPS = frozenset({"administration.reassign"})
"""Moves a whole caseload one row a transaction, so that nobody waits; run again, it goes on where it stopped."""

EVERY_TIME = frozenset({"administration.renew_invitation"})
"""Has no key: each click makes a link, and the link before it works no more."""

ONE_FIELD_IN = 257
"""Of all fields spoilt in all ways, one in so many is in the sample; prime to the ways, so that each has its turn."""

WHOLE_FORM_IN = 11
TWICE_IN = 10


GONE_WRONG: Mapping[str, Callable[[Fields, Sequence[str]], Pairs]] = {
    "nothing": lambda form, names: _token(form),
    "all of it twice": lambda form, names: pairs(form) * 2,
    "a megabyte": lambda form, names: _token(form) + [(name, "x" * (1_000_000 // len(names))) for name in names],
    "too many fields": lambda form, names: _token(form) + [(f"field-{number}", "") for number in range(1_200)],
    "a stale version": lambda form, names: pairs(form | {"version": "0"}),
    "a version to come": lambda form, names: pairs(form | {"version": "999999999999"}),
    "no name": lambda form, names: [*pairs(form), ("", "x"), ("\0", "x"), ("\ud800", "x")],
}
"""What a whole form can be that no page of ours sends, made from its filling and its names."""


def _token(form: Fields) -> Pairs:
    return [("csrf_token", str(form["csrf_token"]))]


@dataclass(frozen=True)
class Declared:
    """A form, who sends it, a filling of it, and the names the program looks for in it."""

    route: Route
    browser: FlaskClient
    address: str
    form: Fields
    names: tuple[str, ...]
    kinds: frozenset[type[Form]]
    """What read it."""


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


@pytest.fixture
def app(started_app: Flask) -> Flask:
    """Without emptying it: the world stands for the whole module."""
    return started_app


@pytest.fixture
def database(migrated_database: MigratedDatabase) -> str:
    return migrated_database.name


@pytest.fixture(scope="module")
def _known() -> dict[tuple[int, bool], list[Declared]]:
    """The forms of the standing world, once they were looked at: each holds a session that stands there."""
    return {}


@pytest.fixture
def declared(
    app: Flask, world: World, is_everything: bool, database: str, _known: dict[tuple[int, bool], list[Declared]]
) -> list[Declared]:
    """Every form of the program, filled in; of the sample, every second on each database."""
    key = id(world), is_everything
    if key not in _known:
        every = 1 if is_everything else 2
        _known[key] = list(_declare_all(app, world, every=every, database=database))
    return _known[key]


def _declare_all(app: Flask, world: World, *, every: int, database: str) -> Iterator[Declared]:
    browsers = {role: _begun(sign_in(app.test_client(), user_id)) for role, user_id in world.here.people.items()}
    open_to_all = [route for route in routes(app) if route.writes and is_for_everybody(route)]
    for route in share([*open_to_all, *forms(app)], every=every, database=database):
        browser = _begun(app.test_client()) if is_for_everybody(route) else browsers[sender(route)]
        if route.endpoint in BY_SCRIPT:
            browser = _begun(sign_in(app.test_client(), world.here.people[sender(route)]))
            browser.environ_base["HTTP_HX_REQUEST"] = "true"
        for place in doors(route, world.here):
            yield _declare(app, place, route, browser)


def _begun(browser: FlaskClient) -> FlaskClient:
    """The browser with what its tokens are checked against."""
    browser.get("/sign-in")
    return browser


def _declare(app: Flask, place: Place, route: Route, browser: FlaskClient) -> Declared:
    address = route.address(place.arguments)
    with nothing_stays(app), cookies_kept(browser):
        form = filled(browser, route, place)
        with asked_for(app) as names, read_by() as kinds:
            post(browser, address, [("csrf_token", str(form["csrf_token"]))])
            post(browser, address, pairs(form))
    fields = sorted((names | set(form)) - {"csrf_token"})
    for key in (name for name in fields if name.endswith("form_key")):
        form[key] = form.get(key) or uuid.uuid4().hex
    return Declared(route, browser, address, form, tuple(fields), frozenset(kinds))


IN_ADDRESSES = frozenset({"AuditSearchForm", "CatalogueSearch"})
"""Sent as an address: ``test_generated_lists`` spoils them."""


def test_no_form_of_the_program_is_left_out(declared: list[Declared], is_everything: bool) -> None:
    """Of everything; the sample has half of them on each database."""
    read = {kind.__qualname__ for form in declared for kind in form.kinds}
    kinds = [kind for kind in _below(Form) if kind.__module__.startswith("registry.") and not kind.__subclasses__()]
    left_out = {kind.__qualname__ for kind in kinds} - read - IN_ADDRESSES

    assert len(read) > 30
    assert not (is_everything and left_out), left_out


def _below(kind: type[Form]) -> Iterator[type[Form]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _fault(declared: Declared, sent: Pairs, stored: Stored) -> str | None:
    """What is wrong with the answer to this; None where nothing is."""
    stored.take(but=PASSING)
    try:
        with cookies_kept(declared.browser):
            answer = post(declared.browser, declared.address, sent)
    except Exception as error:  # noqa: BLE001, RUF100  # whatever rises is the fault that is looked for
        return f"{type(error).__name__}: {str(error)[:200]}"
    kept = stored.take(but=PASSING)
    if answer.status_code not in REFUSED | TAKEN:
        return f"answers {answer.status_code}"
    if answer.status_code in REFUSED and kept:
        return f"is refused with {answer.status_code}, and stores {kept}"
    if len(kept) > 1 and declared.route.endpoint not in IN_STEPS:
        return f"is stored in {len(kept)} transactions: {kept}"
    if SCRIPT in answer.text:
        return "comes back as markup"
    return None


def _product(declared: list[Declared], ways: Sequence[Attack]) -> Iterator[tuple[Declared, str, Attack]]:
    for form in declared:
        for name in form.names:
            for attack in ways:
                yield form, name, attack


def test_no_spoilt_field_breaks_a_page_or_is_half_stored(
    app: Flask, world: World, declared: list[Declared], is_everything: bool, database: str
) -> None:
    ways, faults = attacks(world), []
    chosen = share(list(_product(declared, ways)), every=1 if is_everything else ONE_FIELD_IN, database=database)
    for form, name, attack in chosen:
        with nothing_stays(app) as stored:
            fault = _fault(form, spoilt(form.form, name, attack), stored)
        if fault:
            faults.append(f"{form.route.endpoint} {name} {attack.name}: {fault}")

    assert not faults, "\n".join(faults)
    assert {attack.name for _form, _name, attack in chosen} == {attack.name for attack in ways}


def test_no_whole_form_gone_wrong_breaks_a_page_or_is_half_stored(
    app: Flask, declared: list[Declared], is_everything: bool, database: str
) -> None:
    product = [(form, what) for form in declared for what in GONE_WRONG]
    faults = []
    for form, what in share(product, every=1 if is_everything else WHOLE_FORM_IN, database=database):
        with nothing_stays(app) as stored:
            fault = _fault(form, GONE_WRONG[what](form.form, form.names), stored)
        if fault:
            faults.append(f"{form.route.endpoint} {what}: {fault}")

    assert not faults, "\n".join(faults)


UNKNOWN = (None, "", "x")
"""What a form can say instead of the version it was opened at: nothing at all, nothing in its field, and no number."""


def test_no_form_without_the_version_it_was_opened_at_is_stored(
    app: Flask, declared: list[Declared], is_everything: bool
) -> None:
    """In the sample the ways take turns, a form each."""
    faults, tried = [], 0
    for form in declared:
        versions = {name for name, value in pairs(form.form) if name.endswith("version") and value}
        if not versions:
            continue
        tried += 1
        with nothing_stays(app) as stored, cookies_kept(form.browser):
            for said in UNKNOWN if is_everything else UNKNOWN[tried % len(UNKNOWN) :][:1]:
                instead = [] if said is None else [(name, said) for name in versions]
                sent = [each for each in pairs(form.form) if each[0] not in versions] + instead
                answer = post(form.browser, form.address, sent)
                if (kept := stored.take(but=PASSING)) or answer.status_code not in REFUSED | {303}:
                    faults.append(f"{form.route.endpoint} {instead} answers {answer.status_code}, storing {kept}")

    assert not faults, "\n".join(faults)
    assert tried > 3


def test_a_session_that_ended_in_the_middle_stores_nothing_and_asks_to_sign_in(
    app: Flask, declared: list[Declared]
) -> None:
    faults = []
    for form in declared:
        if is_for_everybody(form.route) or form.route.endpoint == "accounts.sign_out":
            continue
        with (
            cookies_kept(form.browser),
            time_machine.travel(NOW + timedelta(hours=13), tick=False),
            nothing_stays(app) as stored,
        ):
            answer = post(form.browser, form.address, pairs(form.form))
            kept = stored.take(but=PASSING)
        asks = "/sign-in" in answer.location if answer.status_code == 303 else "Sign in" in answer.text
        if kept or not asks:
            faults.append(f"{form.route.endpoint} answers {answer.status_code} and stores {kept}")

    assert not faults, "\n".join(faults)


class TestSentTwice:
    """Its world is its own: what is sent here stays."""

    @pytest.fixture
    def world(self, worlds: Worlds, database_url: str) -> World:
        del database_url  # wanted for what it does after the test
        return worlds.begin_with(a_world)

    def test_a_form_sent_twice_with_its_key_is_stored_once(
        self, app: Flask, world: World, is_everything: bool, database: str
    ) -> None:
        with_a_key = [route for route in forms(app) if route.endpoint not in EVERY_TIME]
        faults, once = [], 0
        for route in share(with_a_key, every=1 if is_everything else TWICE_IN, database=database):
            browser = _begun(sign_in(app.test_client(), world.here.people[sender(route)]))
            form = _declare(app, world.here, route, browser)
            with watching(app) as stored:
                first = post(browser, form.address, pairs(form.form))
                is_stored = bool(stored.take(but=PASSING)) and first.status_code == 303
                once += is_stored
                second = post(browser, form.address, pairs(form.form))
                kept = stored.take(but=PASSING)
            is_lost = is_stored and "form_key" in form.form and second.location != first.location
            if kept or is_lost or second.status_code not in REFUSED | TAKEN:
                faults.append(f"{route.endpoint}: {first.status_code}, then {second.status_code}, storing {kept}")

        assert not faults, "\n".join(faults)
        assert once > 3

    def test_a_form_sent_again_with_its_key_and_other_content_is_refused_in_words_and_stores_nothing(
        self, app: Flask, world: World, is_everything: bool, database: str
    ) -> None:
        with_a_key = [route for route in forms(app) if route.endpoint not in EVERY_TIME]
        faults, refused = [], 0
        for route in share(with_a_key, every=1 if is_everything else TWICE_IN, database=database):
            browser = _begun(sign_in(app.test_client(), world.here.people[sender(route)]))
            form = _declare(app, world.here, route, browser)
            with watching(app) as stored:
                first = post(browser, form.address, pairs(form.form))
                is_used = any("form_receipt" in each for each in stored.take(but=PASSING)) and first.status_code == 303
                second = post(browser, form.address, [*pairs(form.form), ("a-field-more", "x")])
                kept = stored.take(but=PASSING)
            refused += is_used
            if kept or (is_used and (second.status_code != 409 or "already" not in second.text)):
                faults.append(f"{route.endpoint}: {first.status_code}, then {second.status_code}, storing {kept}")

        assert not faults, "\n".join(faults)
        assert refused > 3
