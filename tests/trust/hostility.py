"""What is sent by somebody who means ill, made from what the program itself asks for, and what it must not leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Dialect, event
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse
from wtforms import Form
from wtforms.form import BaseForm

from registry.accounts.sessions import cookie_name
from registry.extensions import db
from tests.pages import Fields
from tests.trust.world import World

SCRIPT = "\"'><script>alert(1)</script>"
"""Comes back escaped or not at all."""

Pairs = list[tuple[str, str]]
Item = TypeVar("Item")

WRONG: Mapping[str, str] = {
    "empty": "",
    "blank": " \t ",
    "words": "nonsense",
    "oversized": "x" * 10_000,
    "many digits": "9" * 5_000,
    "too large for a database": "9" * 19,
    "negative": "-1",
    "not finite": "NaN",
    "an exponent": "1e999",
    "larger than any number": "1e1000000",
    "smaller than any number": "1e-9999999",
    "foreign digits": "٣",
    "no day": "2026-02-31",
    "before years": "0000-01-01",
    "the last day": "9999-12-31",
    "nobody's id": "00000000-0000-4000-8000-000000000000",
    "NUL": "a\0b",
    "control characters": "\x1b[31m\x07\x85\x08",
    "half a character": "\ud800",
    "direction": "\u202e\u200fabc",
    "wildcards": "%_'\"\\;--",
    "script": SCRIPT,
    "a path": "../../etc/passwd",
    "another host": "//evil.example/\\",
}
"""What no field means, by what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to spoil one field of a form. ``spoil`` gives the values sent for it, from the one it had."""

    name: str
    spoil: Callable[[str], Sequence[str]]


def share(everything: Sequence[Item], *, every: int, database: str) -> Sequence[Item]:
    """One in ``every``, from another place on each database: together they take twice as many."""
    return everything[every // 2 if database == "postgresql" else 0 :: every]


def attacks(world: World) -> Sequence[Attack]:
    """Missing, doubled, wrong in every way, and the ids of another organisation."""
    foreign = [Attack(f"foreign {name}", _always(str(world.elsewhere.arguments[name]))) for name in _IDS]
    return [
        Attack("missing", lambda value: ()),
        Attack("doubled", lambda value: (value, value)),
        Attack("doubled with another", lambda value: (value, "nonsense")),
        *(Attack(name, _always(value)) for name, value in WRONG.items()),
        *foreign,
    ]


_IDS = ("clinic_id", "user_id", "patient_id", "episode_id", "measurement_id")


def _always(value: str) -> Callable[[str], Sequence[str]]:
    return lambda _value: (value,)


def pairs(form: Fields) -> Pairs:
    """Names and values as a browser sends them."""
    return [(name, each) for name, value in form.items() for each in ([value] if isinstance(value, str) else value)]


def spoilt(form: Fields, name: str, attack: Attack) -> Pairs:
    """The form with one field spoilt."""
    held = [value for each, value in pairs(form) if each == name]
    others = [(each, value) for each, value in pairs(form) if each != name]
    return others + [(name, value) for value in attack.spoil(held[0] if held else "")]


def encoded(sent: Pairs) -> str:
    """As an address or a body holds them; half a character travels as its bytes."""
    return urlencode(sent, errors="surrogatepass")


def post(browser: FlaskClient, address: str, sent: Pairs) -> TestResponse:
    return browser.post(address, data=encoded(sent), content_type="application/x-www-form-urlencoded")


@contextmanager
def cookies_kept(browser: FlaskClient) -> Iterator[None]:
    """Whatever the answers say, the browser is signed in, or out, afterwards as it was before."""
    names = [browser.application.config["SESSION_COOKIE_NAME"], cookie_name(browser.application.config["SETTINGS"])]
    held = {name: cookie for name in names if (cookie := browser.get_cookie(name)) is not None}
    yield
    for name in names:
        if name in held:
            browser.set_cookie(name, held[name].value)
        else:
            browser.delete_cookie(name)


@contextmanager
def asked_for(app: Flask) -> Iterator[set[str]]:
    """The names of every field and key the program looks for in a request, as it declares them by asking."""
    names: set[str] = set()

    class Watched(ImmutableMultiDict[str, Any]):
        """Notes what it is asked for."""

        def __contains__(self, key: object) -> bool:
            names.add(str(key))
            return super().__contains__(key)

        def __getitem__(self, key: str) -> Any:
            names.add(key)
            return super().__getitem__(key)

        def get(self, key: str, *rest: Any, **more: Any) -> Any:
            names.add(key)
            return super().get(key, *rest, **more)

        def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
            names.add(key)
            return super().getlist(key, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.request_class, "parameter_storage_class", Watched)
        yield names


@contextmanager
def read_by() -> Iterator[set[type[Form]]]:
    """The kinds of form that judge what is sent meanwhile."""
    kinds: set[type[Form]] = set()
    judge = BaseForm.validate

    def noted(form: BaseForm, *arguments: Any, **more: Any) -> bool:
        if isinstance(form, Form):
            kinds.add(type(form))
        return bool(judge(form, *arguments, **more))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseForm, "validate", noted)
        yield kinds


_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass(slots=True)
class Stored:
    """The tables of each transaction that was, or would have been, committed since the last look."""

    transactions: list[frozenset[str]] = field(default_factory=list)
    _pending: set[str] = field(default_factory=set)

    def take(self, *, but: frozenset[str]) -> list[frozenset[str]]:
        """Those that wrote more than ``but``, without it; and forget them."""
        taken = [tables - but for tables in self.transactions if tables - but]
        self.transactions.clear()
        return taken

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            self._pending.add(found[1])

    def commit(self, _connection: Any) -> None:
        if self._pending:
            self.transactions.append(frozenset(self._pending))
        self._pending.clear()

    def rollback(self, _connection: Any) -> None:
        self._pending.clear()


@contextmanager
def watching(app: Flask) -> Iterator[Stored]:
    """What is committed meanwhile."""
    stored = Stored()
    with app.app_context():
        engine = db.engine
    listeners = (("before_cursor_execute", stored.statement), ("commit", stored.commit), ("rollback", stored.rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield stored
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@contextmanager
def nothing_stays(app: Flask) -> Iterator[Stored]:
    """Every request runs to its end, constraints and hooks included, and leaves the world as it was.

    So one world stands for thousands of requests, and none meets what an earlier one did.
    """
    with app.app_context():
        dialect = db.engine.dialect
    with pytest.MonkeyPatch.context() as patch, watching(app) as stored:
        patch.setattr(dialect, "do_commit", _taken_back(dialect))
        yield stored


def _taken_back(dialect: Dialect) -> Callable[[Any], object]:
    """How a transaction ends that is not to stay, whoever thinks that it is committed.

    PostgreSQL's driver is not asked to roll back: it would forget every statement it had prepared, and the request
    after a commit finds them planned.
    """
    if dialect.name == "sqlite":
        return dialect.do_rollback
    return lambda connection: connection.pgconn.exec_(b"ROLLBACK")
