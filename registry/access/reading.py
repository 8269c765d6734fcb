"""Columns of rows about people, read with as little as may be beside the reading itself.

Within a scope of some clinics every statement goes by the session, which narrows it. Work on everybody has nothing to
narrow: its statements go to the connection of the same transaction, at half the price.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias, cast

from registry.access import scope
from registry.db.session import RegistrySession
from registry.db.together import Statement, Together
from registry.extensions import db

Read: TypeAlias = Callable[[Statement, Mapping[str, Any]], Sequence[Any]]
"""Gives the rows of a select of columns, as ``rows_of`` does. What it selects first is the patient, if it has one."""


def rows_of(statement: Statement, about: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a select of columns, for these parameters."""
    if not scope.is_over_everybody():
        return db.session.execute(statement, about).all()
    session = cast(RegistrySession, db.session())
    if session.autoflush:
        session.flush()
    return session.open_connection().execute(statement, about).all()


class ReadTogether:
    """A ``Read`` that has the rows of some statements already, about some people, read in one.

    Asked for anything else, or with other values, it reads that by itself; within a scope of some clinics, everything.
    """

    def __init__(self, together: Together, patient_ids: Collection[uuid.UUID], about: Mapping[str, Any]) -> None:
        self._known: Mapping[Statement, Sequence[Any]] = {}
        self._people, self._about = frozenset(patient_ids), about
        if scope.is_over_everybody():
            everything = {**about, "patient_ids": list(patient_ids)}
            self._known = together.apart(rows_of(cast(Statement, together.statement), everything))

    def __call__(self, statement: Statement, about: Mapping[str, Any]) -> Sequence[Any]:
        rows = self._known.get(statement)
        asked = frozenset(about.get("patient_ids", self._people))
        if rows is None or not asked <= self._people or not self._has_values(about):
            return rows_of(statement, about)
        return rows if asked == self._people else [row for row in rows if row[0] in asked]

    def _has_values(self, about: Mapping[str, Any]) -> bool:
        return all(self._about.get(name) == value for name, value in about.items() if name != "patient_ids")
