"""The one session class: it runs nothing until a gateway says which patients it may touch.

The gateway itself is ``registry.access.scope``; this module only guarantees that no door leads around it.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from flask_sqlalchemy.session import Session
from sqlalchemy import event, select
from sqlalchemy.orm import Mapper, ORMExecuteState, SessionTransaction, UOWTransaction

from registry.db.base import Scoped

WRITING = "registry.writing"
"""Key in ``session.info`` while ``registry.db.transaction.write`` is under way."""

_flushing: ContextVar[bool] = ContextVar("flushing_checked_rows", default=False)


def is_flushing() -> bool:
    """Whether the statement about to run writes rows that were checked just before."""
    return _flushing.get()


class ScopeError(RuntimeError):
    """A statement or a change reaches outside the patients this work was allowed to touch."""


class Gateway:
    """What must be asked before a session reads or writes. Replaced once, by ``install_gateway``."""

    def before_statement(self, state: ORMExecuteState) -> None:
        raise ScopeError("no gateway is installed")

    def before_flush(self, session: RegistrySession) -> None:
        raise ScopeError("no gateway is installed")

    def after_begin(self, session: RegistrySession, connection: sa.Connection) -> None:
        """Tell a freshly begun transaction its scope."""


@cache
def _by_key(table: Mapper[Any]) -> tuple[tuple[str, ...], sa.Select[Any]]:
    """The names of the parts of the key, and the statement that takes them; made once for each table."""
    columns = table.primary_key
    names = tuple(f"key_{column.name}" for column in columns)
    parts = (column == sa.bindparam(name) for column, name in zip(columns, names, strict=True))
    return names, select(table.class_).where(*parts)


class RegistrySession(Session):
    """A session whose every way to a row passes the gateway."""

    gateway: Gateway = Gateway()

    @property
    def is_writing(self) -> bool:
        return bool(self.info.get(WRITING))

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **_options: Any) -> Any:
        """The one database, without asking every table for the name of its own."""
        if self.bind is None:
            self.bind = self._db.engine
        return bind or self.bind

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Like SQLAlchemy's, but a person's row is asked for again rather than served from memory."""
        if isinstance(entity, type) and issubclass(entity, Scoped):
            key = ident if isinstance(ident, tuple) else (ident,)
            names, query = _by_key(sa.inspect(entity))
            if options.get("with_for_update"):
                query = query.with_for_update().execution_options(populate_existing=True)  # as it is once it is ours
            if options.get("options"):
                query = query.options(*options["options"])
            return self.scalars(query, dict(zip(names, key, strict=True))).one_or_none()
        return super().get(entity, ident, **options)

    def flush(self, objects: Any = None) -> None:
        """Write what changed; its statements count as checked, because ``before_flush`` checked every row."""
        if not self.is_writing and (self.new or self.dirty or self.deleted):
            raise RuntimeError("changes were made outside write()")
        token = _flushing.set(True)
        try:
            super().flush(objects)
        finally:
            _flushing.reset(token)

    def open_connection(self) -> sa.Connection:
        """The connection of the running transaction: for the gateway, ``write()``, what ``registry.access`` reads
        and the audit trail, for nobody else."""
        return super().connection()

    def begin_immediate(self) -> sa.Connection:
        """Begin a transaction that holds the write lock from its first statement (SQLite)."""
        return super().connection(execution_options={"begin": "IMMEDIATE"})

    def begin_nested(self) -> NoReturn:
        raise ScopeError("a savepoint that is rolled back brings an earlier scope back: one action is one transaction")

    def connection(self, *_args: object, **_options: object) -> NoReturn:
        raise ScopeError("session.connection() goes around the gateway: use registry.access.reviewed_sql")

    def bulk_save_objects(self, *_args: object, **_options: object) -> NoReturn:
        raise ScopeError("bulk methods go around the gateway: use registry.access.reviewed_sql")

    bulk_insert_mappings = bulk_save_objects
    bulk_update_mappings = bulk_save_objects


def install_gateway(gateway: Gateway) -> None:
    """Make ``gateway`` the one every session asks."""
    RegistrySession.gateway = gateway


def _changes_something(state: ORMExecuteState) -> bool:
    """Of textual SQL only what says that it reads is taken at its word: a read ends by a commit."""
    if isinstance(state.statement, sa.TextClause):
        return not state.statement.text.lstrip().upper().startswith(("SELECT ", "PRAGMA "))
    return state.is_insert or state.is_update or state.is_delete


@event.listens_for(RegistrySession, "do_orm_execute")
def _ask_before_statement(state: ORMExecuteState) -> None:
    if _changes_something(state) and not cast(RegistrySession, state.session).is_writing:
        raise RuntimeError("a change outside write()")
    RegistrySession.gateway.before_statement(state)


@event.listens_for(RegistrySession, "before_flush")
def _ask_before_flush(session: RegistrySession, _context: UOWTransaction, _instances: object) -> None:
    RegistrySession.gateway.before_flush(session)


@event.listens_for(RegistrySession, "after_begin")
def _tell_scope(session: RegistrySession, _transaction: SessionTransaction, connection: sa.Connection) -> None:
    RegistrySession.gateway.after_begin(session, connection)
