"""Columns of rows about people, read with as little as may be beside the reading itself.

A statement goes to the connection of the session's own transaction, narrowed as the session narrows it: what the
session does beside that is for objects, and costs as much as many a statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias, cast

from registry.access import scope
from registry.db.session import RegistrySession, ScopeError
from registry.db.together import Statement, Together
from registry.extensions import db

Read: TypeAlias = Callable[[Statement, Mapping[str, Any]], Sequence[Any]]
"""Gives the rows of a select of columns, as ``rows_of`` does. What it selects first is the patient, if it has one."""


def rows_of(statement: Statement, about: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a select of columns, for these parameters."""
    if not statement.is_select:
        raise ScopeError("nothing but a select is read")
    session = cast(RegistrySession, db.session())
    if session.autoflush:
        session.flush()
    return session.open_connection().execute(scope.for_connection(statement), about).all()


class ReadTogether:
    """A ``Read`` that has the rows of some statements already, about some people, read in one.

    Asked for anything else, or with other values, it reads that by itself.
    """

    def __init__(self, together: Together, patient_ids: Collection[uuid.UUID], about: Mapping[str, Any]) -> None:
        self._people, self._about = list(patient_ids), about
        rows = rows_of(cast(Statement, together.statement), {**about, "patient_ids": self._people})
        self._known = together.apart(rows, db.engine.dialect)

    def __call__(self, statement: Statement, about: Mapping[str, Any]) -> Sequence[Any]:
        rows = self._known.get(statement)
        if rows is None or not self._has_values(about):
            return rows_of(statement, about)
        asked = about.get("patient_ids", self._people)
        if asked == self._people:  # of most, and in the order they were read in: no id is looked at
            return rows
        wanted = frozenset(asked)
        if not wanted.issubset(self._people):
            return rows_of(statement, about)
        return rows if wanted.issuperset(self._people) else [row for row in rows if row[0] in wanted]

    def _has_values(self, about: Mapping[str, Any]) -> bool:
        return all(self._about.get(name) == value for name, value in about.items() if name != "patient_ids")
