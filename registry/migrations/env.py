"""How a migration runs: as the owner of the tables, on one connection, with SQLite's foreign keys checked after.

Foreign keys are off while tables are rebuilt (a batch rebuild with them on deletes child rows where a key
cascades); the pragma is a no-op inside a transaction, so it is set before one begins.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app, has_app_context

import registry.models  # noqa: F401  # loads every table
from config import Settings
from registry.db.base import Base
from registry.db.engine import build_engine, is_sqlite
from registry.db.types import Hundredths, UtcDateTime


def _settings() -> Settings:
    given = context.config.attributes.get("settings")
    if isinstance(given, Settings):
        return given
    if has_app_context():
        settings: Settings = current_app.config["SETTINGS"]
        return settings
    return Settings.from_environment()


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations spell plain types: a name from our code would rot."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Hundredths):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, sa.JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _same_type(_context: Any, _inspected: Any, _metadata: Any, _stored: Any, _ours: Any) -> bool | None:
    """STRICT spells every type one of four ways: compare on PostgreSQL only."""
    return False if context.get_context().dialect.name == "sqlite" else None


def run() -> None:
    settings = _settings()
    url = settings.owner_database_url
    engine = build_engine(url, key=settings.database_key)
    with engine.connect() as connection:
        if is_sqlite(url):
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")
        else:
            connection.exec_driver_sql("SELECT set_config('registry.everybody', 'on', false)")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=_render_item,
            compare_type=_same_type,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite(url):
            _refuse_orphans(connection)
    engine.dispose()


def _refuse_orphans(connection: sa.Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise RuntimeError(f"the migration left rows without their parent: {orphans[:5]}")


run()
