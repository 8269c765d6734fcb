"""Which patients a piece of work may touch: bound once, on by default, loud to leave.

A scope is a set of clinics. A statement that touches a table about people is narrowed to the patients those
clinics may see (``patient_clinic``); without a bound scope it raises. Work that needs everybody says so:
``with all_patients(reason="nightly sweep")``.

Four nets, each catching what the one before cannot see:

1. every ORM statement gets a correlated EXISTS on ``patient_clinic``;
2. statements that are not the ORM's, textual SQL and bulk inserts over people are refused;
3. every new or changed row is checked before it is flushed, and never moves to another person;
4. the SQL itself is read just before it runs: a statement that names a table about people and neither asks
   ``patient_clinic`` nor was checked by 1-3 is refused.

PostgreSQL repeats the question with row-level security (see ``migrations``).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import has_app_context
from sqlalchemy import bindparam, event, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, SessionTransaction, with_loader_criteria
from sqlalchemy.sql import visitors

from registry import clock
from registry.access.models import PatientClinic
from registry.db import postgres
from registry.db.among import among
from registry.db.base import Base, PatientItself, PatientLinked, Scoped
from registry.db.session import Gateway, RegistrySession, ScopeError, is_flushing
from registry.extensions import db

__all__ = ["Scope", "ScopeError", "all_patients", "bind", "current", "gateway", "within"]

REVIEWED = "scope_reviewed"
"""Execution option of ``registry.access.reviewed_sql`` and of nothing else."""

_CHANGED = "registry.access.changed"
"""In ``session.info``: the running transaction may have changed something about somebody."""

_SEEN = "registry.access.seen"
"""In ``session.info``: scope → the patients found visible in the running transaction."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The clinics whose patients may be touched, or everybody, for a stated reason."""

    clinic_ids: frozenset[uuid.UUID] = frozenset()
    everybody_because: str | None = None

    @property
    def is_everybody(self) -> bool:
        return self.everybody_because is not None


_bound: ContextVar[Scope | None] = ContextVar("patient_scope", default=None)


def current() -> Scope:
    """The bound scope. Raises ``ScopeError`` when none is: forgetting it must not mean "everybody"."""
    scope = _bound.get()
    if scope is None:
        raise ScopeError("no patient scope is bound")
    return scope


def bind(clinic_ids: Iterable[uuid.UUID] | None) -> None:
    """Bind the scope for the rest of this context (a request); ``None`` unbinds."""
    _bound.set(None if clinic_ids is None else Scope(frozenset(clinic_ids)))
    _tell_open_transaction()


def unbind() -> None:
    """Forget the scope without a word to the database: the work is over."""
    _bound.set(None)


@contextmanager
def within(clinic_ids: Iterable[uuid.UUID]) -> Iterator[None]:
    """Work on the patients of these clinics only."""
    with _swapped(Scope(frozenset(clinic_ids))):
        yield


@contextmanager
def all_patients(*, reason: str) -> Iterator[None]:
    """Work on everybody, and say why. For commands and jobs; a request that does this needs a review."""
    with _swapped(Scope(everybody_because=reason)):
        yield


@contextmanager
def _swapped(scope: Scope) -> Iterator[None]:
    is_another = _bound.get() != scope
    token = _bound.set(scope)
    if is_another:
        _tell_open_transaction()
    try:
        yield
    finally:
        _bound.reset(token)
        if is_another:
            _tell_open_transaction()


def _tell_open_transaction() -> None:
    """Not one that failed: it takes nothing but a rollback, and its own error must be the one that is seen."""
    if not (has_app_context() and db.session.registry.has()):
        return
    session = cast(RegistrySession, db.session())
    if session.in_transaction() and session.is_active:
        _tell_postgres(session.open_connection())


_TELL = sa.text(
    "SELECT set_config('registry.clinic_ids', :clinics, true), set_config('registry.everybody', :all, true)"
)


def _tell_postgres(connection: sa.Connection) -> None:
    if connection.dialect.name != "postgresql" or postgres.has_failed(connection):
        return
    scope = _bound.get() or Scope()
    connection.execute(
        _TELL,
        {"clinics": ",".join(map(str, sorted(scope.clinic_ids))), "all": "on" if scope.is_everybody else ""},
    )


def _bound_clinics() -> list[uuid.UUID]:
    return list(current().clinic_ids)


def _now() -> datetime:
    return clock.now()


_grant = sa.alias(PatientClinic.__table__, "visible_patient_clinic")


