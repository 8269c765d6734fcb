"""The only statements about people that the ORM does not write. Each takes the scope first, and each was reviewed.

A function here says in its docstring why the ORM's way was not enough and how it keeps to the scope.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import insert, select

from registry.access.models import PatientClinic
from registry.access.scope import REVIEWED, Scope, ScopeError
from registry.db.base import Base, PatientItself
from registry.extensions import db

CHUNK = 500


def insert_rows(scope: Scope, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert many rows about people at once, for imports and invented clinics.

    The unit of work is some ten times slower. The scope is kept by asking for every patient named, first. All rows
    name the same columns: a value that is missing is None, so that one statement takes them all.
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
    db.session.execute(insert(cast(sa.Table, table.__table__)), list(rows), execution_options={REVIEWED: True})
    return len(rows)


def as_the_driver_takes_them(
    table: type[Base], rows: Sequence[dict[str, Any]], dialect: sa.Dialect
) -> list[dict[str, Any]]:
    """The rows with every value as the database's driver takes it, for ``insert_bound``. Touches no database.

    Half of the cost of an insert: another process can bear it.
    """
    if not rows:
        return []
    columns = sa.inspect(table).columns
    processors = {name: columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in rows[0]}
    return [
        {name: value if (bind := processors[name]) is None else bind(value) for name, value in row.items()}
        for row in rows
    ]


def insert_bound(scope: Scope, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """As ``insert_rows``, of rows from ``as_the_driver_takes_them``: for invented people only.

    Keeps to the scope by asking for one over everybody. Raises ``ScopeError`` without it.
    """
    if not scope.is_everybody:
        raise ScopeError("bound rows are inserted only by work on everybody")
    if rows:
        target = sa.table(table.__tablename__, *(sa.column(name) for name in rows[0]))
        db.session.execute(insert(target), list(rows), execution_options={REVIEWED: True})


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
