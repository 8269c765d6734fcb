"""A word of our own code, written into a statement instead of given as a parameter.

SQLite plans a statement anew each time it runs where a parameter might decide whether a partial index can be used
("… WHERE status = 'final'"): for a long statement that costs several times what running it does. PostgreSQL uses such
an index in a plan it keeps only where the word stands in the statement.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa


def word(text: str) -> sa.ColumnElement[str]:
    """``text`` as a literal. Never of anything that comes from outside: a quote in it is refused."""
    if "'" in text or "\\" in text or ":" in text:
        raise ValueError(f"{text!r} cannot stand in a statement as it is")
    return sa.literal_column(f"'{text}'", sa.Text())


def words(texts: Iterable[str]) -> list[sa.ColumnElement[str]]:
    """Each as ``word``, for ``column.in_``."""
    return [word(each) for each in texts]