def _is_visible(patient_id: Any) -> sa.ColumnElement[bool]:
    return (
        exists()
        .where(
            _grant.c.patient_id == patient_id,
            among(_grant.c.clinic_id, "scope_clinic_ids", values=_bound_clinics),
            or_(
                _grant.c.expires_at.is_(None), _grant.c.expires_at > bindparam("scope_now", callable_=_now, unique=True)
            ),
        )
        .correlate_except(_grant)
    )


def _is_own(clinic_id: Any) -> sa.ColumnElement[bool]:
    return among(clinic_id, "scope_own_clinic_ids", values=_bound_clinics)


def _is_seen(kind: Any) -> sa.ColumnElement[bool]:
    """Whether a row is about somebody visible. A clinic keeps seeing whoever had an episode there, so a row of the
    clinic's own episode is taken at its word: asked first, it spares looking up everybody on a list.

    SQLAlchemy calls this with what its global names stand for wrapped: no ``issubclass`` in it is ever true.
    """
    if not kind.is_clinics_own:
        return _is_visible(kind.patient_id)
    return or_(_is_own(kind.clinic_id), _is_visible(kind.patient_id))


@cache
def _criteria() -> tuple[Any, ...]:
    """One option for the patient and one for every table about patients.

    Made once, so that compiled statements stay cached: an option a table would cost a millisecond a statement.
    """
    (person,) = (kind for kind in _scoped_classes() if issubclass(kind, PatientItself))
    return (
        with_loader_criteria(person, _is_visible(_patient_column(person)), include_aliases=True),
        with_loader_criteria(
            PatientLinked,
            _is_seen,
            include_aliases=True,
            track_closure_variables=False,
        ),
    )


_narrowed_statements: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def for_connection(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """A select of columns as the bound scope lets it run on the connection itself: with the very conditions the session
    would give it. Raises ``ScopeError`` for what the session would refuse.
    """
    scope = _bound.get()
    if scope is not None and scope.is_everybody:
        return statement
    if scope is None or not _is_the_orms(statement):
        if _touches_people(statement):
            raise ScopeError("no patient scope is bound, or a statement that is not the ORM's")
        return statement
    narrowed: sa.Select[*tuple[Any, ...]] = _narrowed(statement)
    return narrowed


def _is_the_orms(statement: sa.Select[*tuple[Any, ...]]) -> bool:
    """Whether the ORM puts its SQL together: to anything else the conditions of the scope mean nothing."""
    return statement._propagate_attrs.get("compile_state_plugin") == "orm"  # as ``ORMExecuteState.is_orm_statement``


def _narrowed(statement: Any) -> Any:
    """The statement with the criteria; a statement made once is narrowed once."""
    narrowed = _narrowed_statements.get(statement)
    if narrowed is None:
        narrowed = _narrowed_statements[statement] = statement.options(*_criteria())
    return narrowed


@cache
def _scoped_classes() -> tuple[type[Scoped], ...]:
    return tuple(mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped))


@cache
def scoped_tables() -> frozenset[str]:
    """Names of the tables about people."""
    return frozenset(sa.inspect(kind).local_table.name for kind in _scoped_classes())


def _patient_column(kind: type[Scoped]) -> InstrumentedAttribute[uuid.UUID]:
    column: InstrumentedAttribute[uuid.UUID] = kind.id if issubclass(kind, PatientItself) else kind.patient_id  # type: ignore[attr-defined]  # every Scoped class has one of the two
    return column


class PatientGateway(Gateway):
    """Asks ``patient_clinic`` before anything about a person is read or written."""

    def before_statement(self, state: ORMExecuteState) -> None:
        if state.execution_options.get(REVIEWED):
            state.session.info[_CHANGED] = True  # it may
            return
        statement = state.statement
        if not state.is_orm_statement or type(statement).__name__ == "FromStatement":
            if not _names_only_other_tables(statement):
                raise ScopeError("a statement that is not the ORM's: use registry.access.reviewed_sql")
            return
        if state.is_insert:
            if _touches_people(statement):
                raise ScopeError("a bulk insert about people: add rows to the session instead")
            return
        if state.is_update or state.is_delete:
            state.session.info[_CHANGED] = True
            state.session.info.pop(_SEEN, None)
        scope = _bound.get()
        if scope is None and _touches_people(statement):
            raise ScopeError("no patient scope is bound")
        if scope is None or scope.is_everybody:
            return
        if state.is_column_load:
            state.update_execution_options(**{REVIEWED: True})  # a row already read within the scope
            return
        state.statement = _narrowed(statement)

    def before_flush(self, session: RegistrySession) -> None:
        rows = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Scoped)]
        if rows:
            session.info[_CHANGED] = True
            _check_rows(session, rows)
        if any(isinstance(row, PatientClinic) for row in rows):
            session.info.pop(_SEEN, None)

    def after_begin(self, session: RegistrySession, connection: sa.Connection) -> None:
        if _bound.get() is not None:  # a transaction begins without a scope
            _tell_postgres(connection)


