"""One action, one transaction.

``write()`` takes SQLite's write lock before the first read (a deferred BEGIN that reads, then writes, fails under
load), runs the action, then the application's hooks (safety signals answered, audit events appended last), then
commits. An action called inside another joins its transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app

from registry.db.session import RegistrySession
from registry.extensions import db

BEFORE_COMMIT = "registry.before_commit"
"""Key in ``app.extensions`` of the tuple of functions that must pass before a commit, in order."""

_WRITING = "registry.writing"
_HELD = "registry.seconds_held"

CommitHook = Callable[[], None]


@contextmanager
def write() -> Iterator[None]:
    """Everything inside is stored together, or not at all."""
    session = registry_session()
    if session.info.get(_WRITING):
        yield
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside write()")
    session.rollback()  # let go of the read snapshot
    if db.engine.dialect.name == "sqlite":
        session.begin_immediate()
    session.info[_WRITING] = True
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
        session.info.pop(_WRITING, None)
        session.info[_HELD] = time.monotonic() - began


def registry_session() -> RegistrySession:
    """The session of this request or command."""
    return cast(RegistrySession, db.session())


def is_writing() -> bool:
    """Whether an action is under way in this session."""
    return bool(db.session().info.get(_WRITING))


def seconds_held() -> float:
    """How long the last transaction of this session held the write lock, the time it waited for it not counted."""
    return float(db.session().info.get(_HELD, 0.0))


def end_read() -> None:
    """Let go of the read snapshot, so that what follows may take the write lock."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a read left changes behind")
    session.rollback()
