"""One action, one transaction.

``write()`` takes SQLite's write lock before the first read (a deferred BEGIN that reads, then writes, fails under
load), runs the action, then the application's hooks (safety signals answered, audit events appended last), then
commits. An action called inside another joins its transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app

from registry.db.session import WRITING, RegistrySession
from registry.extensions import db

BEFORE_COMMIT = "registry.before_commit"
"""Key in ``app.extensions`` of the tuple of functions that must pass before a commit, in order."""

_HELD = "registry.seconds_held"


@contextmanager
def write() -> Iterator[None]:
    """Everything inside is stored together, or not at all."""
    session = registry_session()
    if session.is_writing:
        yield
        return
    end_read()
    if db.engine.dialect.name == "sqlite":
        session.begin_immediate()
    session.info[WRITING] = True
    began = time.monotonic()
    try:
        yield
        session.flush()
        for hook in current_app.extensions[BEFORE_COMMIT]:
            hook()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITING, None)
        session.info[_HELD] = time.monotonic() - began


def registry_session() -> RegistrySession:
    """The session of this request or command."""
    return cast(RegistrySession, db.session())


def is_writing() -> bool:
    """Whether an action is under way in this session."""
    return registry_session().is_writing


def seconds_held() -> float:
    """How long the last transaction of this session held the write lock, the time it waited for it not counted."""
    return float(db.session().info.get(_HELD, 0.0))


def end_read() -> None:
    """Let go of the read snapshot, so that what follows may take the write lock.

    By a commit, though there is nothing to store (``RegistrySession`` refuses changes outside ``write()``): after a
    rollback the PostgreSQL driver forgets every statement it prepared, and each would be planned again.
    """
    session = registry_session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside write()")
    if session.in_transaction():
        session.commit()


def init_app(app: Flask) -> None:
    """End the read a request or command leaves open. Before Flask-SQLAlchemy's own teardown, which rolls back."""

    @app.teardown_appcontext
    def _end_read(error: BaseException | None) -> None:
        if error is not None or not db.session.registry.has():
            return
        session = registry_session()
        if session.is_active and not (session.new or session.dirty or session.deleted):
            session.expire_on_commit = False  # the session goes away now; what was read may still be looked at
            end_read()
