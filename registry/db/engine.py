"""How an address becomes an engine, the same for the program, its commands and its migrations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from registry.db import postgres, sqlite

STATEMENTS = 3_000
"""How many stay compiled: more than the program has. Of SQLAlchemy's 500 the pages of three roles need nearly all, and
to compile one again takes longer than to run it."""


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def engine_options(url: str) -> dict[str, Any]:
    """Keyword arguments of ``create_engine`` for this address."""
    if is_sqlite(url):
        return {"module": sqlite.library(), "query_cache_size": STATEMENTS}
    return {
        "query_cache_size": STATEMENTS,
        "connect_args": postgres.connect_args(),
        "pool_pre_ping": True,
        "pool_size": 4,
        "max_overflow": 4,
        "pool_use_lifo": True,  # to the connection that has planned what comes, before one that must plan it too
    }


def build_engine(url: str, *, key: str = "") -> sa.Engine:
    """A ready engine outside the web program (migrations, checks)."""
    engine = sa.create_engine(url, **engine_options(url))
    prepare(engine, key=key)
    return engine


def prepare(engine: sa.Engine, *, key: str = "") -> None:
    """Put our settings on every connection of ``engine``."""
    if engine.dialect.name == "sqlite":
        sqlite.prepare(engine, key=key)
    else:
        postgres.prepare(engine)
