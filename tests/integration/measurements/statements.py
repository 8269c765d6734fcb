"""The SQL a piece of work runs: pages and writes have a bounded number of statements."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa


def statements_of(engine: sa.Engine, act: Callable[[], object]) -> list[str]:
    """The SQL that ``act`` runs, without the beginning of its transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_others: object) -> None:
        if not sql.startswith("BEGIN") and "set_config" not in sql:
            statements.append(sql)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return statements
