"""The only statements about people that the ORM does not write. Each takes the scope first, and each was reviewed.

A function here says in its docstring why the ORM's way was not enough and how it keeps to the scope.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy import insert, select

from registry.access.models import PatientClinic
from registry.access.scope import REVIEWED, Scope, ScopeError, note_change
from registry.db.base import Base, PatientItself
from registry.db.transaction import registry_session
from registry.extensions import db

CHUNK = 500
MANY = 100
"""From so many rows on ``insert_bound`` costs less than an ``INSERT`` by way of SQLAlchemy, on both databases."""


def insert_rows(scope: Scope, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert many rows about people at once, for imports and invented clinics.

    The unit of work is some ten times slower. The scope is kept by asking for every patient named, first; where it
    is over everybody, many whole rows go in by ``insert_bound``. All rows name the same columns: a value that is
    missing is None, so that one statement takes them all.
    Returns how many rows went in; raises ``ScopeError`` when a row names a patient outside the scope, ``ValueError``
    when rows name different columns.
    """
    if not rows:
        return 0
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(f"rows of {table.__tablename__} name different columns")
    if not scope.is_everybody:
        if issubclass(table, PatientItself):
            raise ScopeError("people are invented in bulk only by work on everybody")
        _refuse_strangers(scope, {row["patient_id"] for row in rows})
    elif len(rows) >= MANY and rows[0].keys() == set(sa.inspect(table).columns.keys()):
        insert_bound(scope, bind_rows(table, rows, db.engine.dialect))
        return len(rows)
    db.session.execute(insert(cast(sa.Table, table.__table__)), list(rows), execution_options={REVIEWED: True})
    return len(rows)


