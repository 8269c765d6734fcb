"""Two people editing one row: the second is told, and nothing is lost."""

from __future__ import annotations

from registry.db.base import Versioned


class EditConflict(Exception):
    """The row was changed by somebody else since this form was opened."""

    def __init__(self, row: Versioned) -> None:
        super().__init__(f"{type(row).__name__} was changed in between")
        self.row = row


def refuse_stale(row: Versioned, *, opened_version: int | None) -> None:
    """Raise ``EditConflict`` unless ``row`` is still at the version the form was opened at."""
    if opened_version != row.version:
        raise EditConflict(row)