gateway = PatientGateway()


def note_change() -> None:
    """Say that the running transaction changes something about somebody, where no statement of the ORM does."""
    db.session().info[_CHANGED] = True


def may_have_changed_people() -> bool:
    """Whether the running transaction may have changed something about somebody within a bound scope."""
    return _bound.get() is not None and bool(db.session().info.get(_CHANGED))


def _check_rows(session: RegistrySession, rows: list[Scoped]) -> None:
    scope, new = current(), session.new
    newcomers = {row.id for row in new if isinstance(row, PatientItself)}  # type: ignore[attr-defined]  # a patient has an id
    asked: set[uuid.UUID] = set()
    for row in rows:
        state = sa.inspect(row)
        if isinstance(row, PatientItself):
            if row not in new:
                asked.add(row.id)  # type: ignore[attr-defined]  # as above
            continue
        if not isinstance(row, PatientLinked) or row.patient_id is None:
            raise ScopeError(f"{type(row).__name__} names no patient")
        if row not in new and state.attrs.patient_id.history.has_changes():
            raise ScopeError("a row never moves to another person")
        clinic_id = getattr(row, "clinic_id", None)
        is_foreign = clinic_id is not None and not scope.is_everybody and clinic_id not in scope.clinic_ids
        if is_foreign and (row in new or state.attrs.clinic_id.history.has_changes()):
            raise ScopeError(f"{type(row).__name__} of a clinic outside the scope")
        asked.add(row.patient_id)
    if scope.is_everybody:
        return
    strangers = asked - newcomers - _visible(session, scope, asked - newcomers)
    if strangers:
        raise ScopeError("a change to a patient outside the scope")
    granted = {row.patient_id for row in new if isinstance(row, PatientClinic)}
    if newcomers - granted:
        raise ScopeError("a new patient belongs to no clinic")


def _visible(session: RegistrySession, scope: Scope, patient_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the patients the scope may see; each is asked for once in a transaction."""
    known: set[uuid.UUID] = session.info.setdefault(_SEEN, {}).setdefault(scope, set())
    unasked = patient_ids - known
    if unasked:
        with session.no_autoflush:
            known |= set(session.scalars(_GRANTED, {"patient_ids": list(unasked)}))
    return patient_ids & known


_GRANTED = select(PatientClinic.patient_id).where(among(PatientClinic.patient_id, "patient_ids"))


@event.listens_for(RegistrySession, "after_transaction_end")
def _forget(session: RegistrySession, transaction: SessionTransaction) -> None:
    if transaction.parent is None or transaction.nested:
        session.info.pop(_SEEN, None)
        session.info.pop(_CHANGED, None)


def _tables(statement: Any) -> Iterator[str]:
    for element in visitors.iterate(statement):
        if isinstance(element, sa.Table):
            yield element.name


_touching: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def _touches_people(statement: Any) -> bool:
    """Whether it names a table about people; a statement made once is looked through once."""
    known = _touching.get(statement)
    if known is None:
        known = _touching[statement] = not scoped_tables().isdisjoint(_tables(statement))
    return known


def _names_only_other_tables(statement: Any) -> bool:
    if isinstance(statement, sa.TextClause) or type(statement).__name__ == "FromStatement":
        return not _people_in_sql(str(statement))
    return not _touches_people(statement)


@lru_cache(maxsize=2048)
def _people_in_sql(sql: str) -> bool:
    words = set(re.findall(r"[a-z_]+", sql.lower()))
    return not scoped_tables().isdisjoint(words)


@lru_cache(maxsize=2048)
def _asks_patient_clinic(sql: str) -> bool:
    return "visible_patient_clinic" in sql


def watch(engine: sa.Engine) -> None:
    """Read every statement of ``engine`` just before it runs (net 4)."""

    @event.listens_for(engine, "before_cursor_execute")
    def _refuse_unasked(
        _connection: sa.Connection, _cursor: Any, sql: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        if not _people_in_sql(sql) or _asks_patient_clinic(sql) or is_flushing():
            return
        if context is not None and context.execution_options.get(REVIEWED):
            return
        scope = _bound.get()
        if scope is None or not scope.is_everybody:
            raise ScopeError("a statement about people that does not ask which of them may be seen")