def update_rows(scope: Scope, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows about people anew that were read as columns: what is kept of facts and nobody changes by hand.

    The unit of work would have every row of a list loaded as an object, which costs more than to find out that none
    changed. The scope is kept as by ``insert_rows``; whom a row is about never changes. All rows name the same columns,
    the primary key and ``patient_id`` among them. Raises ``ScopeError`` as ``insert_rows`` does.
    """
    if not rows:
        return
    if not scope.is_everybody:
        _refuse_strangers(scope, {row["patient_id"] for row in rows})
    keys = tuple(_keys(table))
    values = [
        {_KEY + name if name in keys else name: value for name, value in row.items() if name != "patient_id"}
        | {f"{_KEY}patient_id": row["patient_id"]}
        for row in rows
    ]
    note_change()
    db.session.execute(_rewrite(table), values, execution_options={REVIEWED: True})


_KEY = "key_"


def _keys(table: type[Base]) -> Iterator[str]:
    return (column.name for column in sa.inspect(table).primary_key)


@cache
def _rewrite(table: type[Base]) -> sa.Update:
    columns = cast(sa.Table, table.__table__).c
    named = (*_keys(table), "patient_id")
    return sa.update(columns.patient_id.table).where(*(columns[name] == sa.bindparam(_KEY + name) for name in named))


@dataclass(frozen=True, slots=True)
class BoundRows:
    """Rows of one table as the database's driver takes them: a tuple each, in the order of ``columns``."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def bind_rows(table: type[Base], rows: Sequence[Mapping[str, Any]], dialect: sa.Dialect) -> BoundRows:
    """The rows for ``insert_bound``; all name the columns the first one names. Touches no database."""
    if not rows:
        return BoundRows(table.__tablename__, (), ())
    names, kinds = tuple(rows[0]), sa.inspect(table).columns
    columns = zip(*map(itemgetter(*names), rows), strict=True)
    bound = [
        _bound_column(_binding(kinds[name].type, dialect), values) for name, values in zip(names, columns, strict=True)
    ]
    return BoundRows(table.__tablename__, names, list(zip(*bound, strict=True)))


def _binding(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """As SQLAlchemy binds the type; what PostgreSQL's driver would write out in Python is written out here."""
    if isinstance(kind, sa.JSON):
        return json.dumps
    if isinstance(kind, sa.Uuid):
        return attrgetter("hex")
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _bound_column(bind: Callable[[Any], Any] | None, values: Sequence[Any]) -> Sequence[Any]:
    """Rows of one person stand together: most keys are those of the row before."""
    if bind is None:
        return values
    taken, before, bound = [], None, None
    for value in values:
        if value is not before:
            before, bound = value, None if value is None else bind(value)
        taken.append(bound)
    return taken


def insert_bound(scope: Scope, bound: BoundRows) -> None:
    """Store bound rows: an ``INSERT`` by way of SQLAlchemy costs several times as much.

    Keeps to the scope by asking for one over everybody. Raises ``ScopeError`` without it. On PostgreSQL the rows come
    in by COPY, which row-level security refuses on the table itself: by a temporary table and one statement that every
    policy, key and trigger looks at as at any other.
    """
    if not scope.is_everybody:
        raise ScopeError("bound rows are inserted only by work on everybody")
    if not bound.rows:
        return
    note_change()
    connection = registry_session().open_connection()
    target = _plain_table(bound.table, bound)
    if connection.dialect.name == "postgresql":
        _copy(connection, target, bound)
    else:
        connection.exec_driver_sql(str(insert(target).compile(dialect=connection.dialect)), bound.rows)


def _copy(connection: sa.Connection, target: sa.TableClause, bound: BoundRows) -> None:
    waiting = _plain_table(f"waiting_{bound.table}", bound)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {waiting.name} (LIKE {bound.table}) ON COMMIT DROP")
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {waiting.name} ({', '.join(bound.columns)}) FROM STDIN") as copy:
        for row in bound.rows:
            copy.write_row(row)
    connection.execute(insert(target).from_select(bound.columns, sa.select(*waiting.columns)))
    connection.exec_driver_sql(f"DROP TABLE {waiting.name}")  # the program owns nothing


def _plain_table(name: str, bound: BoundRows) -> sa.TableClause:
    """Without types: the values are as the driver takes them."""
    return sa.table(name, *(sa.column(each) for each in bound.columns))


def _refuse_strangers(scope: Scope, patient_ids: set[uuid.UUID]) -> None:
    named = list(patient_ids)
    seen: set[uuid.UUID] = set()
    for start in range(0, len(named), CHUNK):
        seen |= set(
            db.session.scalars(
                select(PatientClinic.patient_id).where(
                    PatientClinic.patient_id.in_(named[start : start + CHUNK]),
                    PatientClinic.clinic_id.in_(scope.clinic_ids),
                )
            )
        )
    if patient_ids - seen:
        raise ScopeError("a bulk insert names a patient outside the scope")


def patient_exists_elsewhere(_scope: Scope, organisation_id: uuid.UUID, mrn: str) -> bool:
    """Whether the organisation already has this MRN, in a clinic outside the scope.

    The one named exception to "absent and foreign look the same": a second record of one person is a danger of
    its own. Answers yes or no and nothing else; the caller records the question.
    """
    return bool(
        db.session.scalar(
            sa.text("SELECT registry_knows_mrn(:organisation, :mrn)"),
            {"organisation": organisation_id, "mrn": mrn},
            execution_options={REVIEWED: True},
        )
        if db.engine.dialect.name == "postgresql"
        else db.session.scalar(
            sa.text("SELECT EXISTS (SELECT 1 FROM patient WHERE organisation_id = :organisation AND mrn = :mrn)"),
            {"organisation": organisation_id.hex, "mrn": mrn},
            execution_options={REVIEWED: True},
        )
    )


Key: TypeAlias = tuple[Any, ...]
"""The primary key of a row, part by part."""


def read_rows(scope: Scope, tables: Mapping[str, sa.Table], patient_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row of these tables about one person, as it stands, in the order of the key.

    For a merge and its undo, which go through every table there is: the ORM would keep each row in mind and hand out
    stale ones after the move. Raises ``ScopeError`` for somebody outside the scope.
    """
    _refuse_strangers_unless_everybody(scope, {patient_id})
    return {name: _rows_about(table, patient_id) for name, table in tables.items()}


def _rows_about(table: sa.Table, patient_id: uuid.UUID) -> list[dict[str, Any]]:
    wanted = sa.select(table).where(table.c.patient_id == patient_id).order_by(*table.primary_key.columns)
    return [dict(row) for row in db.session.execute(wanted, execution_options={REVIEWED: True}).mappings()]


@contextmanager
def moving_rows(scope: Scope, *people: uuid.UUID) -> Iterator[None]:
    """Inside, ``move_rows`` may move rows among these people; keys between rows are looked at only at the
    end, and so is whether the merge has stopped moving them.

    Raises ``ScopeError`` for somebody outside the scope.
    """
    _refuse_strangers_unless_everybody(scope, set(people))
    db.session.flush()
    is_postgresql = db.engine.dialect.name == "postgresql"
    _say("SET CONSTRAINTS ALL DEFERRED" if is_postgresql else "PRAGMA defer_foreign_keys = ON")
    yield
    if is_postgresql:
        _say("SET CONSTRAINTS ALL IMMEDIATE")
    db.session.expire_all()


def move_rows(scope: Scope, table: sa.Table, keys: Collection[Key], *, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    """Make rows of one person another's: of two records of the same person, which the database checks (0002).

    Each counts as changed: whoever had it read before stores nothing over it. The gateway refuses this of every other
    statement. Raises ``ScopeError`` for somebody outside the scope.
    """
    if not keys:
        return
    _refuse_strangers_unless_everybody(scope, {from_id, to_id})
    named = sa.tuple_(*table.primary_key.columns).in_(list(keys))
    moved = sa.update(table).where(table.c.patient_id == from_id, named).values(patient_id=to_id, **_counted(table))
    db.session.execute(moved, execution_options={REVIEWED: True})
    note_change()


def write_row(scope: Scope, table: sa.Table, key: Key, *, patient_id: uuid.UUID, values: Mapping[str, Any]) -> None:
    """Put columns of one row back to what they were, whatever the ORM has in mind of it; it counts as changed.

    Raises ``ScopeError`` for somebody outside the scope.
    """
    _refuse_strangers_unless_everybody(scope, {patient_id})
    named = sa.tuple_(*table.primary_key.columns).in_([key])
    written = sa.update(table).where(table.c.patient_id == patient_id, named).values(**values, **_counted(table))
    db.session.execute(written, execution_options={REVIEWED: True})
    note_change()


def _counted(table: sa.Table) -> dict[str, Any]:
    """The next version of a row, where it has one."""
    return {"version": table.c.version + 1} if "version" in table.c else {}


def _say(sql: str) -> None:
    db.session.execute(sa.text(sql), execution_options={REVIEWED: True})


def _refuse_strangers_unless_everybody(scope: Scope, patient_ids: set[uuid.UUID]) -> None:
    if not scope.is_everybody:
        _refuse_strangers(scope, patient_ids)
