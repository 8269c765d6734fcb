"""One action, one transaction: all of it or none of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from registry.audit.models import AuditEvent
from registry.audit.recorder import UnauditedChange, record
from registry.clinics.models import Organisation
from registry.db import sqlite
from registry.db.engine import is_sqlite
from registry.db.transaction import end_read, is_writing, write
from registry.extensions import db


def _add(name: str) -> None:
    organisation = Organisation(name=name, time_zone="UTC")
    db.session.add(organisation)
    record("organisation.added", by=None, subject=organisation, kind="create")


def _stored() -> tuple[list[str], int]:
    names = list(db.session.scalars(select(Organisation.name).order_by(Organisation.name)))
    events = db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    return names, events


def test_what_an_action_stores_is_there_with_its_event(app: Flask) -> None:
    with app.app_context():
        with write():
            _add("One")
        assert _stored() == (["One"], 1)


def test_an_error_leaves_nothing_neither_rows_nor_events(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), write():
            _add("One")
            db.session.flush()
            raise ZeroDivisionError
        assert _stored() == ([], 0)
        assert not is_writing()


def test_an_action_inside_another_joins_it(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), write():
            with write():
                _add("Inner")
            assert is_writing()
            raise ZeroDivisionError
        assert _stored() == ([], 0)

        with write():
            _add("Outer")
            with write():
                _add("Inner")
        assert _stored() == (["Inner", "Outer"], 2)


def test_an_error_of_an_inner_action_that_nobody_catches_undoes_the_outer(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), write():
            _add("Outer")
            with write():
                raise ZeroDivisionError
        assert _stored() == ([], 0)


def test_changes_made_outside_an_action_are_refused(app: Flask) -> None:
    with app.app_context():
        db.session.add(Organisation(name="One", time_zone="UTC"))
        with pytest.raises(RuntimeError, match="outside write"), write():
            pass
        with pytest.raises(RuntimeError, match="outside write"):
            end_read()
        with pytest.raises(RuntimeError, match="outside write"):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(RuntimeError, match="outside write"):
            db.session.execute(update(Organisation).values(name="Two"))
        for sql in ("UPDATE organisation SET name = 'Two'", " with x as (select 1) DELETE FROM organisation"):
            with pytest.raises(RuntimeError, match="outside write"):
                db.session.execute(text(sql))
        end_read()


def test_statements_stay_prepared_from_one_transaction_to_the_next(app: Flask) -> None:
    if is_sqlite(app.config["SQLALCHEMY_DATABASE_URI"]):
        pytest.skip("skipped: SQLite plans in microseconds and prepares nothing here")
    for _request in range(5):
        with app.app_context():
            assert db.session.scalars(select(Organisation.name)).all() == []
    with app.app_context(), db.engine.connect() as connection:
        prepared = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("FROM organisation" in statement for statement in prepared)


def test_an_event_outside_an_action_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="belongs inside write"):
        record("organisation.added", by=None)


def test_a_change_no_event_speaks_for_is_refused(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(UnauditedChange, match="organisation"), write():
            db.session.add(Organisation(name="One", time_zone="UTC"))
        assert _stored() == ([], 0)


def test_an_event_keeps_what_was_there_before_and_after(app: Flask) -> None:
    with app.app_context():
        with write():
            _add("One")
        with write():
            organisation = db.session.scalars(select(Organisation)).one()
            organisation.name = "Two"
            record("organisation.changed", by=None, subject=organisation)
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert last is not None
        assert last.changes is not None
        assert [(each["before"], each["after"]) for each in last.changes] == [({"name": "One"}, {"name": "Two"})]


@pytest.fixture
def other(app: Flask) -> Iterator[Any]:
    """Another program at the same file."""
    settings = app.config["SETTINGS"]
    if not is_sqlite(settings.app_database_url):
        pytest.skip("PostgreSQL locks rows")
    connection = sqlite.library().connect(make_url(settings.app_database_url).database, timeout=0)
    connection.isolation_level = None
    yield connection
    connection.close()


def test_sqlite_takes_the_write_lock_before_the_first_read(app: Flask, other: Any) -> None:
    with app.app_context(), write():
        db.session.scalars(select(Organisation)).all()
        with pytest.raises(sqlite.library().OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_an_action_waits_for_whoever_is_writing(app: Flask, other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other.execute("BEGIN IMMEDIATE")
    asked: list[float] = []

    def let_go_the_third_time(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr(time, "sleep", let_go_the_third_time)
    with app.app_context():
        with write():
            _add("One")
        assert _stored() == (["One"], 1)
    assert len(asked) == 3


def test_a_lock_nobody_lets_go_of_is_an_error_and_stores_nothing(
    app: Flask, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 5)
    other.execute("BEGIN IMMEDIATE")
    with app.app_context():
        with pytest.raises(OperationalError, match="locked"), write():
            _add("One")
        other.execute("ROLLBACK")
        assert _stored() == ([], 0)
