"""Two people editing one row: the second is told, and nothing is lost."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

_LET_GO = frozenset({"40001", "40P01"})
"""SQLSTATE of a transaction that PostgreSQL ended so that another could go on."""


class Edited(Protocol):
    """A row two people may edit (``Versioned``)."""

    @property
    def version(self) -> int: ...


class EditConflict(Exception):
    """The row was changed by somebody else since this form was opened."""

    def __init__(self, row: Edited) -> None:
        super().__init__(f"{type(row).__name__} was changed in between")


def refuse_stale(row: Edited, *, opened_version: int | None) -> None:
    """Raise ``EditConflict`` unless ``row`` is still at the version the form was opened at."""
    if opened_version != row.version:
        raise EditConflict(row)


def is_overtaken(error: BaseException) -> bool:
    """Whether another transaction stored first what this one was about to: tried again, it would see that."""
    if isinstance(error, StaleDataError | IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _LET_GO


def is_of_merged(error: BaseException) -> bool:
    """Whether the database refused a row for a record that was merged into another meanwhile (migration 0002)."""
    return isinstance(error, DBAPIError) and "nothing is added" in str(error.orig)
